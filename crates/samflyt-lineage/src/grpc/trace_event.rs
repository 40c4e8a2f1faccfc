//! `TraceEvent`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::{common, lineage as pb};
use samflyt_runtime::Caller;

use super::get_event::reference;
use crate::Lineage;
use crate::answer::{completeness, event, span};
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
            nodes: nodes.iter().map(message).collect(),
            focus: u32::try_from(focus).unwrap_or_default(),
            correlation_id,
            completeness: Some(completeness(&reader, &involved, affair.truncated)),
        })
    }
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
    }
}
