//! `TraceEvent`.

use std::collections::BTreeMap;

use samflyt_events::subject::events_stream;
use samflyt_events::{RecordedEvent, Refusal, TenantId};
use samflyt_projection::StoreError;
use samflyt_proto::{common, lineage as pb};
use samflyt_runtime::Caller;

use super::get_event::reference;
use crate::Lineage;
use crate::answer::{completeness, event, moment, span, store_failed};
use crate::reader::Reader;
use crate::received::{Asked, SubscribedIn, What};
use crate::tree::{Node, tree};

/// How many events are gathered where the request does not say.
const EVENTS_DEFAULT: u32 = 1_000;

impl Lineage {
    pub(super) async fn trace(
        &self,
        caller: Caller,
        request: pb::TraceEventRequest,
    ) -> Result<pb::TraceEventResponse, Refusal> {
        let asked = std::slice::from_ref(&request.tenant);
        let (_, reader) = self.question(&caller, asked, request.at_least).await?;
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        let focus = self.find(&reader, &tenant, &reference(&request.system, &request.event_id)?).await?;
        let correlation_id = focus.event.correlation.to_string();
        // The affair may cross municipalities: all that the caller may read is shown.
        let tenants = caller.readable(&self.deps.feed.get(), &[])?;
        let limit = if request.events_max == 0 { EVENTS_DEFAULT } else { request.events_max };
        let limit = limit.min(self.config.trace_events_max) as usize;
        let affair = self.gather(&reader, &tenants, focus, limit).await?;
        let nodes = tree(&affair);
        let focus = nodes.iter().position(|node| node.name == affair.focus).unwrap_or_default();
        let involved = affair.events.values().map(|event| event.event.tenant.clone()).collect();
        Ok(pb::TraceEventResponse {
            nodes: messages(&reader, &nodes).map_err(store_failed)?,
            focus: u32::try_from(focus).unwrap_or_default(),
            correlation_id,
            completeness: Some(completeness(&reader, &involved, affair.truncated)),
        })
    }
}

fn messages(reader: &Reader, nodes: &[Node<'_>]) -> Result<Vec<pb::TraceNode>, StoreError> {
    let mut known = SubscribedIn::new();
    let mut messages = Vec::with_capacity(nodes.len());
    for node in nodes {
        let receivers = match node.event {
            Some(recorded) => receivers(reader, &mut known, recorded)?,
            None => Vec::new(),
        };
        messages.push(pb::TraceNode { receivers, ..message(node) });
    }
    Ok(messages)
}

/// Who received an event, each once, by the time at which it had.
fn receivers(
    reader: &Reader,
    known: &mut SubscribedIn,
    recorded: &RecordedEvent,
) -> Result<Vec<pb::Receiver>, StoreError> {
    let Some(stream) = reader.number(&events_stream(&recorded.event.tenant))? else { return Ok(Vec::new()) };
    let asked = Asked::of(recorded);
    let mut first: BTreeMap<&str, u64> = BTreeMap::new();
    for subscribed in reader.subscribed_once(known, stream)? {
        let outcome = reader.outcome(subscribed, &asked)?;
        if let Some(What::Received { by_ms }) = outcome.map(|outcome| outcome.what) {
            let at = first.entry(subscribed.subscription.consumer.as_str()).or_insert(by_ms);
            *at = by_ms.min(*at);
        }
    }
    let mut found: Vec<(u64, &str)> = first.into_iter().map(|(system, by_ms)| (by_ms, system)).collect();
    found.sort_unstable();
    let receiver =
        |(by_ms, system): (u64, &str)| pb::Receiver { system: system.to_owned(), by: Some(moment(by_ms)) };
    Ok(found.into_iter().map(receiver).collect())
}

fn message(node: &Node<'_>) -> pb::TraceNode {
    let recorded = match node.event {
        Some(recorded) => event(recorded),
        None => common::RecordedEvent {
            event: Some(common::Event {
                id: node.name.id.to_string(),
                system: node.name.system.to_string(),
                ..common::Event::default()
            }),
            ..common::RecordedEvent::default()
        },
    };
    pb::TraceNode {
        event: Some(recorded),
        parent: u32::try_from(node.parent).unwrap_or_default(),
        depth: node.depth,
        delay: node.delay.map(span),
        stub: node.event.is_none(),
        receivers: Vec::new(),
    }
}
