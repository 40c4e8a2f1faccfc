//! The book of a push: what became of each line, kept and shown as it goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use samflyt_proto::common::Refusal;
use samflyt_proto::gateway::Receipt;

use super::position::{Job, Position};
use super::tally::{Tally, accepted_json, refused_json};
use crate::cli::output;

const SAVE_INTERVAL: Duration = Duration::from_secs(1);
const SHOW_INTERVAL: Duration = Duration::from_millis(100);

/// What became of a line.
pub(super) enum Outcome<'r> {
    Accepted { receipt: &'r Receipt, resent: bool },
    Refused(&'r Refusal),
}

pub(super) struct Ledger {
    /// None where nothing is kept.
    job: Option<Job>,
    position: Position,
    refused: Option<BufWriter<File>>,
    pub as_json: bool,
    bar: ProgressBar,
    settled_here: u64,
    begun: Instant,
    saved: Instant,
    shown: Instant,
}

impl Ledger {
    /// Goes on from an earlier position, which may be none.
    ///
    /// # Errors
    /// Where the file of refused lines cannot be written.
    pub(super) fn open(
        job: Option<Job>,
        position: Position,
        refused: Option<&Path>,
        as_json: bool,
        bytes_total: Option<u64>,
    ) -> anyhow::Result<Self> {
        let open = |path: &Path| {
            open_at(path, position.refused_bytes).with_context(|| format!("cannot write {}", path.display()))
        };
        let refused = refused.map(open).transpose()?.map(BufWriter::new);
        let bar = if as_json { ProgressBar::hidden() } else { bar(bytes_total)? };
        bar.set_position(position.bytes);
        bar.reset_eta();
        let now = Instant::now();
        Ok(Self { job, position, refused, as_json, bar, settled_here: 0, begun: now, saved: now, shown: now })
    }

    /// A line and all before it are settled.
    ///
    /// # Errors
    /// Where a refused line cannot be written down.
    pub(super) fn settle(&mut self, line: u64, end: u64, outcome: &Outcome<'_>) -> anyhow::Result<()> {
        match outcome {
            Outcome::Accepted { receipt, resent } => {
                self.position.tally.accept(receipt.duplicate, *resent);
                if self.as_json {
                    output::print_json_line(&accepted_json(line, receipt))?;
                }
            }
            Outcome::Refused(refusal) => {
                self.position.tally.refuse(line, refusal);
                self.write_refused(line, refusal).context("a refused line cannot be written down")?;
            }
        }
        (self.position.line, self.position.bytes) = (line, end);
        self.settled_here += 1;
        let now = Instant::now();
        if now.duration_since(self.shown) >= SHOW_INTERVAL {
            self.shown = now;
            self.bar.set_position(end);
            self.bar.set_message(self.position.tally.short());
        }
        if now.duration_since(self.saved) >= SAVE_INTERVAL {
            self.saved = now;
            self.save()?;
        }
        Ok(())
    }

    fn write_refused(&mut self, line: u64, refusal: &Refusal) -> anyhow::Result<()> {
        if self.refused.is_none() && !self.as_json {
            return Ok(());
        }
        let value = refused_json(line, refusal);
        if let Some(file) = &mut self.refused {
            let text = format!("{value}\n");
            file.write_all(text.as_bytes())?;
            self.position.refused_bytes += text.len() as u64;
        }
        if self.as_json { output::print_json_line(&value) } else { Ok(()) }
    }

    /// A folder that cannot be written costs the position, not the push.
    fn save(&mut self) -> anyhow::Result<()> {
        if let Some(file) = &mut self.refused {
            file.flush().context("refused lines cannot be written down")?;
        }
        if let Some(job) = &self.job
            && let Err(error) = self.position.save(job)
        {
            self.note(&format!("the position is not kept, an interrupted push begins anew: {error}"));
            self.job = None;
        }
        Ok(())
    }

    /// Keeps the position, or forgets it where the push is complete.
    ///
    /// # Errors
    /// Where refused lines cannot be written down.
    pub(super) fn close(&mut self, complete: bool) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if !complete && self.position.line > 0 {
            return self.save();
        }
        if let Some(file) = &mut self.refused {
            file.flush().context("refused lines cannot be written down")?;
        }
        match &self.job {
            Some(job) if complete => job.forget().context("the position cannot be removed"),
            _ => Ok(()),
        }
    }

    /// A word to the user that does not disturb the progress bar.
    pub(super) fn note(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.position.tally
    }

    pub(super) fn line(&self) -> u64 {
        self.position.line
    }

    pub(super) fn keeps_position(&self) -> bool {
        self.job.is_some() && self.position.line > 0
    }

    pub(super) fn settled_here(&self) -> u64 {
        self.settled_here
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// What was written after the position was kept will be written again.
fn open_at(path: &Path, bytes: u64) -> io::Result<File> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    let keep = bytes.min(file.metadata()?.len());
    file.set_len(keep)?;
    file.seek(SeekFrom::Start(keep))?;
    Ok(file)
}

fn bar(bytes_total: Option<u64>) -> anyhow::Result<ProgressBar> {
    Ok(match bytes_total {
        Some(total) => ProgressBar::new(total)
            .with_style(ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {eta} left")?),
        None => ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg}")?),
    })
}
