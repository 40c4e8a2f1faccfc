//! The load: 512-byte events with all their headers, the same for the hub and for the bare publisher.

use std::time::Instant;

use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use samflyt_events::contract::template;
use samflyt_events::{Contract, Digest, EntityId, Event, EventId, EventRef, EventType, SystemId, TenantId};
use samflyt_log::Log;
use samflyt_proto::common;
use samflyt_proto::gateway::PublishEventsRequest;
use samflyt_proto::gateway::publish_events_response::Outcome;
use time::macros::datetime;

use crate::client::Client;

pub(super) const TENANT: &str = "bench";
/// Where the bare publisher writes to: nobody follows it, so that what the hub does with an event is the hub's alone.
pub(super) const BARE_TENANT: &str = "bare";
pub(super) const SYSTEMS: [&str; 4] = ["bench-forms", "bench-cases", "bench-archive", "bench-economy"];
pub(super) const TYPE: &str = "case.opened";
const DATA_BYTES: usize = 512;

/// The contract of the load: three fields, one of them with a pattern.
pub(super) fn contract() -> anyhow::Result<Contract> {
    let mut contract = template(&EventType::new(TYPE)?);
    contract.persons.clear();
    contract.fields.clear();
    contract.schema = serde_json::json!({
        "type": "object",
        "required": ["case", "amount", "text"],
        "additionalProperties": false,
        "properties": {
            "case": {"type": "string", "maxLength": 64, "pattern": "^case-[0-9]+$"},
            "amount": {"type": "integer", "minimum": 0},
            "text": {"type": "string", "maxLength": 1000}
        }
    });
    Ok(contract)
}

pub(super) fn data(case: &str) -> Vec<u8> {
    let head = format!(r#"{{"case":"{case}","amount":1250,"text":""#);
    let filling = "x".repeat(DATA_BYTES.saturating_sub(head.len() + 2));
    format!("{head}{filling}\"}}").into_bytes()
}

/// The n-th event of a client, of one case in a hundred.
pub(super) fn event(client: usize, n: u64) -> common::Event {
    let case = format!("case-{}", client as u64 * 1_000 + n % 997);
    common::Event {
        id: format!("c{client}-{n}"),
        system: SYSTEMS[client % SYSTEMS.len()].to_owned(),
        r#type: TYPE.to_owned(),
        tenant: TENANT.to_owned(),
        time: Some(samflyt_runtime::refused::timestamp(datetime!(2026-03-02 8:00 UTC))),
        data: data(&case).into(),
        entity: case,
        ..common::Event::default()
    }
}

/// An event as the gateway appends it. Every fifth begins an affair, the rest follow from the one before, another
/// system's.
pub(super) fn recorded(
    tenant: &str,
    n: u64,
    id: &str,
    before: Option<EventRef>,
    root: Option<EventRef>,
) -> anyhow::Result<Event> {
    let case = format!("case-{}", n / 5);
    let index = usize::try_from(n % 5 % 4)?;
    let own = EventRef { system: SystemId::new(SYSTEMS[index])?, id: EventId::new(id)? };
    Ok(Event {
        correlation: root.unwrap_or_else(|| own.clone()).as_correlation(),
        id: own.id,
        system: own.system,
        kind: EventType::new(TYPE)?,
        tenant: TenantId::new(tenant)?,
        entity: EntityId::new(&case)?,
        time: datetime!(2026-03-02 8:00 UTC),
        causation: before,
        corrects: None,
        retracts: None,
        backfill: false,
        traceparent: None,
        contract: Some(samflyt_events::ContractVersion { major: 1, minor: 0 }),
        publisher: samflyt_events::OrganisationNumber::new(crate::run::OPERATOR).ok(),
        digest: Some(Digest(n.to_be_bytes().repeat(2).try_into().unwrap_or([0; 16]))),
        data: data(&case).into(),
    })
}

/// Publishes through the hub: so many clients side by side, each with so many events in flight. Events per second.
pub(super) async fn through_hub(
    client: &[Client],
    round: u64,
    events_each: u64,
    in_flight: usize,
) -> anyhow::Result<f64> {
    let since = Instant::now();
    let clients = client.iter().enumerate().map(|(index, client)| async move {
        let (sender, receiver) = tokio::sync::mpsc::channel::<PublishEventsRequest>(in_flight);
        let window = tokio::sync::Semaphore::new(in_flight);
        let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
        let mut answers = client.gateway().publish_events(requests).await?.into_inner();
        let sending = async {
            for n in 0..events_each {
                window.acquire().await?.forget();
                let event = Some(event(index, round * events_each + n));
                sender.send(PublishEventsRequest { event, validate_only: false }).await?;
            }
            drop(sender);
            anyhow::Ok(())
        };
        let receiving = async {
            for _ in 0..events_each {
                let answer = answers.message().await?.context("the stream ended early")?;
                let accepted =
                    matches!(&answer.outcome, Some(Outcome::Accepted(receipt)) if !receipt.duplicate);
                ensure!(accepted, "an event of the bench was not accepted: {answer:?}");
                window.add_permits(1);
            }
            anyhow::Ok(())
        };
        futures::try_join!(sending, receiving).map(|_| ())
    });
    futures::future::try_join_all(clients).await?;
    Ok(rate(client.len() as u64 * events_each, since))
}

/// Publishes straight to the broker, with Msg-Id and the same headers and the same total in flight. Events per second.
pub(super) async fn bare(log: &Log, round: u64, events: u64, in_flight: usize) -> anyhow::Result<f64> {
    let since = Instant::now();
    let mut waiting = FuturesUnordered::new();
    for n in 0..events {
        let event = recorded(BARE_TENANT, n, &format!("b{round}-{n}"), None, None)?;
        waiting.push(log.append(&event).await?.appended());
        if waiting.len() >= in_flight {
            waiting.next().await.transpose()?;
        }
    }
    while let Some(appended) = waiting.next().await {
        appended?;
    }
    Ok(rate(events, since))
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
pub(super) fn rate(events: u64, since: Instant) -> f64 {
    events as f64 / since.elapsed().as_secs_f64()
}
