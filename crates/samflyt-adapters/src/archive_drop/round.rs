//! The loop: finish what was begun, look, send what is whole, move it, confirm its answer.
//!
//! Files are worked on in tasks that block, so that one that was begun is never given up in its middle.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use samflyt_runtime::SharedClock;
use tokio::time::Instant;

use super::DropConfig;
use super::candidate::{Candidate, Found, Reader, Waiting};
use super::hub::Sent;
use super::message::{self, PAYLOAD_BYTES_MAX};
use super::outcome::{self, Outcome};
use super::told::{Tally, Told};
use crate::folder::{Folder, Inbox, Moved, Place, Plan, blocking};
use crate::hub::{Hub, Stuck, whole_cause};
use crate::pauses::Pauses;

/// Why a folder is not watched any more.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("{0} cannot be watched")]
    Folder(String, #[source] io::Error),
    /// Only where it shall end by itself.
    #[error("not all could be sent")]
    Stuck(#[source] Interrupted),
}

/// Why a round ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    #[error(transparent)]
    Hub(#[from] Stuck),
    #[error("a file cannot be read or moved")]
    Files(#[from] io::Error),
}

/// Watches a folder; without an end, unless it is told otherwise.
///
/// # Errors
/// See [`Failed`].
pub async fn run(
    config: DropConfig,
    hub: Hub,
    clock: SharedClock,
    tell: impl FnMut(&Told),
) -> Result<Tally, Failed> {
    let folder = Folder::open(&config.folder)
        .map_err(|error| Failed::Folder(config.folder.display().to_string(), error))?;
    let inbox = Inbox::new(folder.inn());
    let mut watch = Watch {
        files: Some(Files { inbox, reader: Reader::default() }),
        folder: Arc::new(folder),
        config,
        hub,
        clock,
        tally: Tally::default(),
        told: HashSet::new(),
        tell,
    };
    watch.run().await
}

struct Watch<T> {
    folder: Arc<Folder>,
    /// Away only while it is looked.
    files: Option<Files>,
    config: DropConfig,
    hub: Hub,
    clock: SharedClock,
    tally: Tally,
    /// Names of those that are known to wait.
    told: HashSet<String>,
    tell: T,
}

struct Files {
    inbox: Inbox,
    reader: Reader,
}

impl<T: FnMut(&Told)> Watch<T> {
    async fn run(&mut self) -> Result<Tally, Failed> {
        let mut pauses = Pauses::new();
        loop {
            match self.round().await {
                Ok(over) => {
                    if pauses.end() {
                        (self.tell)(&Told::GoesOn);
                    }
                    if over && self.config.once {
                        return Ok(self.tally);
                    }
                    tokio::time::sleep(self.config.poll).await;
                }
                Err(interrupted) if self.config.once => return Err(Failed::Stuck(interrupted)),
                Err(interrupted) => {
                    let (cause, pause) = (whole_cause(&interrupted), pauses.next());
                    (self.tell)(&Told::Stuck { cause, again_in_s: pause.as_secs() });
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    /// Says whether nothing more will become whole by itself.
    async fn round(&mut self) -> Result<bool, Interrupted> {
        let folder = Arc::clone(&self.folder);
        if let Some(moved) = blocking(move || folder.finish()).await? {
            self.confirm(moved).await?;
        }
        let (changed, found) = self.look().await?;
        self.tell_of(&found.waiting);
        self.tally.left = found.waiting.len() as u64;
        let is_idle = found.ready.is_empty() && !found.arriving && !changed;
        for candidate in found.ready {
            self.take(candidate).await?;
        }
        Ok(is_idle)
    }

    async fn look(&mut self) -> Result<(bool, Found), Interrupted> {
        let (dir, patience) = (self.folder.inn(), self.config.patience);
        let mut files = self
            .files
            .take()
            .unwrap_or_else(|| Files { inbox: Inbox::new(dir.clone()), reader: Reader::default() });
        let looked = blocking(move || {
            let now = Instant::now();
            let looked = files.inbox.look(now);
            let looked = looked
                .and_then(|changed| Ok((changed, files.reader.find(&files.inbox, &dir, now, patience)?)));
            Ok((files, looked))
        });
        let (files, looked) = looked.await?;
        self.files = Some(files);
        Ok(looked?)
    }

    fn tell_of(&mut self, waiting: &[Waiting]) {
        self.told.retain(|name| waiting.iter().any(|waiting| waiting.name == *name));
        for one in waiting.iter().filter(|waiting| waiting.for_long) {
            if self.told.insert(one.name.clone()) {
                (self.tell)(&Told::Waits { name: one.name.clone(), cause: one.cause.clone() });
            }
        }
    }

    /// Sends a message, and moves it by what was answered.
    async fn take(&mut self, candidate: Candidate) -> Result<(), Interrupted> {
        let Some(outcome) = self.outcome(&candidate).await? else { return Ok(()) };
        let place = if outcome.done { Place::Done(self.clock.now().date()) } else { Place::Refused };
        let plan = Plan {
            from: candidate.from,
            files: candidate.sent.into_iter().chain(candidate.beside).collect(),
            to: self.folder.place(place, &candidate.name),
            answers: outcome.answers,
        };
        let (folder, added) = (Arc::clone(&self.folder), outcome.added);
        let Some(moved) = blocking(move || folder.carry_out(&plan, &added)).await? else { return Ok(()) };
        let (name, to) = (candidate.name, moved.to.clone().unwrap_or_default());
        let told = if outcome.done {
            self.tally.done += 1;
            Told::Done { name, kept_as: outcome.kept_as, to }
        } else {
            self.tally.refused += 1;
            Told::Refused { name, problems: outcome.problems, to }
        };
        (self.tell)(&told);
        self.confirm(moved).await
    }

    /// None where the files changed meanwhile: the next looks find them.
    async fn outcome(&self, candidate: &Candidate) -> Result<Option<Outcome>, Interrupted> {
        let taken: Vec<&str> =
            candidate.sent.iter().chain(&candidate.beside).map(|(name, _)| name.as_str()).collect();
        let name = &candidate.name;
        if candidate.sent.first().is_some_and(|(_, stamp)| stamp.size > PAYLOAD_BYTES_MAX) {
            let problem = format!("the message has more than {PAYLOAD_BYTES_MAX} bytes: send it in parts");
            return Ok(Some(outcome::of_refusal(name, vec![problem], &taken)));
        }
        let (inn, files) = (self.folder.inn(), candidate.clone());
        let Some(message) = blocking(move || read(&inn, &files)).await? else { return Ok(None) };
        Ok(match self.hub.send(&message).await? {
            Sent::Answered(answer) => Some(outcome::of_answer(name, answer, &taken)),
            Sent::Refused(problems) => Some(outcome::of_refusal(name, problems, &taken)),
            Sent::Changed => None,
        })
    }

    async fn confirm(&self, moved: Moved) -> Result<(), Interrupted> {
        if !moved.answers.is_empty() {
            self.hub.confirm(moved.answers).await?;
        }
        let folder = Arc::clone(&self.folder);
        Ok(blocking(move || folder.settle()).await?)
    }
}

/// None where a file was changed or taken away.
fn read(inn: &Path, candidate: &Candidate) -> io::Result<Option<message::Message>> {
    match message::read(inn, candidate) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read,
    }
}
