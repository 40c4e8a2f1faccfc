//! `samflyt lineage deliveries`: who received an event and when.

use samflyt_proto::lineage::{DeliveryState, EventDelivery, GetDeliveriesRequest, GetDeliveriesResponse};
use serde_json::{Value, json};

use super::ask::WhichEvent;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage deliveries seljord seljord-oppvekst/soknad-17")]
pub(super) struct Deliveries {
    #[command(flatten)]
    which: WhichEvent,
}

impl Deliveries {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = GetDeliveriesRequest {
            tenant: self.which.tenant,
            system: self.which.event.system.to_string(),
            event_id: self.which.event.id.to_string(),
            at_least: None,
        };
        let answer =
            remote.lineage().await?.get_deliveries(request).await.map_err(Failure::from)?.into_inner();
        if json { print_json(&to_json(&answer)) } else { print(&render(&answer)) }
    }
}

fn state(delivery: &EventDelivery) -> &'static str {
    match delivery.state() {
        DeliveryState::Received => "received",
        DeliveryState::OnItsWay => "on its way",
        DeliveryState::HeldBack => "held back",
        DeliveryState::DeadLetter => "dead letter",
        DeliveryState::Withheld => "withheld",
        DeliveryState::Discarded => "discarded",
        DeliveryState::NotLookedAt => "not looked at",
        DeliveryState::Unspecified => "unknown",
    }
}

fn render(answer: &GetDeliveriesResponse) -> String {
    let sequence = answer.event.as_ref().map_or(0, |event| event.sequence);
    let mut table = Table::new(&["consumer", "subscription", "state", "when", "why"]);
    for delivery in &answer.deliveries {
        table.row([
            &delivery.consumer,
            &delivery.subscription,
            state(delivery),
            &show::time(delivery.at.as_ref()),
            &why(delivery, sequence),
        ]);
    }
    table.or("no subscription has it") + &show::completeness(answer.completeness.as_ref(), "ask again")
}

fn why(delivery: &EventDelivery, sequence: u64) -> String {
    let behind = delivery.failed_sequence != 0 && delivery.failed_sequence != sequence;
    let parts = [
        behind.then(|| format!("behind event {} of its entity", delivery.failed_sequence)),
        (!delivery.reason.is_empty()).then(|| delivery.reason.clone()),
        (!delivery.by.is_empty()).then(|| format!("by {}", delivery.by)),
        (delivery.tries > 0).then(|| format!("tries: {}", delivery.tries)),
        delivery.again_at.as_ref().map(|again| format!("again at {}", show::time(Some(again)))),
        (delivery.state() == DeliveryState::Withheld).then(|| "no agreement covered it any more".to_owned()),
        (!delivery.replay_of.is_empty()).then(|| format!("replay of {}", delivery.replay_of)),
        delivery.stopped.then(|| "the subscription is paused or has ended".to_owned()),
        delivery.repeated.then(|| came(delivery.state()).to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn came(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Withheld => "may have come before that",
        _ => "may have come more than once",
    }
}

fn to_json(answer: &GetDeliveriesResponse) -> Value {
    let delivery = |one: &EventDelivery| {
        json!({
            "subscription": one.subscription,
            "consumer": one.consumer,
            "replay_of": one.replay_of,
            "state": state(one),
            "at": as_json::time(one.at.as_ref()),
            "reason": one.reason,
            "by": one.by,
            "failed_sequence": one.failed_sequence,
            "tries": one.tries,
            "again_at": as_json::time(one.again_at.as_ref()),
            "repeated": one.repeated,
            "stopped": one.stopped,
        })
    };
    json!({
        "recorded": answer.event.as_ref().map(as_json::recorded),
        "deliveries": answer.deliveries.iter().map(delivery).collect::<Vec<_>>(),
        "completeness": as_json::completeness(answer.completeness.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use samflyt_proto::common::RecordedEvent;

    use super::*;

    #[test]
    fn each_subscription_has_a_line_that_says_why_it_has_not_got_the_event() {
        let mut held = EventDelivery {
            consumer: "seljord-visma".to_owned(),
            subscription: "cases".to_owned(),
            reason: "the form is unknown".to_owned(),
            failed_sequence: 3,
            tries: 2,
            stopped: true,
            ..EventDelivery::default()
        };
        held.set_state(DeliveryState::DeadLetter);
        let mut got = EventDelivery { consumer: "seljord-gat".to_owned(), ..EventDelivery::default() };
        (got.repeated, got.failed_sequence) = (true, 0);
        got.set_state(DeliveryState::Received);
        let event = RecordedEvent { sequence: 5, ..RecordedEvent::default() };
        let answer =
            GetDeliveriesResponse { event: Some(event), deliveries: vec![got, held], completeness: None };
        let text = render(&answer);
        for told in [
            "received",
            "may have come more than once",
            "behind event 3 of its entity; the form is unknown; tries: 2; the subscription is paused or has ended",
        ] {
            assert!(text.contains(told), "{text}");
        }
    }
}
