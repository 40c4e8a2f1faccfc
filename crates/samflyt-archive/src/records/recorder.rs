//! The one way to change a record: decide on the state as of the log's end, append, see it folded.
//!
//! Kept true: changes of a tenant are decided one after the other, each on what all before it led to, and the broker takes
//! one only if nobody else appended in between; where its answer is lost, the log says whether it was taken.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex as SyncMutex;
use samflyt_events::subject::{archive_changes, archive_stream};
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_log::{AppendError, Log};
use samflyt_projection::{Runner, StoreError};
use samflyt_runtime::SharedClock;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

use super::fold::{message_place, open};
use super::{Actor, Change, KeyError, Keys, Records, Seal, Step};

/// How often a change is decided anew where another process was faster or the broker's answer was lost.
const TRIES: usize = 5;
/// For how long a change waits for its being folded.
const FOLDED_WITHIN: Duration = Duration::from_secs(10);

/// What a decision came to. Without steps nothing is appended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decision {
    pub steps: Vec<Step>,
    pub answer: Value,
}

/// A change that is in the log and in the state.
#[derive(Clone)]
pub(crate) struct Carried {
    /// Of what was carried out before, the first one's.
    pub answer: Value,
    /// The records as the change left them.
    pub records: Records,
}

/// Why nothing was changed.
#[derive(Debug)]
pub(crate) enum NotCarried<E> {
    /// By the rules.
    Refused(E),
    /// It may be tried again.
    Unavailable(Refusal),
}

impl<E> From<Refusal> for NotCarried<E> {
    fn from(refusal: Refusal) -> Self {
        Self::Unavailable(refusal)
    }
}

/// What is known of a tenant's stream by who writes to it.
struct Desk {
    seal: Arc<Seal>,
    /// The stream's last sequence; none: ask.
    last: Mutex<Option<u64>>,
}

type Desks = HashMap<TenantId, Arc<OnceCell<Arc<Desk>>>>;

/// Writes the records of all tenants.
pub(crate) struct Recorder {
    log: Log,
    runner: Runner,
    keys: Arc<Keys>,
    clock: SharedClock,
    desks: SyncMutex<Desks>,
}

impl Recorder {
    pub fn new(log: Log, runner: Runner, keys: Arc<Keys>, clock: SharedClock) -> Self {
        Self { log, runner, keys, clock, desks: SyncMutex::default() }
    }

    /// The records of a tenant as they are now.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE` where the tenant's key cannot be used; `LOG_UNAVAILABLE`.
    pub async fn records(&self, tenant: &TenantId) -> Result<Records, Refusal> {
        let desk = self.desk(tenant).await?;
        Ok(self.read(tenant, &desk))
    }

    /// As [`Recorder::records`], with all that the log holds now, however long it takes to read that.
    ///
    /// # Errors
    /// As there.
    pub async fn settled(&self, tenant: &TenantId) -> Result<Records, Refusal> {
        let desk = self.desk(tenant).await?;
        let stream = archive_stream(tenant);
        let head = self.head(&stream, None).await?;
        self.runner.wait_for(&stream, head).await;
        Ok(self.read(tenant, &desk))
    }

    fn read(&self, tenant: &TenantId, desk: &Desk) -> Records {
        Records { tenant: tenant.clone(), view: self.runner.view(), seal: Arc::clone(&desk.seal) }
    }

    /// Carries a cause out, once. `decide` may be called more than once; only what it says last is appended.
    ///
    /// # Errors
    /// [`NotCarried`]: what `decide` says, or that it cannot be done now.
    pub async fn carry_out<E>(
        &self,
        tenant: &TenantId,
        cause: &str,
        by: &Actor,
        decide: impl Fn(&Records) -> Result<Decision, E>,
    ) -> Result<Carried, NotCarried<E>> {
        let desk = self.desk(tenant).await?;
        let stream = archive_stream(tenant);
        let mut last = desk.last.lock().await;
        for _ in 0..TRIES {
            let head = self.head(&stream, *last).await?;
            self.folded(&stream, head).await?;
            let records = self.read(tenant, &desk);
            if let Some(done) = records.done(cause).map_err(unreadable)? {
                let answer = self.change(&records, done).await?.answer;
                *last = Some(head);
                return Ok(Carried { answer, records });
            }
            let decision = decide(&records).map_err(NotCarried::Refused)?;
            if decision.steps.is_empty() {
                *last = Some(head);
                return Ok(Carried { answer: decision.answer, records });
            }
            let answer = decision.answer.clone();
            match self.append(tenant, &desk, head, cause, by, decision).await {
                Ok(sequence) => {
                    *last = Some(sequence);
                    self.folded(&stream, sequence).await?;
                    let records = self.read(tenant, &desk);
                    return Ok(Carried { answer, records });
                }
                Err(AppendError::Conflict) => *last = None,
                Err(AppendError::Unavailable(_)) if self.log.is_connected() => *last = None,
                Err(error) => {
                    *last = None;
                    return Err(unavailable(&error).into());
                }
            }
        }
        let message = "others changed the archive at the same time: try again";
        Err(Refusal::new(Reason::Conflict, message).into())
    }

    async fn append(
        &self,
        tenant: &TenantId,
        desk: &Desk,
        head: u64,
        cause: &str,
        by: &Actor,
        decision: Decision,
    ) -> Result<u64, AppendError> {
        let change = Change {
            at: self.clock.now(),
            by: by.clone(),
            cause: cause.to_owned(),
            steps: decision.steps,
            answer: decision.answer,
        };
        let id = super::new_id();
        let clear = serde_json::to_vec(&change).unwrap_or_default();
        let place = message_place(&archive_stream(tenant), &id);
        let sealed = desk.seal.seal(place.as_bytes(), &clear).map_err(|error| {
            tracing::error!(%tenant, %error, "a record cannot be sealed");
            AppendError::Unavailable(None)
        })?;
        let subject = archive_changes(tenant);
        let appended = self.log.append_bytes(&subject, &id, &[], sealed.into(), head).await?;
        Ok(appended.sequence)
    }

    /// A change as the log holds it.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`.
    pub async fn change(&self, records: &Records, sequence: u64) -> Result<Change, Refusal> {
        self.read_change(&archive_stream(&records.tenant), sequence, &records.seal).await
    }

    async fn read_change(&self, stream: &str, sequence: u64, seal: &Seal) -> Result<Change, Refusal> {
        let entry = self.log.read(stream, sequence).await.map_err(|error| unavailable(&error))?;
        let entry =
            entry.ok_or_else(|| unreadable(StoreError::Corrupt("a record is missing from the log")))?;
        open(&entry, stream, seal).map_err(unreadable)
    }

    async fn head(&self, stream: &str, known: Option<u64>) -> Result<u64, Refusal> {
        if let Some(known) = known {
            return Ok(known);
        }
        let state = self.log.state(stream).await.map_err(|error| unavailable(&error))?;
        Ok(state.map_or(0, |state| state.last))
    }

    async fn folded(&self, stream: &str, sequence: u64) -> Result<(), Refusal> {
        let folded = tokio::time::timeout(FOLDED_WITHIN, self.runner.wait_for(stream, sequence)).await;
        let behind = "the archive has not read its own log to the end yet: try again";
        folded.map_err(|_| Refusal::new(Reason::IndexBehind, behind))
    }

    async fn desk(&self, tenant: &TenantId) -> Result<Arc<Desk>, Refusal> {
        let cell = Arc::clone(self.desks.lock().entry(tenant.clone()).or_default());
        cell.get_or_try_init(|| self.open(tenant)).await.cloned()
    }

    async fn open(&self, tenant: &TenantId) -> Result<Arc<Desk>, Refusal> {
        let stream = archive_stream(tenant);
        self.log.ensure_archive(tenant).await.map_err(|error| unavailable(&error))?;
        let last = self.head(&stream, None).await?;
        let seal = self.keys.ready(tenant, last > 0).map_err(|error| locked(tenant, &error))?;
        if last > 0 {
            let opened = self.read_change(&stream, last, &seal).await;
            opened.map_err(|_| locked(tenant, &seal.wrong()))?;
        }
        self.runner.follow(&stream);
        Ok(Arc::new(Desk { seal, last: Mutex::new(Some(last)) }))
    }
}

fn locked(tenant: &TenantId, error: &KeyError) -> Refusal {
    tracing::error!(%tenant, %error, "the archive of a tenant cannot be opened");
    let message = format!("the archive of this municipality cannot be opened: {error}");
    Refusal::new(Reason::StoreUnavailable, message)
}

fn unavailable(error: &dyn std::error::Error) -> Refusal {
    tracing::warn!(%error, "the archive's log cannot be used");
    Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment: send the same again later")
}

/// The records cannot be read. Logged here, once.
#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(crate) fn unreadable(error: StoreError) -> Refusal {
    tracing::error!(%error, "the records cannot be read");
    Refusal::new(Reason::StoreUnavailable, "the records cannot be read at the moment: try again")
}
