//! Takes the requests of each tenant in the order of its log, and answers each.
//!
//! Kept true: nothing is answered before all that was ever answered is known, so nothing is answered twice; where one
//! request cannot be decided now, those behind it wait too, as they may build on it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::stream::{self, StreamExt};
use samflyt_events::subject::events_stream;
use samflyt_events::{Event, Reason, Refusal, SystemId, TenantId};
use tokio::sync::Notify;

use super::answer::Answer;
use super::decide::{Prepared, event_of};
use super::event::{Fact, answer_id};
use super::fold::{Deposit, State};
use super::keys;
use super::lane::Lanes;
use crate::Archive;
use crate::records::unreadable;

/// Requests of one round.
const ROUND: usize = 256;
/// Requests that are read, and whose documents are looked up, before their turn.
const AHEAD: usize = 16;
/// Answers that are on their way to the disk at once.
const ANSWERS: usize = 32;
/// How long is waited before what could not be done is tried again; doubled up to the last.
pub(super) const PAUSES: [Duration; 6] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Rings where a tenant has something waiting.
type Bells = HashMap<TenantId, Arc<Notify>>;

/// Starts a worker for each tenant, and the one who wakes them.
pub(super) fn start(archive: &Arc<Archive>) {
    let bells: Arc<parking_lot::Mutex<Bells>> = Arc::default();
    let (own, rung) = (Arc::clone(archive), Arc::clone(&bells));
    archive.lifecycle.spawn("archive deposits' tenants", async move {
        let stop = own.lifecycle.services.clone();
        let feed = own.deps.feed.clone();
        feed.for_each_tenant(stop.clone(), |tenant| {
            super::follow(&own, &tenant);
            let bell = Arc::clone(bells.lock().entry(tenant.clone()).or_default());
            // What waited before it was started is looked for at once.
            bell.notify_one();
            let lanes = Lanes::new(Arc::clone(&own), tenant.clone());
            let worker = Worker { archive: Arc::clone(&own), tenant, bell, answered: 0, lanes };
            let stop = stop.clone();
            own.lifecycle.spawn("archive deposits of a tenant", async move {
                let _stopped = stop.run_until_cancelled(worker.run()).await;
                Ok::<(), String>(())
            });
        })
        .await;
        Ok::<(), String>(())
    });
    archive.lifecycle.spawn("archive deposits' bell", ring(Arc::clone(archive), rung));
}

/// Wakes those who have something waiting, whenever more has been folded.
async fn ring(archive: Arc<Archive>, bells: Arc<parking_lot::Mutex<Bells>>) -> Result<(), String> {
    let stop = archive.lifecycle.services.clone();
    let mut commits = archive.deposits.runner.commits();
    loop {
        let view = archive.deposits.runner.view();
        let all = keys::of_state(State::Waiting);
        let mut next = view.scan_prefix(&all).next();
        while let Some(Ok((key, _))) = next.take() {
            let Some(tenant) = keys::tenant_of(&key) else { break };
            if let Some(bell) = bells.lock().get(&tenant) {
                bell.notify_one();
            }
            let from = keys::in_state(State::Waiting, tenant.as_str(), u64::MAX);
            let to = [all.clone(), vec![u8::MAX]].concat();
            next = view.range(&from..&to).next();
        }
        match stop.run_until_cancelled(commits.changed()).await {
            Some(Ok(())) => {}
            _ => return Ok(()),
        }
    }
}

/// A request's place, and what is to be answered; none where there is nothing to answer to, or not by us.
type Decided = (u64, Option<(Prepared, Answer)>);

/// What a round came to.
#[derive(Default)]
struct Outcome {
    count: usize,
    /// The last request that has its answer in the log.
    last: Option<u64>,
    failure: Option<Refusal>,
}

struct Worker {
    archive: Arc<Archive>,
    tenant: TenantId,
    bell: Arc<Notify>,
    /// All requests up to this sequence have their answer in the log, whether that is folded yet or not, or are in a lane.
    answered: u64,
    lanes: Lanes,
}

impl Worker {
    async fn run(mut self) {
        let mut failures = 0;
        let mut settled = false;
        loop {
            let round = async {
                if !settled {
                    self.settle().await?;
                    settled = true;
                }
                self.round().await
            };
            match round.await {
                Ok(0) => {
                    failures = 0;
                    self.archive.deposits.held_up.lock().remove(&self.tenant);
                    self.bell.notified().await;
                }
                Ok(_) => failures = 0,
                Err(refusal) => {
                    // What was on its way may be in the log or not.
                    settled = false;
                    // That deposits are read anew, as at a first start, is told by the projection itself.
                    if failures == 0 && refusal.reason != Reason::IndexBehind {
                        let reason = refusal.reason.as_str();
                        tracing::warn!(tenant = %self.tenant, reason, "deposits wait: they cannot be decided now");
                    }
                    self.archive.deposits.held_up.lock().insert(self.tenant.clone(), refusal.message);
                    tokio::time::sleep(PAUSES[usize::min(failures, PAUSES.len() - 1)]).await;
                    failures += 1;
                }
            }
        }
    }

    /// Returns when all that the log holds now is folded.
    async fn settle(&self) -> Result<(), Refusal> {
        let stream = events_stream(&self.tenant);
        let state = self.archive.deps.log.state(&stream).await.map_err(|error| {
            tracing::debug!(%error, "the log does not say where it stands");
            Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment")
        })?;
        let last = state.map_or(0, |state| state.last);
        self.archive.deposits.runner.wait_for(&stream, last).await;
        Ok(())
    }

    /// Answers what waits; says how much that was.
    async fn round(&mut self) -> Result<usize, Refusal> {
        let waiting = self.waiting()?;
        let outcome = self.answer_all(waiting).await;
        self.answered = outcome.last.unwrap_or(self.answered);
        outcome.failure.map_or(Ok(outcome.count), Err)
    }

    fn waiting(&self) -> Result<Vec<Deposit>, Refusal> {
        let deposits = self.archive.deposits.deposits(&self.tenant);
        if deposits.view.rebuilding() {
            return Err(Refusal::new(
                Reason::IndexBehind,
                "the archive reads its deposits from the log anew",
            ));
        }
        let waiting = deposits.in_state(State::Waiting, self.answered).take(ROUND);
        waiting.collect::<Result<_, _>>().map_err(unreadable)
    }

    /// Decides one after the other; what is before and behind that goes on at once for several.
    async fn answer_all(&self, waiting: Vec<Deposit>) -> Outcome {
        let failed = AtomicBool::new(false);
        let preparing = waiting.into_iter().map(|deposit| self.prepare(deposit));
        let deciding = stream::iter(preparing)
            .buffered(AHEAD)
            .then(|(sequence, prepared)| self.decide(sequence, prepared, &failed));
        let mut answers = deciding.map(|decided| self.answer(decided)).buffered(ANSWERS).boxed();
        let mut outcome = Outcome::default();
        while let Some(answered) = answers.next().await {
            match answered {
                Ok(sequence) => {
                    outcome.last = Some(sequence);
                    outcome.count += 1;
                }
                Err(refusal) => {
                    outcome.failure = Some(refusal);
                    break;
                }
            }
        }
        outcome
    }

    async fn prepare(&self, deposit: Deposit) -> (u64, Result<Option<Prepared>, Refusal>) {
        (deposit.sequence, self.archive.read_request(&self.tenant, deposit.sequence).await)
    }

    async fn decide(
        &self,
        sequence: u64,
        prepared: Result<Option<Prepared>, Refusal>,
        failed: &AtomicBool,
    ) -> Result<Decided, Refusal> {
        if failed.load(Ordering::Relaxed) {
            return Err(Refusal::new(Reason::Conflict, "one before it waits"));
        }
        let decided = async {
            let Some(prepared) = prepared? else { return Ok((sequence, None)) };
            if self.lanes.take(sequence, &prepared).await? {
                return Ok((sequence, None));
            }
            let answer = self.archive.decide(&prepared).await?;
            Ok((sequence, Some((prepared, answer))))
        };
        let decided = decided.await;
        if decided.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        decided
    }

    /// Appends an answer; gives the place of its request.
    async fn answer(&self, decided: Result<Decided, Refusal>) -> Result<u64, Refusal> {
        let (sequence, decided) = decided?;
        if let Some((prepared, answer)) = decided {
            self.archive.give(&prepared.event, &answer).await?;
        }
        Ok(sequence)
    }
}

impl Archive {
    /// Reads a request. None: the log holds no such event, which only a foreign hand can have brought about.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`.
    pub(super) async fn read_request(
        &self,
        tenant: &TenantId,
        sequence: u64,
    ) -> Result<Option<Prepared>, Refusal> {
        let entry = self.deps.log.read(&events_stream(tenant), sequence).await.map_err(|error| {
            tracing::debug!(%error, "a request cannot be read from the log");
            Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment")
        })?;
        match entry.as_ref().and_then(event_of) {
            Some(event) => self.prepare(event).await.map(Some),
            None => {
                tracing::error!(%tenant, sequence, "a request is not in the log");
                Ok(None)
            }
        }
    }

    /// Appends the answer to a request.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: it may be in the log or not.
    pub(super) async fn give(&self, request: &Event, answer: &Answer) -> Result<(), Refusal> {
        let fact = Fact {
            kind: answer.kind,
            tenant: &request.tenant,
            system: SystemId::archive_of(&request.tenant),
            id: answer_id(&request.reference()),
            entity: request.entity.clone(),
            correlation: Some(request.correlation.clone()),
            causation: Some(request.reference()),
            publisher: None,
            traceparent: request.traceparent.clone(),
            data: &answer.data,
        };
        self.tell(fact).await?;
        self.deposits.metrics.count(&request.tenant, answer.kind);
        Ok(())
    }
}
