//! Everything of a municipality as files, and from such files into a hub that knows nothing of it.
//!
//! Three files, in this order: `manifest.json` says what there is, with a checksum of each; `catalogue.jsonl` holds the
//! municipality's own part of the catalogue and what it stands on; `events.jsonl` holds its log. Both hold one entry of the
//! log in each line, as it stands there. Keeps true: whoever reads them needs nothing of this hub; the log that an import
//! makes has the sequences and the times of the first; nothing of a municipality shows before all of it is there.

mod append;
mod check;
mod export;
mod import;
mod line;
mod manifest;
mod receive;
mod selection;
mod standing;
mod walk;

use samflyt_events::{Reason, Refusal};
use samflyt_log::ReadError;

pub(crate) use export::export;
pub(crate) use import::import;
pub(crate) use receive::tidy;

const MANIFEST: &str = "manifest.json";
const CATALOGUE: &str = "catalogue.jsonl";
const EVENTS: &str = "events.jsonl";

/// The longest line that is taken, in bytes: an event of the largest size that any hub takes, escaped.
const LINE_BYTES_MAX: usize = 32 * 1024 * 1024;

fn log_failed(error: &ReadError) -> Refusal {
    tracing::warn!(%error, "the log cannot be read");
    Refusal::new(Reason::LogUnavailable, "the log does not answer: try again")
}

/// What is wrong with a file that came in.
fn invalid(file: &str, rule: impl Into<String>, advice: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, &format!("/{file}"), rule, advice)
}

fn disk_failed(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "files that came in cannot be kept below the data directory");
    Refusal::new(
        Reason::LogUnavailable,
        "the hub cannot keep the files while it checks them: is its disk full?",
    )
}
