//! From the outbox to the hub, for as long as it runs: a hub that is away is waited for, and so is room on a full disk.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use samflyt_proto::common::{Event, Refusal};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::status::{Link, write_link};
use super::{Outbox, Shared};
use crate::cloudevent;
use crate::hub::{Hub, whole_cause};
use crate::pauses::{LONGEST, Pauses};
use crate::publish::{Interrupted, Source, send_all};

/// How often the position is written while events go out: what was settled since is sent again after a kill.
const SAVE_INTERVAL: Duration = Duration::from_millis(500);
/// When what is held is tried again.
const HELD_PAUSE: Duration = Duration::from_secs(30);

/// How events are forwarded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forwarding {
    /// A refused event holds back the later ones of its entity, and is tried again, instead of being set aside.
    pub hold_entity: bool,
}

/// What happens, for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Told {
    Away {
        cause: String,
        again_in_s: u64,
    },
    GoesOn,
    /// It is in `refused/` with the reason.
    Refused {
        number: u64,
        reason: String,
        message: String,
    },
    /// It and its entity's later events wait; it is tried again.
    Held {
        number: u64,
        reason: String,
        message: String,
    },
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away { cause, again_in_s } => write!(f, "{cause}\n  trying again in {again_in_s} s"),
            Self::GoesOn => f.write_str("going on"),
            Self::Refused { number, reason, message } => {
                write!(
                    f,
                    "event {number} is refused: {message} ({reason}); it is in refused/{number:020}.json"
                )
            }
            Self::Held { number, reason, message } => {
                write!(f, "event {number} holds back its entity: {message} ({reason}); it is tried again")
            }
        }
    }
}

impl Outbox {
    /// Forwards what waits, and what is put later, without an end. May be dropped at any time.
    ///
    /// # Errors
    /// Where the outbox's own files fail, other than for want of room.
    pub async fn forward(
        &self,
        hub: &Hub,
        forwarding: Forwarding,
        tell: impl FnMut(&Told),
    ) -> io::Result<Infallible> {
        let shared = &*self.shared;
        let mut feed =
            Feed { shared, forwarding, tell, saved: Instant::now(), release_at: Instant::now() + HELD_PAUSE };
        let (mut pauses, mut link) = (Pauses::new(), None);
        loop {
            let mut sent = send_all(hub, &mut feed).await;
            if sent.is_ok() {
                if pauses.end() {
                    (feed.tell)(&Told::GoesOn);
                }
                unless_full(feed.note(&mut link, None))?;
                sent = feed.rest().await.map_err(Interrupted::Files);
            }
            let Err(interrupted) = sent else { continue };
            unless_full(shared.save())?;
            let after = match &interrupted {
                Interrupted::Files(error) if !is_full(error) => {
                    return Err(io::Error::new(error.kind(), error.to_string()));
                }
                Interrupted::Passing { after, .. } => after.unwrap_or_default(),
                _ => Duration::ZERO,
            };
            let (cause, wait) = (whole_cause(&interrupted), pauses.next().max(after).min(LONGEST));
            unless_full(feed.note(&mut link, Some(&cause)))?;
            (feed.tell)(&Told::Away { cause, again_in_s: wait.as_secs() });
            sleep(wait).await;
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn unless_full(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if is_full(&error) => Ok(()),
        done => done,
    }
}

struct Feed<'s, T> {
    shared: &'s Shared,
    forwarding: Forwarding,
    tell: T,
    saved: Instant,
    /// When what is held is tried again.
    release_at: Instant,
}

impl<T: FnMut(&Told)> Feed<'_, T> {
    /// Until something may be sent.
    async fn rest(&mut self) -> io::Result<()> {
        loop {
            let (has_ready, unsaved, held) = {
                let book = self.shared.book();
                (book.lanes.has_ready(), book.unsaved, book.lanes.held())
            };
            if has_ready {
                return Ok(());
            }
            tokio::select! {
                () = self.shared.more.notified() => {}
                () = sleep(SAVE_INTERVAL), if unsaved => self.save()?,
                () = tokio::time::sleep_until(self.release_at), if held > 0 => self.release_in_time(),
            }
        }
    }

    fn release_in_time(&mut self) {
        let now = Instant::now();
        if now >= self.release_at {
            self.release_at = now + HELD_PAUSE;
            self.shared.book().lanes.release();
        }
    }

    fn save(&mut self) -> io::Result<()> {
        self.saved = Instant::now();
        self.shared.save()
    }

    fn save_sometimes(&mut self) -> io::Result<()> {
        if self.saved.elapsed() >= SAVE_INTERVAL { self.save() } else { Ok(()) }
    }

    /// Writes down how the hub is found, where that is other than before.
    fn note(&self, link: &mut Option<Link>, away: Option<&str>) -> io::Result<()> {
        let held = self.shared.book().lanes.held() as u64;
        let cause = away.map(str::to_owned);
        let now = self.shared.clock.0.now();
        let since =
            link.as_ref().filter(|link| link.cause.is_some() == cause.is_some()).map(|link| link.since_ms);
        let since_ms =
            since.unwrap_or_else(|| i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0));
        let found = Link { since_ms, cause, held };
        if link.as_ref() != Some(&found) {
            write_link(&self.shared.dir, &found)?;
            *link = Some(found);
        }
        Ok(())
    }

    fn hold(&mut self, number: u64, reason: &str, message: &str) {
        let mut book = self.shared.book();
        if let Some(record) = book.waiting.get(&number).copied() {
            book.lanes.hold(number, record.lane);
        }
        drop(book);
        let (reason, message) = (reason.to_owned(), message.to_owned());
        (self.tell)(&Told::Held { number, reason, message });
    }
}

impl<T: FnMut(&Told)> Source for Feed<'_, T> {
    fn take(&mut self) -> io::Result<Option<(u64, Event)>> {
        self.release_in_time();
        loop {
            let Some(number) = self.shared.book().lanes.take() else { return Ok(None) };
            let event = match self.shared.event(number) {
                Ok(Some(event)) => event,
                Ok(None) => continue,
                // The next opening names it and sets it aside.
                Err(error) => {
                    self.hold(number, "UNREADABLE", &error.to_string());
                    continue;
                }
            };
            match cloudevent::parse(&event, false) {
                Ok(event) => return Ok(Some((number, event))),
                Err(refusal) => self.refused(number, &samflyt_runtime::refused::message(&refusal))?,
            }
        }
    }

    fn give_back(&mut self, number: u64) {
        self.shared.book().lanes.give_back(number);
    }

    fn accepted(&mut self, number: u64) -> io::Result<()> {
        self.shared.book().settle(number);
        self.save_sometimes()
    }

    /// What the caller may not send is no fault of the event: it waits until it is granted.
    fn refused(&mut self, number: u64, refusal: &Refusal) -> io::Result<()> {
        if self.forwarding.hold_entity || refusal.reason == "NOT_GRANTED" {
            self.hold(number, &refusal.reason, &refusal.message);
            return Ok(());
        }
        self.shared.set_aside(number, refusal)?;
        let (reason, message) = (refusal.reason.clone(), refusal.message.clone());
        (self.tell)(&Told::Refused { number, reason, message });
        self.save_sometimes()
    }
}
