//! `samflyt push`: events from a file, or from standard input, to the hub.
//!
//! Sending again is harmless, so a push that was interrupted, by the hub or by its user, sends again from the first line
//! that was not settled. A line is settled when the hub has accepted or refused it; no line is passed over.

mod interrupted;
mod ledger;
mod lines;
mod position;
mod retry;
mod stream;
mod tally;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use super::{EXIT_INTERRUPTED, Remote, output};
use ledger::Ledger;
use position::{Job, Position};
use retry::Retry;
use stream::Pusher;

const EXAMPLE: &str = "\
Examples:
  samflyt push events.jsonl
  samflyt push history.jsonl --backfill --refused refused.jsonl
  my-export | samflyt push - --json

Each line is a CloudEvent in its JSON form. Pushing a file again is harmless: what the hub has, it has once.
Exit code 1 if anything was refused.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Push {
    /// JSON lines of CloudEvents; `-` for standard input
    file: PathBuf,
    /// Marks every event as history, which triggers nothing downstream
    #[arg(long)]
    backfill: bool,
    /// Asks what would happen, and appends nothing
    #[arg(long)]
    validate_only: bool,
    /// Goes on where an interrupted push of the same file was; this is the default
    #[arg(long, conflicts_with = "from_start")]
    resume: bool,
    /// Begins at the first line, also where an earlier push was interrupted
    #[arg(long)]
    from_start: bool,
    /// Writes every refused line, as JSON lines, to this file
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Gives up when the hub has taken nothing for so long
    #[arg(long, value_name = "MINUTES", default_value_t = 5)]
    retry_minutes: u32,
    /// Prints JSON lines: what became of each line as it is known, with its place in the log, then a summary
    #[arg(long)]
    json: bool,
}

impl Push {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        remote.check()?;
        let job = self.job(remote)?;
        let earlier = job.as_ref().filter(|_| !self.from_start).and_then(Position::load).unwrap_or_default();
        if earlier.line > 0 && !self.json {
            eprintln!("going on after line {}, where an earlier push was interrupted", earlier.line);
        }
        let lines = lines::read(self.source(), (earlier.line, earlier.bytes), self.backfill)
            .with_context(|| format!("cannot read {}", self.file.display()))?;
        let bytes_total = job.as_ref().map(|job| job.file_bytes);
        let ledger = Ledger::open(job, earlier, self.refused.as_deref(), self.json, bytes_total)?;
        let retry = Retry::new(Duration::from_secs(u64::from(self.retry_minutes) * 60));
        let mut pusher = Pusher::new(remote, lines, ledger, self.validate_only);
        let ended = tokio::select! {
            done = pusher.run(retry) => done.map(|()| true),
            _ = tokio::signal::ctrl_c() => Ok(false),
        };
        conclude(pusher.into_ledger(), ended)
    }

    fn source(&self) -> Option<&Path> {
        (self.file != Path::new("-")).then_some(self.file.as_path())
    }

    /// What a position is of. Standard input cannot be read again, and a check leaves nothing to go on from.
    fn job(&self, remote: &Remote) -> anyhow::Result<Option<Job>> {
        let Some(path) = self.source() else { return Ok(None) };
        let job = Job::of(path, &remote.endpoint, self.backfill);
        let job = job.with_context(|| format!("cannot read {}", path.display()))?;
        Ok((!self.validate_only).then_some(job))
    }
}

/// Says what became of the lines; the push has ended for good or for now.
fn conclude(mut ledger: Ledger, ended: anyhow::Result<bool>) -> anyhow::Result<ExitCode> {
    let complete = matches!(ended, Ok(true));
    ledger.close(complete)?;
    let tally = ledger.tally();
    if ledger.as_json {
        output::print_json_line(&tally.summary_json(ledger.settled_here(), ledger.elapsed(), complete))?;
    } else {
        output::print(&tally.render(ledger.settled_here(), ledger.elapsed()))?;
    }
    if !complete && ledger.keeps_position() {
        eprintln!("interrupted: push the file again, and it goes on after line {}", ledger.line());
    }
    Ok(match ended? {
        false => ExitCode::from(EXIT_INTERRUPTED),
        true if tally.refused_any() => ExitCode::FAILURE,
        true => ExitCode::SUCCESS,
    })
}

#[cfg(test)]
mod tests;
