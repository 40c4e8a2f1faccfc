//! One tenant's messages: the log's part of them, and what is known of it.
//!
//! Kept true: what was acknowledged is in the log, and in the index before anybody hears of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::RwLock;
use samflyt_events::subject::messages_stream;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_log::{AppendError, Entry, Follow, Log};
use samflyt_runtime::{Lifecycle, SharedClock};
use time::OffsetDateTime;
use tokio::sync::watch;

use super::config::MessagesConfig;
use super::id::{Id, Part};
use super::index::{Given, Index, Row};
use super::sealed;
use super::told::Told;
use super::{Incoming, Outgoing};
use crate::records::Seal;

/// For how long it is waited for that the log is folded to where it was just written.
const FOLDED_WITHIN: Duration = Duration::from_secs(10);

pub(crate) struct Desk {
    pub tenant: TenantId,
    pub seal: Arc<Seal>,
    pub clock: SharedClock,
    pub config: MessagesConfig,
    log: Log,
    stream: String,
    index: RwLock<Index>,
    /// The sequence up to which the index is folded.
    position: watch::Sender<u64>,
}

/// What became of something that may be in the log only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Now,
    Before,
}

impl Desk {
    /// Makes the stream where it is missing, and reads it to its end.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`.
    pub async fn open(
        log: Log,
        clock: SharedClock,
        tenant: &TenantId,
        seal: Arc<Seal>,
        config: MessagesConfig,
        lifecycle: &Lifecycle,
    ) -> Result<Arc<Self>, Refusal> {
        log.ensure_messages(tenant, config.kept()).await.map_err(|error| unavailable(&error))?;
        let desk = Arc::new(Self {
            tenant: tenant.clone(),
            seal,
            clock,
            config,
            log,
            stream: messages_stream(tenant),
            index: RwLock::default(),
            position: watch::Sender::new(0),
        });
        let following = Arc::downgrade(&desk);
        let mut follower =
            desk.log.follow(Follow { stream: desk.stream.clone(), after: 0, headers_only: true });
        let stop = lifecycle.services.clone();
        lifecycle.spawn("archive messages of a tenant", async move {
            while let Some(entry) = stop.run_until_cancelled(follower.next()).await {
                // The desk was given up before it was ready: it is opened anew.
                let Some(desk) = following.upgrade() else { break };
                desk.fold(&entry);
            }
            Ok::<(), String>(())
        });
        desk.catch_up().await?;
        Ok(desk)
    }

    async fn catch_up(&self) -> Result<(), Refusal> {
        let state = self.log.state(&self.stream).await.map_err(|error| unavailable(&error))?;
        match state {
            // Of a stream whose messages were all dropped none comes that tells the position.
            Some(state) if state.messages > 0 => self.folded(state.last).await,
            _ => Ok(()),
        }
    }

    fn fold(&self, entry: &Entry) {
        match Told::read(entry) {
            Some((id, told)) => {
                let kept = self.config.answer_ttl();
                self.index.write().fold(entry.sequence, id, told, kept);
            }
            None => {
                tracing::error!(tenant = %self.tenant, sequence = entry.sequence, "no message of the archive")
            }
        }
        self.position.send_replace(entry.sequence);
    }

    /// Asks the index.
    pub fn read<T>(&self, ask: impl FnOnce(&Index) -> T) -> T {
        ask(&self.index.read())
    }

    /// Forgets what the stream has dropped.
    pub fn forget(&self, now: OffsetDateTime) {
        let kept = time::Duration::try_from(self.config.kept()).unwrap_or(time::Duration::MAX);
        if let Some(before) = now.checked_sub(kept) {
            self.index.write().forget(before);
        }
    }

    /// Tells of every change of the index.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.position.subscribe()
    }

    async fn folded(&self, sequence: u64) -> Result<(), Refusal> {
        let mut position = self.position.subscribe();
        match tokio::time::timeout(FOLDED_WITHIN, position.wait_for(|at| *at >= sequence)).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Refusal::new(
                Reason::IndexBehind,
                "the messages have not been read to the end of their log yet: try again",
            )),
        }
    }

    /// Puts a message into the log.
    ///
    /// # Errors
    /// `TOO_LARGE`, `LOG_UNAVAILABLE`, `INDEX_BEHIND`.
    pub async fn ask(&self, id: Id, told: &Told, message: &Incoming) -> Result<Written, Refusal> {
        let sealed = sealed::seal_incoming(&self.seal, &told.subject(&self.tenant, id), message);
        self.write(id, told, sealed.map_err(|error| unavailable(&error))?).await
    }

    /// Puts the answer into the log. The first one stays.
    ///
    /// # Errors
    /// `TOO_LARGE`, `LOG_UNAVAILABLE`, `INDEX_BEHIND`.
    pub async fn answer(&self, id: Id, answer: &Outgoing, at: OffsetDateTime) -> Result<Written, Refusal> {
        let told = Told::Answered { kind: answer.kind, at, expires_at: at + self.config.answer_ttl() };
        let sealed = sealed::seal_outgoing(&self.seal, &told.subject(&self.tenant, id), answer);
        self.write(id, &told, sealed.map_err(|error| unavailable(&error))?).await
    }

    /// Notes that an answer arrived.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `INDEX_BEHIND`.
    pub async fn confirm(&self, id: Id, part: Part, at: OffsetDateTime) -> Result<Written, Refusal> {
        self.write(id, &Told::Confirmed { part, at }, Bytes::new()).await
    }

    /// Appends where nothing is yet, and sees it folded, by whomever it was written.
    async fn write(&self, id: Id, told: &Told, sealed: Bytes) -> Result<Written, Refusal> {
        let subject = told.subject(&self.tenant, id);
        let headers = told.headers();
        match self.log.append_bytes(&subject, &subject, &headers, sealed, 0).await {
            Ok(appended) => {
                self.folded(appended.sequence).await?;
                Ok(if appended.duplicate { Written::Before } else { Written::Now })
            }
            Err(AppendError::Conflict) => {
                let page = self.log.read_subject(&self.stream, &subject, 1, 1).await;
                let found = page.map_err(|error| unavailable(&error))?.entries;
                self.folded(found.first().map_or(0, |entry| entry.sequence)).await?;
                Ok(Written::Before)
            }
            Err(AppendError::TooLarge) => {
                let advice = "send less in one message, or ask for less";
                Err(Refusal::of_field(Reason::TooLarge, "/payload", "is larger than the log takes", advice))
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// A message as it came; none where the log has dropped it.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`; `STORE_UNAVAILABLE` where it does not open.
    pub async fn incoming(&self, row: &Row) -> Result<Option<Incoming>, Refusal> {
        let Some(entry) = self.entry(row.sequence).await? else { return Ok(None) };
        let opened = sealed::open_incoming(&self.seal, &entry.subject, &self.tenant, row.id, &entry.payload);
        opened.map(Some).ok_or_else(|| self.unreadable(row.id))
    }

    /// An answer as it was given; none where the log has dropped it.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`; `STORE_UNAVAILABLE` where it does not open.
    pub async fn outgoing(&self, id: Id, given: &Given) -> Result<Option<Outgoing>, Refusal> {
        if given.part == Part::Receipt {
            return Ok(Some(Outgoing { kind: given.kind, payload: None, files: Vec::new() }));
        }
        let Some(entry) = self.entry(given.sequence).await? else { return Ok(None) };
        let opened = sealed::open_outgoing(&self.seal, &entry.subject, &entry.payload);
        opened.map(Some).ok_or_else(|| self.unreadable(id))
    }

    async fn entry(&self, sequence: u64) -> Result<Option<Entry>, Refusal> {
        let copy = self.log.read_copy(&self.stream, sequence).await.map_err(|error| unavailable(&error))?;
        if copy.is_some() {
            return Ok(copy);
        }
        self.log.read(&self.stream, sequence).await.map_err(|error| unavailable(&error))
    }

    fn unreadable(&self, id: Id) -> Refusal {
        tracing::error!(tenant = %self.tenant, message = %id, "a message does not open under the archive's key");
        Refusal::new(Reason::StoreUnavailable, "the message cannot be read: tell the operator its id")
    }
}

fn unavailable(error: &dyn std::error::Error) -> Refusal {
    tracing::warn!(%error, "the log of messages cannot be used");
    Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment: send the same again later")
}
