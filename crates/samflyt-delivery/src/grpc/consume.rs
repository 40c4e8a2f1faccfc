//! `Consume`: events out, verdicts in.

use futures::StreamExt;
use futures::future::try_join_all;
use samflyt_events::Refusal;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part as Asked;
use samflyt_proto::delivery::consume_response::Part;
use samflyt_runtime::{Caller, message, refused};
use time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use super::{Answers, Service, invalid, view};
use crate::cursor::{ClientId, Verdict};
use crate::desk::{Attached, Command, Handle, LATER_MAX, Named, Outgoing};

/// Characters of a reason.
const REASON_MAX: usize = 1_000;
/// Answers that wait for the client to read them.
const WAITING: usize = 64;

/// One client's stream.
struct Stream {
    desk: Handle,
    id: String,
    client: ClientId,
    answers: mpsc::Sender<Result<pb::ConsumeResponse, Status>>,
}

impl Service {
    pub(super) async fn consume_events(
        &self,
        caller: Caller,
        mut requests: Streaming<pb::ConsumeRequest>,
    ) -> Result<Answers<pb::ConsumeResponse>, Refusal> {
        let first = requests.message().await.ok().flatten().and_then(|request| request.part);
        let Some(Asked::Start(start)) = first else {
            return Err(invalid("/start", "is not the first message", "say first which subscription it is"));
        };
        let (desk, _) = self.subscription(&caller, &start.tenant, &start.id).await?;
        let (id, in_flight) = (start.id.clone(), start.in_flight);
        let attached = desk.ask(|reply| Command::Attach { id: start.id, in_flight, reply }).await?;
        let (answers, given) = mpsc::channel(WAITING);
        let Attached { client, snapshot, mut events } = attached;
        let stream = Stream { desk, id, client, answers };
        let stop = self.0.lifecycle.intake.clone();
        self.0.lifecycle.spawn_intake("a consumer", async move {
            let serving = async {
                stream.answer(Part::Started(view::status(&snapshot))).await?;
                loop {
                    tokio::select! {
                        outgoing = events.recv() => match outgoing {
                            Some(outgoing) => stream.deliver(outgoing).await?,
                            // Deliveries are taken up anew: the client comes back.
                            None => return Err(Status::unavailable("deliveries are being taken up: come back")),
                        },
                        request = requests.message() => match request? {
                            Some(request) => stream.take(request).await?,
                            None => return Ok(()),
                        },
                    }
                }
            };
            let ended: Result<(), Status> = match stop.run_until_cancelled(serving).await {
                Some(ended) => ended,
                None => Err(Status::unavailable("the hub is ending: come back")),
            };
            stream.desk.tell(Command::Detach(stream.client)).await;
            if let Err(status) = ended {
                // Whoever has gone does not wait for it.
                let _ = stream.answers.try_send(Err(status));
            }
            Ok::<(), String>(())
        });
        Ok(ReceiverStream::new(given).boxed())
    }
}

impl Stream {
    async fn answer(&self, part: Part) -> Result<(), Status> {
        let answer = Ok(pb::ConsumeResponse { part: Some(part) });
        self.answers.send(answer).await.map_err(|_| Status::cancelled("the consumer has gone"))
    }

    async fn deliver(&self, outgoing: Outgoing) -> Result<(), Status> {
        let Outgoing { sending, lane } = outgoing;
        match sending.entry.event() {
            Ok(recorded) => {
                let data = recorded.event.data.clone();
                self.answer(Part::Delivery(pb::Delivery {
                    event: Some(message::recorded(&recorded, data)),
                    attempt: sending.attempt,
                    redelivery: sending.redelivery,
                    replay: lane,
                }))
                .await
            }
            // Only a foreign hand can have written it; the consumer cannot be told what it is.
            Err(error) => {
                let named = Named { replay: lane, sequence: sending.entry.sequence };
                self.settle(named, Verdict::Rejected(format!("it is no event: {error}"))).await.map(drop)
            }
        }
    }

    async fn take(&self, request: pb::ConsumeRequest) -> Result<(), Status> {
        match request.part {
            Some(Asked::Acknowledge(settled)) => {
                // Together: each is answered by the desk, which takes them all at once.
                let all = settled.deliveries.into_iter().map(|one| self.say(one, Verdict::Delivered));
                try_join_all(all).await.map(drop)
            }
            Some(Asked::Reject(rejected)) => {
                let reason: String = rejected.reason.chars().take(REASON_MAX).collect();
                self.say(rejected.delivery.unwrap_or_default(), Verdict::Rejected(reason)).await
            }
            Some(Asked::Fail(failed)) => {
                let reason: String = failed.reason.chars().take(REASON_MAX).collect();
                let verdict = Verdict::Failed { reason, after: None };
                self.say(failed.delivery.unwrap_or_default(), verdict).await
            }
            Some(Asked::Later(later)) => {
                let asked = later.after.unwrap_or_default();
                let pause = Duration::new(asked.seconds, asked.nanos).clamp(Duration::ZERO, LATER_MAX);
                self.say(later.delivery.unwrap_or_default(), Verdict::Later(pause)).await
            }
            Some(Asked::Start(_)) | None => {
                let refusal =
                    invalid("/part", "is a second start, or nothing", "open a stream for each subscription");
                Err(refused::status(&refusal))
            }
        }
    }

    async fn say(&self, delivered: pb::Delivered, verdict: Verdict) -> Result<(), Status> {
        let named = Named { replay: delivered.replay.clone(), sequence: delivered.sequence };
        if self.settle(named, verdict).await? {
            return Ok(());
        }
        self.answer(Part::Unknown(delivered)).await
    }

    async fn settle(&self, named: Named, verdict: Verdict) -> Result<bool, Status> {
        let (id, client) = (self.id.clone(), self.client);
        let asked = self.desk.ask(|reply| Command::Settle { id, client, named, verdict, reply }).await;
        asked.map_err(|refusal| refused::status(&refusal))
    }
}
