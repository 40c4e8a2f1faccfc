//! Answers a tenant's messages: writes one after the other in the order in which they came, reads beside them, and whatever
//! expired before its turn with a notice.
//!
//! Kept true: each message gets one answer, also after a crash; one that has expired is not carried out any more.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::Lifecycle;
use tokio::sync::{Semaphore, mpsc};

use super::desk::Desk;
use super::id::{Id, Part};
use super::index::{Index, Row};
use super::metrics::MessageMetrics;
use super::recipient::Recipient;
use super::{Incoming, Outgoing, failure};

/// How long an answer that cannot be given now is put off, at first and at most.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// The clock is asked at least so often, since it may be set.
const CLOCK_ASKED_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Worker {
    desk: Arc<Desk>,
    recipient: Arc<dyn Recipient>,
    lifecycle: Lifecycle,
    metrics: MessageMetrics,
    /// Messages that somebody is at, so that none is carried out while its notice is written.
    claimed: Mutex<HashSet<Id>>,
    /// Where writes wait that may be long in being carried out.
    lanes: Mutex<HashMap<usize, mpsc::Sender<Claim>>>,
}

/// Whether nobody is at a message.
type Free<'f> = &'f dyn Fn(&Id) -> bool;
type Pick = fn(&Index, Free<'_>) -> Option<Id>;

/// While it lives, nobody else is at the message.
struct Claim {
    worker: Arc<Worker>,
    id: Id,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.worker.claimed.lock().remove(&self.id);
    }
}

impl Worker {
    /// Begins to answer.
    pub fn start(
        desk: &Arc<Desk>,
        recipient: Arc<dyn Recipient>,
        lifecycle: &Lifecycle,
        metrics: MessageMetrics,
    ) {
        let worker = Arc::new(Self {
            desk: Arc::clone(desk),
            recipient,
            lifecycle: lifecycle.clone(),
            metrics,
            claimed: Mutex::default(),
            lanes: Mutex::default(),
        });
        let stop = lifecycle.services.clone();
        let (writes, reads, expiry) = (Arc::clone(&worker), Arc::clone(&worker), worker);
        let end = |_: Option<()>| Ok::<(), String>(());
        let stopped = stop.clone();
        lifecycle.spawn("archive messages: writes", async move {
            end(stopped.run_until_cancelled(writes.answer_writes()).await)
        });
        let stopped = stop.clone();
        lifecycle.spawn("archive messages: reads", async move {
            end(stopped.run_until_cancelled(reads.answer_reads()).await)
        });
        lifecycle.spawn("archive messages: expiry", async move {
            end(stop.run_until_cancelled(expiry.expire()).await)
        });
    }

    async fn answer_writes(self: Arc<Self>) {
        loop {
            let claim = self.next(|index, free| index.waiting_writes().find(|id| free(id))).await;
            self.dispatch(claim).await;
        }
    }

    async fn answer_reads(self: Arc<Self>) {
        let permits = Arc::new(Semaphore::new(self.desk.config.reads_at_once.max(1) as usize));
        // It is never closed.
        while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
            let claim = self.next(|index, free| index.waiting_reads().find(|id| free(id))).await;
            let stop = self.lifecycle.services.clone();
            self.lifecycle.tasks().spawn(async move {
                stop.run_until_cancelled(claim.worker.settle(claim.id, false)).await;
                drop(permit);
            });
        }
    }

    /// Gives notice of what expired, whatever is before it, and forgets what the stream has dropped.
    async fn expire(self: Arc<Self>) {
        loop {
            let now = self.desk.clock.now();
            while let Some(claim) = self.claim(|index, free| index.expired(now).find(|id| free(id))) {
                self.dispatch(claim).await;
            }
            self.desk.forget(now);
            self.metrics.show(&self.desk, now);
            let next = self.desk.read(Index::expires_next);
            let pause = next.and_then(|at| Duration::try_from(at - now).ok()).unwrap_or(CLOCK_ASKED_EVERY);
            tokio::time::sleep(pause.clamp(PAUSE_MIN, CLOCK_ASKED_EVERY)).await;
        }
    }

    /// Settles a message, or leaves it to its lane.
    async fn dispatch(self: &Arc<Self>, claim: Claim) {
        let has_lanes = self.recipient.has_lanes(&self.desk.tenant);
        let lane = if has_lanes { self.lane(claim.id).await } else { None };
        match lane {
            None => self.settle(claim.id, false).await,
            Some(lane) => self.put_into(lane, claim),
        }
    }

    /// Goes on until it is known.
    async fn lane(&self, id: Id) -> Option<usize> {
        let mut pause = PAUSE_MIN;
        loop {
            match self.try_to_find_lane(id).await {
                Ok(lane) => return lane,
                Err(refusal) => {
                    tracing::debug!(tenant = %self.desk.tenant, message = %id, %refusal, "it is not known yet who carries it out");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
    }

    async fn try_to_find_lane(&self, id: Id) -> Result<Option<usize>, Refusal> {
        let row = self.desk.read(|index| index.row(id).filter(|row| row.answer.is_none()).cloned());
        let Some(row) = row.filter(|row| row.kind.is_write()) else { return Ok(None) };
        match self.desk.incoming(&row).await {
            Ok(Some(message)) => self.recipient.lane(&message).await,
            // It is told of when it is its turn.
            Ok(None) => Ok(None),
            Err(refusal) if refusal.reason == Reason::StoreUnavailable => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Those of a lane are settled one after the other.
    fn put_into(self: &Arc<Self>, lane: usize, claim: Claim) {
        let mut lanes = self.lanes.lock();
        let queue = lanes.entry(lane).or_insert_with(|| {
            // As many wait at most as may wait at all.
            let (queue, mut waiting) = mpsc::channel::<Claim>(self.desk.config.waiting_max.max(1) as usize);
            let stop = self.lifecycle.services.clone();
            self.lifecycle.spawn("archive messages: for an external archive", async move {
                let settling = async {
                    while let Some(claim) = waiting.recv().await {
                        claim.worker.settle(claim.id, true).await;
                    }
                };
                let _stopped = stop.run_until_cancelled(settling).await;
                Ok::<(), String>(())
            });
            queue
        });
        // One that found no room is free again, and found again.
        let _ = queue.try_send(claim);
    }

    /// Waits for a message that nobody is at.
    async fn next(self: &Arc<Self>, pick: Pick) -> Claim {
        let mut changes = self.desk.changes();
        loop {
            changes.mark_unchanged();
            if let Some(claim) = self.claim(pick) {
                return claim;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn claim(self: &Arc<Self>, pick: impl Fn(&Index, Free<'_>) -> Option<Id>) -> Option<Claim> {
        let mut claimed = self.claimed.lock();
        let id = self.desk.read(|index| pick(index, &|id| !claimed.contains(id)))?;
        claimed.insert(id);
        Some(Claim { worker: Arc::clone(self), id })
    }

    /// Goes on until the message has its answer in the log. `patient`: who carries it out says when its time is over.
    async fn settle(&self, id: Id, patient: bool) {
        let mut pause = PAUSE_MIN;
        while let Err(refusal) = self.try_to_settle(id, patient).await {
            if pause == PAUSE_MIN {
                tracing::warn!(tenant = %self.desk.tenant, message = %id, %refusal, "no answer yet; it is tried again");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// # Errors
    /// What keeps an answer from being given now.
    async fn try_to_settle(&self, id: Id, patient: bool) -> Result<(), Refusal> {
        let Some(row) = self.desk.read(|index| index.row(id).filter(|row| row.answer.is_none()).cloned())
        else {
            return Ok(());
        };
        let message = match self.desk.incoming(&row).await {
            Ok(Some(message)) => Arc::new(message),
            Ok(None) => return self.give(&row, &self.failed(&row, "it is not in the log any more")).await,
            Err(refusal) if refusal.reason == Reason::StoreUnavailable => {
                return self.give(&row, &self.failed(&row, &refusal.to_string())).await;
            }
            Err(refusal) => return Err(refusal),
        };
        let is_write = row.kind.is_write();
        if is_write {
            self.recipient.announce_message(&message).await?;
        }
        let late_only = is_write
            && !patient
            && row.expires_at <= self.desk.clock.now()
            && self.recipient.has_carried_out(&message).await?;
        let answer = self.answer(&row, &message, late_only || patient, patient).await;
        if is_write {
            self.recipient.announce_answer(&message, &answer).await?;
        }
        self.give(&row, &answer).await
    }

    async fn give(&self, row: &Row, answer: &Outgoing) -> Result<(), Refusal> {
        let now = self.desk.clock.now();
        match self.desk.answer(row.id, answer, now).await {
            Ok(_) => {}
            Err(refusal) if refusal.reason == Reason::TooLarge => {
                let failed = self.failed(row, "the answer is larger than the log takes: ask for less");
                self.desk.answer(row.id, &failed, now).await?;
            }
            Err(refusal) => return Err(refusal),
        }
        self.metrics.count_answer(&self.desk.tenant, answer.kind, now - row.received_at);
        Ok(())
    }

    /// Carries it out, as often as what fails is ours and may pass. `late`: also after its time; `patient`: without an end.
    async fn answer(&self, row: &Row, message: &Arc<Incoming>, late: bool, patient: bool) -> Outgoing {
        let (mut tries, mut pause) = (0, PAUSE_MIN);
        loop {
            if !late && row.expires_at <= self.desk.clock.now() {
                return failure::timed_out();
            }
            tries += 1;
            match self.carry_out(message).await {
                Ok(answer) => return answer,
                Err(refusal)
                    if refusal.reason.is_passing() && (patient || tries < self.desk.config.tries) =>
                {
                    if tries == 1 {
                        tracing::warn!(tenant = %self.desk.tenant, message = %row.id, %refusal, "it is tried again");
                    }
                    tokio::time::sleep(pause).await;
                    pause = if patient { (pause * 2).min(PAUSE_MAX) } else { pause * 2 };
                }
                Err(refusal) => return self.failed(row, &refusal.to_string()),
            }
        }
    }

    /// In a task of its own, so that a defect ends one message and not the hub.
    async fn carry_out(&self, message: &Arc<Incoming>) -> Result<Outgoing, Refusal> {
        let (recipient, message) = (Arc::clone(&self.recipient), Arc::clone(message));
        let task = self.lifecycle.tasks().spawn(async move { recipient.answer(&message).await });
        task.await.unwrap_or_else(|_| {
            Err(Refusal::new(Reason::RequestInvalid, "the archive has a defect that this message meets"))
        })
    }

    /// `feilmelding.serverfeil`, and its line in the log.
    fn failed(&self, row: &Row, cause: &str) -> Outgoing {
        let feil_id = row.id.of_answer(Part::Answer).to_string();
        let kind = row.kind.name();
        tracing::error!(tenant = %self.desk.tenant, message = %row.id, kind, feil_id, cause, "a message could not be answered");
        let message = "The archive could not answer this message; tell its operator the feilId. \
                       Send it again later under another klientMeldingId.";
        failure::server_error(&feil_id, message)
    }
}
