//! `samflyt outbox put`: into the outbox that runs, or into its folder where none does.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use reqwest::StatusCode;
use samflyt_adapters::outbox::{Address, Limits, Outbox, PutError};
use samflyt_runtime::SystemClock;
use serde_json::json;

use super::Place;
use crate::cli::{output, show};

/// Lines that are put together, and share an fsync.
const TOGETHER: usize = 256;

const EXAMPLE: &str = "\
Examples:
  samflyt outbox put events.jsonl --dir ./outbox
  my-export | samflyt outbox put - --dir ./outbox

Each line is a CloudEvent in its JSON form. Putting a file again is harmless: what the hub has, it
has once.
Exit code 1 if anything was refused.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Put {
    /// JSON lines of CloudEvents; `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// The municipality of events that name none, where the outbox does not run
    #[arg(long, value_name = "ID", default_value = "")]
    tenant: String,
    /// The system of events that name no source, where the outbox does not run
    #[arg(long, value_name = "ID", default_value = "")]
    system: String,
    /// What waits may take of the disk, where the outbox does not run
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    max_bytes: u64,
}

impl Put {
    pub(super) async fn run(self, as_json: bool) -> anyhow::Result<ExitCode> {
        let source: Box<dyn BufRead> = if self.file.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(&self.file);
            Box::new(BufReader::new(file.with_context(|| format!("cannot read {}", self.file.display()))?))
        };
        let dir = &self.place.dir;
        let limits = Limits { bytes_max: self.max_bytes, tenant: self.tenant, system: self.system };
        let into = match Outbox::open(dir, limits, SystemClock::shared()) {
            Ok((outbox, _)) => Target::Folder(outbox),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let (address, token) = Address::read(dir).context("the outbox that runs has no door")?;
                Target::Door { client: client()?, url: address.url, token }
            }
            Err(error) => {
                return Err(error).with_context(|| format!("the outbox {} cannot be opened", dir.display()));
            }
        };
        put_all(source, &into, as_json).await
    }
}

enum Target {
    Folder(Outbox),
    Door { client: reqwest::Client, url: String, token: String },
}

enum Outcome {
    OnDisk,
    /// The line itself is wrong.
    Refused(String),
    /// Nothing behind it shall be put before it.
    Stuck(String),
}

impl Target {
    async fn put_all(&self, lines: &[(u64, Vec<u8>)]) -> anyhow::Result<Vec<Outcome>> {
        match self {
            Self::Folder(outbox) => {
                let outcomes = outbox.put_all(lines.iter().map(|(_, line)| line.as_slice())).await;
                let outcomes = outcomes.into_iter().map(|outcome| match outcome {
                    Ok(_) => Outcome::OnDisk,
                    Err(PutError::Invalid(refusal)) => Outcome::Refused(refusal.to_string()),
                    Err(error) => Outcome::Stuck(error.to_string()),
                });
                Ok(outcomes.collect())
            }
            Self::Door { client, url, token } => {
                // Their order is that of the answers: one after the other.
                let mut outcomes = Vec::with_capacity(lines.len());
                for (_, line) in lines {
                    let request = client.post(url).bearer_auth(token);
                    let request = request.header("content-type", "application/cloudevents+json");
                    let answer = request.body(line.clone()).send().await;
                    let answer =
                        answer.context("the outbox that runs does not answer: put the file again")?;
                    let status = answer.status();
                    let text = answer.text().await.unwrap_or_default();
                    outcomes.push(match status {
                        StatusCode::ACCEPTED => Outcome::OnDisk,
                        StatusCode::BAD_REQUEST
                        | StatusCode::UNPROCESSABLE_ENTITY
                        | StatusCode::PAYLOAD_TOO_LARGE => Outcome::Refused(detail(&text)),
                        _ => Outcome::Stuck(detail(&text)),
                    });
                    if matches!(outcomes.last(), Some(Outcome::Stuck(_))) {
                        break;
                    }
                }
                Ok(outcomes)
            }
        }
    }
}

fn detail(problem: &str) -> String {
    let problem: serde_json::Value = serde_json::from_str(problem).unwrap_or_default();
    problem["detail"].as_str().unwrap_or("the outbox refused it").to_owned()
}

/// The door is on this machine: no proxy stands before it.
fn client() -> anyhow::Result<reqwest::Client> {
    // Fails where another part of the process has installed one, which is as good.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().context("no HTTP client can be made")
}

async fn put_all(mut source: Box<dyn BufRead>, into: &Target, as_json: bool) -> anyhow::Result<ExitCode> {
    let (mut number, mut taken, mut refused) = (0, 0, 0);
    loop {
        let lines = read(&mut source, &mut number)?;
        if lines.is_empty() {
            break;
        }
        for ((number, _), outcome) in lines.iter().zip(into.put_all(&lines).await?) {
            match outcome {
                Outcome::OnDisk => taken += 1,
                Outcome::Stuck(why) => {
                    bail!("line {number}: {why}; {} lines before it are on disk", show::number(taken));
                }
                Outcome::Refused(why) => {
                    refused += 1;
                    if as_json {
                        output::print_json_line(&json!({"line": number, "refused": why}))?;
                    } else {
                        eprintln!("line {number}: {}", output::plain(&why));
                    }
                }
            }
        }
    }
    if as_json {
        output::print_json_line(&json!({"summary": {"on_disk": taken, "refused": refused}}))?;
    } else {
        output::print(&format!("{} on disk, {} refused", show::number(taken), show::number(refused)))?;
    }
    Ok(if refused > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The next lines that are not blank, with their numbers; none at the end.
fn read(source: &mut dyn BufRead, number: &mut u64) -> anyhow::Result<Vec<(u64, Vec<u8>)>> {
    let mut lines = Vec::new();
    while lines.len() < TOGETHER {
        let mut line = Vec::new();
        if source.read_until(b'\n', &mut line).context("the lines cannot be read")? == 0 {
            break;
        }
        *number += 1;
        if !line.trim_ascii().is_empty() {
            lines.push((*number, line.trim_ascii().to_vec()));
        }
    }
    Ok(lines)
}
