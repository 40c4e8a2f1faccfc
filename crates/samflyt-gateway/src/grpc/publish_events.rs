//! `PublishEvents`: pipelined, answers in the order of the requests, order per entity, bounded.
//!
//! An event whose entity has one on its way to the disk waits for that one, so the log never holds them the other way
//! round. After the log has failed once, the rest of the stream is refused: what follows must not overtake what has to
//! be sent again. A client that does not read its answers is not read from.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::FuturesOrdered;
use futures::{Stream, StreamExt};
use samflyt_events::{Reason, Refusal};
use samflyt_proto::gateway as pb;
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataMap;
use tonic::{Status, Streaming};

use super::{Gateway, draft::draft, receipt};
use crate::Intake;
use crate::intake::{Decided, NewEvent, Pending, Receipt, validated};

/// The stream of answers.
pub(crate) type Replies = Pin<Box<dyn Stream<Item = Result<pb::PublishEventsResponse, Status>> + Send>>;

/// Answers that wait for the client to read them.
const REPLIES_WAITING_MAX: usize = 64;

impl Gateway {
    pub(super) async fn publish_many(
        &self,
        metadata: &MetadataMap,
        requests: Streaming<pb::PublishEventsRequest>,
    ) -> Result<Replies, Refusal> {
        let caller = self.caller(metadata).await?;
        let (replies, received) = mpsc::channel(REPLIES_WAITING_MAX);
        let pump = Pump {
            intake: Arc::clone(&self.intake),
            caller,
            in_flight: FuturesOrdered::new(),
            entities: HashMap::new(),
            held: None,
            next_index: 0,
            broken: false,
        };
        let stop = self.lifecycle.intake.clone();
        self.lifecycle.spawn_intake("event stream", async move {
            pump.run(requests, replies, stop).await;
            Ok::<(), String>(())
        });
        Ok(Box::pin(ReceiverStream::new(received)))
    }
}

/// One stream's work.
struct Pump {
    intake: Arc<Intake>,
    caller: Caller,
    in_flight: FuturesOrdered<Pin<Box<dyn Future<Output = Settled> + Send>>>,
    /// Entities with an event on its way, by tenant and entity.
    entities: HashMap<String, usize>,
    /// An event that waits for the one before it of the same entity.
    held: Option<Held>,
    next_index: u64,
    /// The log failed: nothing more is sent on this stream.
    broken: bool,
}

struct Held {
    index: u64,
    id: String,
    entity: String,
    new: Box<NewEvent>,
}

struct Settled {
    index: u64,
    id: String,
    entity: Option<String>,
    outcome: Result<Receipt, Refusal>,
    validate_only: bool,
}

impl Pump {
    async fn run(
        mut self,
        mut requests: Streaming<pb::PublishEventsRequest>,
        replies: mpsc::Sender<Result<pb::PublishEventsResponse, Status>>,
        stop: CancellationToken,
    ) {
        let mut open = true;
        let mut broken_off = None;
        while open || !self.in_flight.is_empty() || self.held.is_some() {
            let takes =
                open && self.held.is_none() && self.in_flight.len() < self.intake.config.in_flight_max;
            tokio::select! {
                biased;
                Some(settled) = self.in_flight.next(), if !self.in_flight.is_empty() => {
                    let reply = self.answer(settled);
                    if replies.send(Ok(reply)).await.is_err() {
                        return;
                    }
                    self.release().await;
                }
                () = stop.cancelled(), if open => open = false,
                request = requests.message(), if takes => match request {
                    Ok(Some(request)) => self.take(request).await,
                    Ok(None) => open = false,
                    Err(status) => {
                        // What was sent is still settled; the answers go nowhere if the client is gone.
                        tracing::debug!(%status, "an event stream broke off");
                        broken_off = Some(status);
                        open = false;
                    }
                },
            }
        }
        if let Some(status) = broken_off {
            let _ = replies.send(Err(status)).await;
        } else if stop.is_cancelled() {
            let message = "the hub is stopping: open the stream again, and resend what was not answered";
            let refusal = Refusal::new(Reason::LogUnavailable, message);
            let _ = replies.send(Err(refused::status(&refusal))).await;
        }
    }

    async fn take(&mut self, request: pb::PublishEventsRequest) {
        let index = self.next_index;
        self.next_index += 1;
        let event = request.event.unwrap_or_default();
        let id = event.id.chars().take(128).collect();
        if self.broken {
            return self.settled(index, id, Err(log_failed()), request.validate_only);
        }
        self.intake.await_new_tenant(&event.tenant).await;
        match self.intake.decide(&self.caller, draft(event)) {
            Ok(Decided::Known(receipt)) => self.settled(index, id, Ok(receipt), request.validate_only),
            Ok(Decided::New(new)) if request.validate_only => {
                self.settled(index, id, Ok(validated(&new)), true);
            }
            Ok(Decided::New(new)) => {
                let entity = format!("{} {}", new.event.tenant, new.event.entity);
                let held = Held { index, id, entity, new };
                if self.entities.contains_key(&held.entity) {
                    self.held = Some(held);
                } else {
                    self.send(held).await;
                }
            }
            Err(refusal) => {
                self.broken |= refusal.reason.is_passing();
                self.settled(index, id, Err(refusal), request.validate_only);
            }
        }
    }

    /// Sends the event that waited, once its entity is free.
    async fn release(&mut self) {
        if let Some(held) = self.held.take_if(|held| !self.entities.contains_key(&held.entity)) {
            self.send(held).await;
        }
    }

    async fn send(&mut self, held: Held) {
        let Held { index, id, entity, new } = held;
        if self.broken {
            return self.settled(index, id, Err(log_failed()), false);
        }
        match self.intake.append(*new).await {
            Ok(pending) => {
                *self.entities.entry(entity.clone()).or_default() += 1;
                let intake = Arc::clone(&self.intake);
                self.in_flight.push_back(Box::pin(settle(intake, pending, index, id, entity)));
            }
            Err(refusal) => {
                self.broken = true;
                self.settled(index, id, Err(refusal), false);
            }
        }
    }

    fn settled(&mut self, index: u64, id: String, outcome: Result<Receipt, Refusal>, validate_only: bool) {
        let settled = Settled { index, id, entity: None, outcome, validate_only };
        self.in_flight.push_back(Box::pin(std::future::ready(settled)));
    }

    fn answer(&mut self, settled: Settled) -> pb::PublishEventsResponse {
        if let Some(entity) = settled.entity {
            self.entities.remove(&entity);
            if settled.outcome.as_ref().is_err_and(|refusal| refusal.reason.is_passing()) {
                self.broken = true;
            }
        }
        self.intake.note(&settled.outcome, settled.validate_only);
        let outcome = match &settled.outcome {
            Ok(accepted) => Outcome::Accepted(receipt(accepted)),
            Err(refusal) => Outcome::Refused(refused::message(refusal)),
        };
        pb::PublishEventsResponse { index: settled.index, event_id: settled.id, outcome: Some(outcome) }
    }
}

async fn settle(intake: Arc<Intake>, pending: Pending, index: u64, id: String, entity: String) -> Settled {
    let outcome = intake.settle(pending).await;
    Settled { index, id, entity: Some(entity), outcome, validate_only: false }
}

fn log_failed() -> Refusal {
    Refusal::new(
        Reason::LogUnavailable,
        "an event before this one was not acknowledged: open a new stream and resend from that one on",
    )
}
