//! `samflyt outbox status`.

use std::process::ExitCode;

use anyhow::Context;
use samflyt_adapters::outbox::{self, Link};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Place;
use crate::cli::{output, show};

const EXAMPLE: &str = "\
Example:
  samflyt outbox status --dir ./outbox --json

The outbox need not be running. What was settled in the last half second may still be told as waiting.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Status {
    #[command(flatten)]
    place: Place,
}

impl Status {
    pub(super) fn run(self, as_json: bool) -> anyhow::Result<ExitCode> {
        let dir = &self.place.dir;
        let status =
            outbox::status(dir).with_context(|| format!("the outbox {} cannot be read", dir.display()))?;
        if as_json {
            output::print_json(&json!(status))?;
        } else {
            output::print(&shown(&status))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn shown(status: &outbox::Status) -> String {
    let since = status.oldest_ms.map(|ms| format!(", the oldest since {}", moment(ms))).unwrap_or_default();
    let mut lines = vec![
        format!("waiting   {}{since}", show::number(status.waiting)),
        format!("on disk   {} bytes", show::number(status.bytes)),
        format!("refused   {}", show::number(status.refused)),
        format!("damaged   {}", show::number(status.damaged)),
    ];
    lines.push(match &status.link {
        None => "hub       never reached".to_owned(),
        Some(Link { since_ms, cause: None, .. }) => {
            format!("hub       reachable since {}", moment(*since_ms))
        }
        Some(Link { since_ms, cause: Some(cause), .. }) => {
            format!("hub       away since {}: {}", moment(*since_ms), output::plain(cause))
        }
    });
    let held = status.link.as_ref().map_or(0, |link| link.held);
    if held > 0 {
        lines.push(format!(
            "held      {} entities wait for an event that the hub did not want",
            show::number(held)
        ));
    }
    lines.join("\n")
}

fn moment(ms: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}
