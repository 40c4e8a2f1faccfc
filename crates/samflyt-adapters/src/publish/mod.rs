//! Events to the hub, many at a time and of each entity one after the other.
//!
//! Consumes numbered events in [`Lanes`]; gives their outcomes. Kept true: an event is sent only when the one before it in its
//! lane was settled; what was sent and not answered is sent again, which is harmless, as the hub knows it by its id.

mod lanes;
mod told;

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::time::Duration;

use samflyt_proto::common::{Event, Refusal};
use samflyt_proto::gateway::gateway_service_client::GatewayServiceClient;
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_proto::gateway::{PublishEventRequest, PublishEventsRequest, PublishEventsResponse};
use samflyt_runtime::refused::is_passing;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::hub::{Hub, Stuck};

pub(crate) use lanes::Lanes;
pub(crate) use told::{refusal_json, refusal_of_event, retry_after};

/// Events that are sent and not answered.
const IN_FLIGHT_MAX: usize = 512;
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Where events come from, and what becomes of them.
pub(crate) trait Source {
    /// The next event that may be sent, with its number; none: not now.
    fn take(&mut self) -> io::Result<Option<(u64, Event)>>;
    /// Unsettled: it may be sent again.
    fn give_back(&mut self, number: u64);
    fn accepted(&mut self, number: u64) -> io::Result<()>;
    fn refused(&mut self, number: u64, refusal: &Refusal) -> io::Result<()>;
}

/// Why no more can be sent now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interrupted {
    #[error(transparent)]
    Hub(#[from] Stuck),
    #[error("{message}")]
    Passing { message: String, after: Option<Duration> },
    #[error("the hub ended the stream before it had answered every event")]
    Unanswered,
    #[error("{0}")]
    Stream(String, Code),
    #[error("what is to be sent cannot be read, or what became of it cannot be written")]
    Files(#[from] io::Error),
}

impl From<Status> for Interrupted {
    fn from(status: Status) -> Self {
        Self::Stream(Stuck::from(status.clone()).to_string(), status.code())
    }
}

impl Interrupted {
    /// Something about an event may be the cause.
    fn is_suspect(&self) -> bool {
        match self {
            Self::Unanswered => true,
            Self::Stream(_, code) => {
                !matches!(code, Code::Unavailable | Code::Unauthenticated | Code::PermissionDenied)
            }
            _ => false,
        }
    }
}

/// The lane of an entity. Two that share one are only kept in order with each other.
pub(crate) fn lane(event: &Event) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&event.tenant, &event.entity).hash(&mut hasher);
    hasher.finish()
}

/// Sends until nothing may be sent and nothing is unanswered.
///
/// # Errors
/// Where the hub is away, does not believe the caller, or files fail; what was not answered is given back.
pub(crate) async fn send_all(hub: &Hub, source: &mut impl Source) -> Result<(), Interrupted> {
    loop {
        let mut sending = Sending { source: &mut *source, in_flight: VecDeque::new(), settled: 0 };
        let ended = sending.stream(hub).await;
        let (settled, in_flight) = (sending.settled, sending.in_flight);
        in_flight.into_iter().for_each(|number| source.give_back(number));
        match ended {
            // An event that breaks the stream must not do so for ever: alone, it gets an answer of its own.
            Err(interrupted) if interrupted.is_suspect() && settled == 0 => {
                if !send_alone(hub, source).await? {
                    return Err(interrupted);
                }
            }
            ended => return ended,
        }
    }
}

fn gateway(hub: &Hub) -> GatewayServiceClient<Channel> {
    GatewayServiceClient::new(hub.channel.clone())
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX)
}

/// Says whether there was anything to send.
async fn send_alone(hub: &Hub, source: &mut impl Source) -> Result<bool, Interrupted> {
    let Some((number, event)) = source.take()? else { return Ok(false) };
    let answer = match hub.request(PublishEventRequest { event: Some(event), validate_only: false }) {
        Ok(request) => gateway(hub).publish_event(request).await,
        Err(stuck) => {
            source.give_back(number);
            return Err(stuck.into());
        }
    };
    match answer {
        Ok(_) => source.accepted(number)?,
        Err(status) => match refusal_of_event(&status) {
            Some(refusal) => source.refused(number, &refusal)?,
            None => {
                source.give_back(number);
                return Err(status.into());
            }
        },
    }
    Ok(true)
}

struct Sending<'s, S> {
    source: &'s mut S,
    /// In the order of the stream.
    in_flight: VecDeque<u64>,
    settled: u64,
}

impl<S: Source> Sending<'_, S> {
    async fn stream(&mut self, hub: &Hub) -> Result<(), Interrupted> {
        let (requests, outgoing) = mpsc::channel(IN_FLIGHT_MAX);
        let request = hub.request(ReceiverStream::new(outgoing))?;
        let mut answers = gateway(hub).publish_events(request).await?.into_inner();
        loop {
            while self.in_flight.len() < IN_FLIGHT_MAX {
                let Some((number, event)) = self.source.take()? else { break };
                self.in_flight.push_back(number);
                // The channel has room for all that may be in flight.
                if requests
                    .try_send(PublishEventsRequest { event: Some(event), validate_only: false })
                    .is_err()
                {
                    break;
                }
            }
            if self.in_flight.is_empty() {
                return Ok(());
            }
            match answers.message().await? {
                Some(answer) => self.settle(answer)?,
                None => return Err(Interrupted::Unanswered),
            }
        }
    }

    fn settle(&mut self, answer: PublishEventsResponse) -> Result<(), Interrupted> {
        let Some(number) = self.in_flight.front().copied() else { return Err(Interrupted::Unanswered) };
        match answer.outcome {
            Some(Outcome::Accepted(_)) => self.source.accepted(number)?,
            Some(Outcome::Refused(refusal)) if is_passing(&refusal) => {
                let message = format!("{} ({})", refusal.message, refusal.reason);
                return Err(Interrupted::Passing { message, after: retry_after(&refusal) });
            }
            Some(Outcome::Refused(refusal)) => self.source.refused(number, &refusal)?,
            None => return Err(Interrupted::Unanswered),
        }
        self.in_flight.pop_front();
        self.settled += 1;
        Ok(())
    }
}
