//! An outbox: events that are on disk here before the hub has them.
//!
//! A system puts an event and is told when it is on disk; [`Outbox::forward`] sends what waits to the hub whenever it is
//! reachable. Kept true: what [`Outbox::put`] answered is in the hub's log once, or in `refused/` with the reason, or waits here;
//! events of one entity reach the log in the order in which they were put; the files take no more than the limit.
//!
//! ```text
//! segments/<number>.seg   what waits; a file goes when all in it is settled
//! position                how far all is settled
//! refused/<number>.json   what the hub will not have, with the reason
//! damaged/…               what was no record any more when it was read
//! ```

mod book;
mod disk;
mod door;
mod forward;
mod segment;
mod status;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use samflyt_proto::common::Refusal;
use samflyt_runtime::SharedClock;
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::cloudevent;
use crate::publish::{lane, refusal_json};
use book::Book;

pub use disk::Opened;
pub use door::{Address, Door};
pub use forward::{Forwarding, Told};
pub use status::{Link, Status, status};

/// Puts that wait to be written together.
const PUTS_WAITING_MAX: usize = 256;

/// What an outbox may take of the disk, and whose events it holds.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Of all segments together, in bytes.
    pub bytes_max: u64,
    /// Where an event names no municipality, this one.
    pub tenant: String,
    /// Where an event names no source, this system.
    pub system: String,
}

/// An event is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its number in this outbox, counted from 1.
    pub number: u64,
}

/// Why an event was not taken. After [`PutError::Disk`] it may be in the outbox all the same: putting it again is harmless.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PutError {
    /// It is no event, with what is wrong.
    #[error("{0}")]
    Invalid(Box<samflyt_events::Refusal>),
    #[error(
        "the outbox is full: {events} events wait, the oldest since {since}, and {bytes} of {bytes_max} bytes are taken: \
         see whether the hub is reachable, or give the outbox more room (--max-bytes)"
    )]
    Full { events: u64, bytes: u64, bytes_max: u64, since: String },
    #[error("the event cannot be written: {0}: see to the disk, then start the outbox again")]
    Disk(String),
}

/// An open outbox. One process at a time has it open.
#[derive(Debug)]
pub struct Outbox {
    shared: Arc<Shared>,
    puts: Option<mpsc::Sender<Vec<Put>>>,
    writer: Option<JoinHandle<()>>,
}

/// What the writer, the forwarder and the door have in common.
#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    limits: Limits,
    clock: ClockOf,
    book: Mutex<Book>,
    /// Something may be sent that could not be before.
    more: Notify,
    /// Held as long as the outbox is open.
    _lock: File,
}

struct ClockOf(SharedClock);

impl std::fmt::Debug for ClockOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(clock)")
    }
}

/// An event on its way to the disk.
#[derive(Debug)]
struct Put {
    event: Vec<u8>,
    lane: u64,
    answer: oneshot::Sender<Result<Receipt, PutError>>,
}

impl Outbox {
    /// Opens a folder, and makes what is missing of it. Says what was found to be damaged.
    ///
    /// # Errors
    /// Where it cannot be read or written, or another process has it open.
    pub fn open(dir: &Path, limits: Limits, clock: SharedClock) -> io::Result<(Self, Opened)> {
        let (lock, book, opened) = disk::open(dir)?;
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            limits,
            clock: ClockOf(clock),
            book: Mutex::new(book),
            more: Notify::new(),
            _lock: lock,
        });
        shared.save()?;
        let (puts, waiting) = mpsc::channel(PUTS_WAITING_MAX);
        let writer = writer::start(Arc::clone(&shared), waiting)?;
        Ok((Self { shared, puts: Some(puts), writer: Some(writer) }, opened))
    }

    /// Puts an event, a CloudEvent in the JSON event format; answers when it is on disk. Callers at the same time share an fsync.
    ///
    /// # Errors
    /// See [`PutError`].
    pub async fn put(&self, event: &[u8]) -> Result<Receipt, PutError> {
        self.put_all(std::iter::once(event)).await.pop().unwrap_or_else(|| Err(stopped()))
    }

    /// Puts several in their order; they share fsyncs. One that is no event is refused by itself; where there is no room for one,
    /// none behind it is taken, so that all of them may be put again in their order.
    pub async fn put_all<'e>(
        &self,
        events: impl Iterator<Item = &'e [u8]>,
    ) -> Vec<Result<Receipt, PutError>> {
        let (mut begun, mut together) = (Vec::new(), Vec::new());
        for event in events {
            begun.push(self.shared.prepare(event).map(|(event, lane)| {
                let (answer, answered) = oneshot::channel();
                together.push(Put { event, lane, answer });
                answered
            }));
        }
        // Where the writer has gone, so have the answers.
        if let Some(puts) = &self.puts {
            let _ = puts.send(together).await;
        }
        let mut outcomes = Vec::with_capacity(begun.len());
        for one in begun {
            outcomes.push(match one {
                Ok(answered) => answered.await.unwrap_or_else(|_| Err(stopped())),
                Err(error) => Err(error),
            });
        }
        outcomes
    }

    /// How many events wait.
    pub fn waiting(&self) -> u64 {
        self.shared.book().waiting.len() as u64
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.puts = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        let _ = self.shared.save();
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The event with what it left to the outbox, and its lane.
    fn prepare(&self, event: &[u8]) -> Result<(Vec<u8>, u64), PutError> {
        let invalid = |refusal| PutError::Invalid(Box::new(refusal));
        let mut parsed = cloudevent::parse(event, false).map_err(invalid)?;
        if parsed.id.is_empty() {
            let advice = "give each event an id of its own: by it the hub knows what it has";
            let reason = samflyt_events::Reason::EnvelopeInvalid;
            return Err(invalid(samflyt_events::Refusal::of_field(reason, "/id", "is missing", advice)));
        }
        if event.len() > segment::EVENT_BYTES_MAX {
            return Err(invalid(samflyt_events::too_large(event.len(), segment::EVENT_BYTES_MAX)));
        }
        for (name, own, other) in [
            ("/tenant", &parsed.tenant, &self.limits.tenant),
            ("/source", &parsed.system, &self.limits.system),
        ] {
            if own.is_empty() && other.is_empty() {
                let advice = "write it, or name it to the outbox: --tenant, --system";
                let reason = samflyt_events::Reason::EnvelopeInvalid;
                return Err(invalid(samflyt_events::Refusal::of_field(reason, name, "is missing", advice)));
            }
        }
        let mut event = event.to_vec();
        if parsed.tenant.is_empty() || parsed.system.is_empty() {
            let source = format!("{}{}", samflyt_events::SOURCE_PREFIX, self.limits.system);
            event = completed(&event, &[("tenant", &self.limits.tenant), ("source", &source)])
                .map_err(|error| PutError::Disk(error.to_string()))?;
            if parsed.tenant.is_empty() {
                parsed.tenant.clone_from(&self.limits.tenant);
            }
        }
        Ok((event, lane(&parsed)))
    }

    fn event(&self, number: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(place) = self.book().waiting.get(&number).copied() else { return Ok(None) };
        let mut record = vec![0; place.bytes as usize];
        File::open(disk::segment(&self.dir, place.segment))?.read_exact_at(&mut record, place.offset)?;
        let damaged = || io::Error::other(format!("record {number} is damaged: start the outbox again"));
        Ok(Some(segment::event_of(&record).ok_or_else(damaged)?.to_vec()))
    }

    /// Writes the reason down first: then the record needs no place here.
    fn set_aside(&self, number: u64, refusal: &Refusal) -> io::Result<()> {
        let event = self.event(number)?.unwrap_or_default();
        let event: &RawValue = serde_json::from_slice(&event)?;
        disk::write_refused(&self.dir, number, event, &refusal_json(refusal))?;
        self.book().settle(number);
        Ok(())
    }

    /// Writes down how far all is settled, and lets go of what is not needed any more: also where the former fails, as a full
    /// disk has no room before. What is settled and was not written down is sent again after a kill, which is harmless.
    fn save(&self) -> io::Result<()> {
        let (position, spent) = {
            let mut book = self.book();
            let active = book.active;
            (book.position(), book.spent(active))
        };
        let written = disk::write_position(&self.dir, &position);
        for first in spent {
            disk::remove_segment(&self.dir, first)?;
            self.book().segments.remove(&first);
        }
        if written.is_err() {
            self.book().unsaved = true;
        }
        written
    }

    fn full(&self, book: &Book) -> PutError {
        let since = book.oldest_ms().and_then(|ms| {
            let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok()?;
            moment.format(&time::format_description::well_known::Rfc3339).ok()
        });
        PutError::Full {
            events: book.waiting.len() as u64,
            bytes: book.bytes(),
            bytes_max: self.limits.bytes_max,
            since: since.unwrap_or_else(|| "just now".to_owned()),
        }
    }
}

fn stopped() -> PutError {
    PutError::Disk("the outbox has stopped writing".to_owned())
}

/// The event with members that it has not.
fn completed(event: &[u8], members: &[(&str, &str)]) -> serde_json::Result<Vec<u8>> {
    let mut all: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_slice(event)?;
    for (name, value) in members {
        let is_empty = |given: &RawValue| matches!(given.get(), "null" | "\"\"");
        if all.get(*name).is_none_or(|given| is_empty(given)) {
            all.insert((*name).to_owned(), serde_json::value::to_raw_value(value)?);
        }
    }
    serde_json::to_vec(&all)
}
