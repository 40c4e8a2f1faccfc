//! One municipality publishes as fast as it is let; how long another's events take beside that, and the flooding one's
//! urgent ones, against the same alone.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::try_join_all;
use samflyt_events::contract::Contract;
use samflyt_events::{ContractVersion, EventType};
use samflyt_proto::common;
use samflyt_proto::gateway::PublishEventsRequest;
use samflyt_proto::registry as pb;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::reader::{Consumer, Named, agree};
use super::received::{Took, quantiles, steady};
use super::{load, quantile};
use crate::client::Client;
use crate::run::OPERATOR;

const OTHER: &str = "calm";
const OTHER_SYSTEM: &str = "calm-cases";
const OTHER_CONSUMER: &str = "calm-reader";
const CONSUMER: &str = "bench-reader";
const URGENT: &str = "alarm.raised";
/// Events of the other municipality, and urgent ones of the flooding one, in a second.
const EVENTS_PER_S: u32 = 100;
const FLOODING: usize = 8;
const IN_FLIGHT_EACH: usize = 64;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let seconds: u64 = if quick { 1 } else { 20 };
    let (broker, dir) = child::broker(SyncInterval::Always).await?;
    // The limits are the usual ones: they are part of what is measured.
    let hub = BenchHub::start_with(broker, dir, &["gateway", "registry", "delivery"], &[]).await?;
    let client = hub.client().await?;
    prepare(&hub, &client).await?;
    let of_other = Named { tenant: OTHER, consumer: OTHER_CONSUMER, kind: load::TYPE };
    let of_urgent = Named { tenant: load::TENANT, consumer: CONSUMER, kind: URGENT };
    of_other.subscribe(&client, "calm", false).await?;
    of_urgent.subscribe(&client, "urgent", false).await?;
    let mut measured = Measured {
        publishers: vec![client.clone()],
        other: [Consumer::open(&client, OTHER, "calm").await?],
        urgent: [Consumer::open(&client, load::TENANT, "urgent").await?],
        next: 0,
    };
    let events = u64::from(EVENTS_PER_S) * seconds;
    measured.take(u64::from(EVENTS_PER_S)).await?;
    let alone = measured.take(events).await?;
    let flooding = try_join_all((0..FLOODING).map(|_| hub.client())).await?;
    let is_over = AtomicBool::new(false);
    let beside = async {
        let took = measured.take(events).await;
        is_over.store(true, Ordering::Relaxed);
        took
    };
    let flood =
        try_join_all(flooding.iter().enumerate().map(|(index, client)| flood(client, index, &is_over)));
    let (beside, flooded) = futures::try_join!(beside, flood)?;
    let (accepted, refused) = flooded.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let report = json!({
        "seconds": seconds,
        "events_per_s_each": EVENTS_PER_S,
        "flood": {"clients": FLOODING, "in_flight_each": IN_FLIGHT_EACH, "accepted": accepted, "refused": refused},
        "ratio_p99_target": 2.0,
        "other_municipality": compared(alone.0, beside.0),
        "urgent_of_the_flooding_one": compared(alone.1, beside.1),
    });
    hub.end().await?;
    Ok(report)
}

async fn prepare(hub: &BenchHub, client: &Client) -> anyhow::Result<()> {
    hub.register().await?;
    let tenant = pb::RegisterTenantRequest {
        id: OTHER.to_owned(),
        municipality_number: "4036".to_owned(),
        organisation_number: OPERATOR.to_owned(),
        name: "Calm".to_owned(),
        ..Default::default()
    };
    client.registry().register_tenant(tenant).await?;
    let system = pb::RegisterSystemRequest {
        id: OTHER_SYSTEM.to_owned(),
        host: OTHER.to_owned(),
        product: "bench".to_owned(),
        name: OTHER_SYSTEM.to_owned(),
        ..Default::default()
    };
    client.registry().register_system(system).await?;
    let kind = EventType::new(URGENT)?;
    let version = ContractVersion { major: 1, minor: 0 };
    let contract = Contract { kind, version, urgent: true, ..load::contract()? };
    let request = pb::PublishContractRequest { document: contract.to_json(), ..Default::default() };
    client.registry().publish_contract(request).await?;
    agree(client, OTHER, OTHER_CONSUMER, &[OTHER_SYSTEM], &[load::TYPE]).await?;
    agree(client, load::TENANT, CONSUMER, &load::SYSTEMS[..1], &[URGENT]).await
}

struct Measured {
    publishers: Vec<Client>,
    other: [Consumer; 1],
    urgent: [Consumer; 1],
    next: u64,
}

impl Measured {
    /// So many events of each: the other municipality's, and urgent ones.
    async fn take(&mut self, events: u64) -> anyhow::Result<(Took, Took)> {
        let numbers = self.next..self.next + events;
        self.next += events;
        let other = |_, n| common::Event {
            id: format!("calm-{n}"),
            tenant: OTHER.to_owned(),
            system: OTHER_SYSTEM.to_owned(),
            ..load::event(0, n)
        };
        let urgent = |_, n| common::Event {
            id: format!("urgent-{n}"),
            r#type: URGENT.to_owned(),
            ..load::event(0, n)
        };
        let publishers = &self.publishers;
        futures::try_join!(
            steady(publishers, &mut self.other, EVENTS_PER_S, numbers.clone(), other),
            steady(publishers, &mut self.urgent, EVENTS_PER_S, numbers, urgent),
        )
    }
}

/// Publishes without a pause, and begins again at once where it is refused. How many were accepted and refused.
async fn flood(client: &Client, index: usize, is_over: &AtomicBool) -> anyhow::Result<(u64, u64)> {
    let (mut accepted, mut refused, mut n) = (0, 0, 0_u64);
    while !is_over.load(Ordering::Relaxed) {
        let (sender, receiver) = tokio::sync::mpsc::channel(IN_FLIGHT_EACH);
        let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
        let mut answers = client.gateway().publish_events(requests).await?.into_inner();
        let (mut on_their_way, mut goes_on) = (0, true);
        while goes_on || on_their_way > 0 {
            while goes_on && on_their_way < IN_FLIGHT_EACH {
                // Another entity each time, so that nothing of the flood waits for the flood.
                let case = format!("case-{}", 1_000_000 * (index as u64 + 1) + n);
                let of_it = load::event(index, n);
                let data = load::data(&case).into();
                let event = common::Event { id: format!("flood-{index}-{n}"), entity: case, data, ..of_it };
                n += 1;
                sender.send(PublishEventsRequest { event: Some(event), validate_only: false }).await?;
                on_their_way += 1;
            }
            let Some(answer) = answers.message().await? else { break };
            on_their_way -= 1;
            match answer.outcome {
                Some(samflyt_proto::gateway::publish_events_response::Outcome::Accepted(_)) => accepted += 1,
                _ => (refused, goes_on) = (refused + 1, false),
            }
            goes_on &= !is_over.load(Ordering::Relaxed);
        }
    }
    Ok((accepted, refused))
}

fn compared(mut alone: Took, mut beside: Took) -> Value {
    let mut ratio =
        |of: fn(&mut Took) -> &mut Vec<f64>| quantile(of(&mut beside), 0.99) / quantile(of(&mut alone), 0.99);
    let ratios = json!({
        "publish": ratio(|took| &mut took.acknowledged),
        "delivery": ratio(|took| &mut took.received),
    });
    json!({
        "ratio_p99": ratios,
        "alone": {"publish_ms": quantiles(&mut alone.acknowledged), "delivery_ms": quantiles(&mut alone.received)},
        "beside": {"publish_ms": quantiles(&mut beside.acknowledged), "delivery_ms": quantiles(&mut beside.received)},
    })
}
