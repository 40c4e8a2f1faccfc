//! The loop: finish what was begun, look, publish what is whole, move it.
//!
//! A file that was killed between is published again from its first row, which is harmless: its rows are the same events.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use samflyt_proto::common::{Event, Refusal};
use samflyt_runtime::SharedClock;
use tokio::time::{Instant, sleep};

use super::mapping::Mapping;
use super::outcome::{self, Name, Outcome};
use super::rows::{self, Owner, Rows};
use super::{DropConfig, Tally, Told};
use crate::document;
use crate::folder::{Folder, Inbox, Place, Plan, Stamp, blocking};
use crate::hub::{Hub, whole_cause};
use crate::pauses::Pauses;
use crate::publish::{Interrupted, Lanes, Source, lane, send_all};

/// It is read into memory.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why a folder is not watched any more.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("{0} cannot be watched")]
    Folder(String, #[source] io::Error),
    /// Only where it shall end by itself.
    #[error("not all could be published: {0}")]
    Stuck(String),
}

/// Watches a folder; without an end, unless it is told otherwise.
///
/// # Errors
/// See [`Failed`].
pub async fn run(
    config: DropConfig,
    mapping: Mapping,
    hub: Hub,
    clock: SharedClock,
    tell: impl FnMut(&Told),
) -> Result<Tally, Failed> {
    let folder = Folder::open(&config.folder)
        .map_err(|error| Failed::Folder(config.folder.display().to_string(), error))?;
    let owner = Owner { tenant: hub.tenant.clone(), system: hub.system.clone() };
    let inbox = Some(Inbox::new(folder.inn()));
    let folder = Arc::new(folder);
    let (mapping, tally, pauses) = (Arc::new(mapping), Tally::default(), Pauses::new());
    Watch { folder, inbox, config, mapping, owner, hub, clock, tally, pauses, tell }.run().await
}

struct Watch<T> {
    folder: Arc<Folder>,
    /// Away only while it is looked.
    inbox: Option<Inbox>,
    config: DropConfig,
    mapping: Arc<Mapping>,
    owner: Owner,
    hub: Hub,
    clock: SharedClock,
    tally: Tally,
    pauses: Pauses,
    tell: T,
}

/// A file that is whole.
#[derive(Debug, Clone)]
struct Ready {
    name: Name,
    stamp: Stamp,
}

impl<T: FnMut(&Told)> Watch<T> {
    async fn run(&mut self) -> Result<Tally, Failed> {
        loop {
            match self.round().await {
                Ok(over) if over && self.config.once => return Ok(self.tally),
                Ok(_) => sleep(self.config.poll).await,
                Err(interrupted) => self.wait(&interrupted).await?,
            }
        }
    }

    /// Until it is worth to try again.
    async fn wait(&mut self, interrupted: &Interrupted) -> Result<(), Failed> {
        let cause = whole_cause(interrupted);
        if self.config.once {
            return Err(Failed::Stuck(cause));
        }
        let pause = self.pauses.next();
        (self.tell)(&Told::Stuck { cause, again_in_s: pause.as_secs() });
        sleep(pause).await;
        Ok(())
    }

    /// Says whether nothing more will become whole by itself.
    async fn round(&mut self) -> Result<bool, Interrupted> {
        let folder = Arc::clone(&self.folder);
        if blocking(move || folder.finish()).await?.is_some() {
            self.settle().await?;
        }
        let (changed, arriving, ready) = self.look().await?;
        let is_idle = ready.is_empty() && !arriving && !changed;
        for file in ready {
            self.take(file).await?;
            if self.pauses.end() {
                (self.tell)(&Told::GoesOn);
            }
        }
        Ok(is_idle)
    }

    /// Whether anything changed, whether something is not whole yet, and what is whole, oldest first.
    async fn look(&mut self) -> Result<(bool, bool, Vec<Ready>), Interrupted> {
        let mut inbox = self.inbox.take().unwrap_or_else(|| Inbox::new(self.folder.inn()));
        let now = Instant::now();
        let (inbox, changed) = blocking(move || inbox.look(now).map(|changed| (inbox, changed))).await?;
        let mut files: Vec<_> = inbox
            .files()
            .filter(|(path, _)| path.components().count() == 1)
            .filter_map(|(path, seen)| Some((Name::of(path.to_str()?, self.mapping.ends())?, seen)))
            .collect();
        files.sort_by(|(name, seen), (other, other_seen)| {
            (seen.stamp.modified_ns, &name.whole).cmp(&(other_seen.stamp.modified_ns, &other.whole))
        });
        let arriving = files.iter().any(|(_, seen)| !seen.is_whole());
        let whole = files.into_iter().filter(|(_, seen)| seen.is_whole());
        let ready = whole.map(|(name, seen)| Ready { name, stamp: seen.stamp }).collect();
        self.inbox = Some(inbox);
        Ok((changed, arriving, ready))
    }

    async fn take(&mut self, file: Ready) -> Result<(), Interrupted> {
        let Some(outcome) = self.outcome(&file).await? else { return Ok(()) };
        let is_done = outcome.accepted > 0 || (outcome.refused == 0 && !is_refused_whole(&outcome));
        let place = if is_done { Place::Done(self.clock.now().date()) } else { Place::Refused };
        let plan = Plan {
            from: PathBuf::new(),
            files: vec![(file.name.whole.clone(), file.stamp)],
            to: self.folder.place(place, &file.name.stem),
            answers: Vec::new(),
        };
        let (folder, added) = (Arc::clone(&self.folder), outcome.added);
        let Some(moved) = blocking(move || folder.carry_out(&plan, &added)).await? else { return Ok(()) };
        self.tally.files += 1;
        self.tally.accepted += outcome.accepted;
        self.tally.refused += outcome.refused;
        let (name, to) = (file.name.whole, moved.to.unwrap_or_default());
        let (accepted, refused) = (outcome.accepted, outcome.refused);
        (self.tell)(&if is_done {
            Told::Done { name, accepted, refused, to }
        } else {
            Told::Refused { name, refused, to }
        });
        self.settle().await
    }

    async fn settle(&self) -> Result<(), Interrupted> {
        let folder = Arc::clone(&self.folder);
        Ok(blocking(move || folder.settle()).await?)
    }

    /// None where the file was taken away.
    async fn outcome(&mut self, file: &Ready) -> Result<Option<Outcome>, Interrupted> {
        if file.stamp.size > FILE_BYTES_MAX {
            let problem = format!("it has more than {FILE_BYTES_MAX} bytes: split it");
            return Ok(Some(outcome::of_file(&file.name, &problem)));
        }
        let path = self.folder.inn().join(&file.name.whole);
        let (mapping, owner) = (Arc::clone(&self.mapping), self.owner.clone());
        let read = blocking(move || {
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut document::open(&path)?, &mut bytes)?;
            let rows = rows::read(&bytes, &mapping, &owner);
            Ok((bytes, rows))
        });
        let (bytes, rows) = match read.await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let rows = match rows {
            Ok(rows) => rows,
            Err(problem) => return Ok(Some(outcome::of_file(&file.name, &problem))),
        };
        let refused = self.publish(&rows).await?;
        Ok(Some(outcome::of_rows(&file.name, &bytes, &rows, &refused)))
    }

    /// Until all rows are settled; what is refused, by its place among the rows.
    async fn publish(&mut self, rows: &Rows) -> Result<BTreeMap<u64, Refusal>, Interrupted> {
        let mut publishing = Publishing::of(rows);
        loop {
            match send_all(&self.hub, &mut publishing).await {
                Ok(()) => return Ok(publishing.refused),
                Err(interrupted) if self.wait(&interrupted).await.is_err() => return Err(interrupted),
                Err(_) => {}
            }
        }
    }
}

/// Nothing of it could be read.
fn is_refused_whole(outcome: &Outcome) -> bool {
    outcome.added.iter().any(|(name, _)| name == "grunn.txt")
}

/// The rows of a file on their way.
struct Publishing<'r> {
    rows: &'r Rows,
    lanes: Lanes,
    refused: BTreeMap<u64, Refusal>,
}

impl<'r> Publishing<'r> {
    fn of(rows: &'r Rows) -> Self {
        let (mut lanes, mut refused) = (Lanes::default(), BTreeMap::new());
        for (at, row) in (0..).zip(&rows.rows) {
            match &row.event {
                Ok(event) => lanes.feed(at, lane(event)),
                Err(refusal) => drop(refused.insert(at, refusal.clone())),
            }
        }
        Self { rows, lanes, refused }
    }

    fn event(&self, at: u64) -> Option<&'r Event> {
        self.rows.rows.get(usize::try_from(at).ok()?)?.event.as_ref().ok()
    }

    fn settle(&mut self, at: u64) {
        if let Some(event) = self.event(at) {
            self.lanes.settle(at, lane(event));
        }
    }
}

impl Source for Publishing<'_> {
    fn take(&mut self) -> io::Result<Option<(u64, Event)>> {
        let next = self.lanes.take();
        Ok(next.and_then(|at| Some((at, self.event(at)?.clone()))))
    }

    fn give_back(&mut self, at: u64) {
        self.lanes.give_back(at);
    }

    fn accepted(&mut self, at: u64) -> io::Result<()> {
        self.settle(at);
        Ok(())
    }

    fn refused(&mut self, at: u64, refusal: &Refusal) -> io::Result<()> {
        self.settle(at);
        self.refused.insert(at, refusal.clone());
        Ok(())
    }
}
