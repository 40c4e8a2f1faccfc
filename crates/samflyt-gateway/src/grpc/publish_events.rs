//! `PublishEvents`: pipelined, answers in the order of the requests, order per entity, bounded.
//!
//! An event whose entity has one on its way to the disk waits for that one, so the log never holds them the other way
//! round. After one event was refused for now, the rest of the stream is refused: what follows must not overtake what has
//! to be sent again. A client that does not read its answers is not read from, nor one that goes on beyond a limit before
//! the pause is over.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{Stream, StreamExt};
use samflyt_events::{Reason, Refusal};
use samflyt_proto::gateway as pb;
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataMap;
use tonic::{Status, Streaming};

use super::order::{Answer, Index, Order};
use super::{Gateway, draft::draft, receipt};
use crate::Intake;
use crate::intake::{Decided, NewEvent, Receipt, validated};

/// The stream of answers.
pub(crate) type Replies = Pin<Box<dyn Stream<Item = Result<pb::PublishEventsResponse, Status>> + Send>>;

/// Answers that wait for the client to read them.
const REPLIES_WAITING_MAX: usize = 64;
/// For how long nothing is read of a stream beyond its limit; it may have more to be told.
const PAUSE_MAX: Duration = Duration::from_secs(1);

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
            on_their_way: FuturesUnordered::new(),
            order: Order::new(),
            paused_until: None,
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
    on_their_way: FuturesUnordered<Pin<Box<dyn Future<Output = Settled> + Send>>>,
    order: Order<Box<NewEvent>>,
    /// A limit is reached: nothing is read before.
    paused_until: Option<Instant>,
}

type Settled = (Index, Result<Receipt, Refusal>);

impl Pump {
    async fn run(
        mut self,
        mut requests: Streaming<pb::PublishEventsRequest>,
        replies: mpsc::Sender<Result<pb::PublishEventsResponse, Status>>,
        stop: CancellationToken,
    ) {
        let mut stopping = pin!(stop.cancelled());
        let (mut open, mut broken_off) = (true, None);
        while open || self.order.open() > 0 {
            let has_room = !self.order.holds() && self.order.open() < self.intake.config.in_flight_max;
            let takes = open && has_room && self.paused_until.is_none();
            let pause = self.paused_until;
            tokio::select! {
                biased;
                Some((index, outcome)) = self.on_their_way.next() => self.settle(index, outcome),
                place = replies.reserve(), if self.order.is_answered() => {
                    // Nobody reads the answers any more; what is on its way gets to the log without them.
                    let Ok(place) = place else { return };
                    if let Some(answer) = self.order.answer() {
                        place.send(Ok(response(answer)));
                    }
                }
                () = &mut stopping, if open => open = false,
                () = until(pause), if open && pause.is_some() => self.paused_until = None,
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
        let event = request.event.unwrap_or_default();
        let index = self.order.take(event.id.chars().take(128).collect());
        if let Some(refusal) = self.order.failed() {
            let outcome = Err(refusal);
            // Who sends on without looking at the answers is slowed.
            if index.is_multiple_of(self.intake.config.in_flight_max as u64) {
                self.pause(&outcome);
            }
            return self.settle(index, outcome);
        }
        self.intake.await_new_tenant(&event.tenant).await;
        let outcome = match self.intake.decide(&self.caller, draft(event)) {
            Ok(Decided::New(new)) if !request.validate_only => {
                let entity = format!("{} {}", new.event.tenant, new.event.entity);
                if let Some((index, new)) = self.order.send(index, entity, new) {
                    self.send(index, new);
                }
                return;
            }
            Ok(Decided::New(new)) => Ok(validated(&new)),
            Ok(Decided::Known(receipt)) => Ok(receipt),
            Err(refusal) => Err(refusal),
        };
        self.intake.note(&outcome, request.validate_only);
        self.pause(&outcome);
        self.order.settle(index, outcome);
    }

    /// Takes in an outcome, and sends the event that waited for it.
    fn settle(&mut self, index: Index, outcome: Result<Receipt, Refusal>) {
        self.intake.note(&outcome, false);
        if let Some((index, new)) = self.order.settle(index, outcome) {
            self.send(index, new);
        }
    }

    fn pause(&mut self, outcome: &Result<Receipt, Refusal>) {
        let reached = outcome.as_ref().err().filter(|refusal| refusal.reason == Reason::LimitReached);
        let pause = reached.and_then(|refusal| refusal.retry_after);
        self.paused_until = pause.map(|pause| Instant::now() + pause.min(PAUSE_MAX));
    }

    fn send(&mut self, index: Index, new: Box<NewEvent>) {
        if let Some(refusal) = self.order.failed() {
            // One event at most is held, so nothing waits for this one but what is refused likewise.
            self.intake.note(&Err(refusal.clone()), false);
            self.order.settle(index, Err(refusal));
            return;
        }
        let intake = Arc::clone(&self.intake);
        self.on_their_way.push(Box::pin(async move { (index, intake.append(*new).await) }));
    }
}

async fn until(moment: Option<Instant>) {
    if let Some(moment) = moment {
        tokio::time::sleep_until(moment).await;
    }
}

fn response(answer: Answer) -> pb::PublishEventsResponse {
    let outcome = match &answer.outcome {
        Ok(accepted) => Outcome::Accepted(receipt(accepted)),
        Err(refusal) => Outcome::Refused(refused::message(refusal)),
    };
    pb::PublishEventsResponse { index: answer.index, event_id: answer.id, outcome: Some(outcome) }
}
