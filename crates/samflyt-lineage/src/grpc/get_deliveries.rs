//! `GetDeliveries`.

use samflyt_events::subject::events_stream;
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::lineage::{self as pb, DeliveryState};
use samflyt_runtime::Caller;
use samflyt_runtime::refused::timestamp;

use super::get_event::reference;
use crate::Lineage;
use crate::answer::{completeness, event, moment, store_failed};
use crate::received::{Asked, Outcome, Subscribed, What};

impl Lineage {
    pub(super) async fn deliveries(
        &self,
        caller: Caller,
        request: pb::GetDeliveriesRequest,
    ) -> Result<pb::GetDeliveriesResponse, Refusal> {
        let asked = std::slice::from_ref(&request.tenant);
        let (tenants, reader) = self.question(&caller, asked, request.at_least).await?;
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        let found = self.find(&reader, &tenant, &reference(&request.system, &request.event_id)?).await?;
        let stream = reader.number(&events_stream(&tenant)).map_err(store_failed)?;
        let subscribed = match stream {
            Some(stream) => reader.subscribed(stream).map_err(store_failed)?,
            None => Vec::new(),
        };
        let asked = Asked::of(&found);
        let mut deliveries = Vec::new();
        for one in &subscribed {
            let outcome = reader.outcome(one, &asked).map_err(store_failed)?;
            deliveries.extend(outcome.map(|outcome| message(one, outcome)));
        }
        deliveries.sort_by(|a, b| (&a.consumer, &a.subscription).cmp(&(&b.consumer, &b.subscription)));
        Ok(pb::GetDeliveriesResponse {
            event: Some(event(&found)),
            deliveries,
            completeness: Some(completeness(&reader, &tenants, false)),
        })
    }
}

fn message(subscribed: &Subscribed, outcome: Outcome) -> pb::EventDelivery {
    let subscription = &subscribed.subscription;
    let mut message = pb::EventDelivery {
        subscription: subscription.id.clone(),
        consumer: subscription.consumer.to_string(),
        replay_of: subscription.replay.as_ref().map(|replay| replay.of.clone()).unwrap_or_default(),
        repeated: outcome.repeated,
        stopped: subscribed.is_stopped(),
        ..pb::EventDelivery::default()
    };
    let state = match outcome.what {
        What::Received { by_ms } => {
            message.at = Some(moment(by_ms));
            DeliveryState::Received
        }
        What::OnItsWay => DeliveryState::OnItsWay,
        What::NotLookedAt => DeliveryState::NotLookedAt,
        What::Withheld { at_ms } => {
            message.at = Some(moment(at_ms));
            DeliveryState::Withheld
        }
        What::Discarded(given_up) => {
            message.at = Some(moment(given_up.at_ms));
            (message.reason, message.by) = (given_up.reason, given_up.by);
            DeliveryState::Discarded
        }
        What::Held { since_ms, failed } => {
            message.at = Some(moment(since_ms));
            (message.failed_sequence, message.tries) = (failed.sequence, failed.tries);
            (message.reason, message.again_at) = (failed.reason, failed.again_at.map(timestamp));
            match message.again_at {
                Some(_) => DeliveryState::HeldBack,
                None => DeliveryState::DeadLetter,
            }
        }
    };
    message.set_state(state);
    message
}
