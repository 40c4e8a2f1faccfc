//! `GetEvent`.

use samflyt_events::{Contract, EventRef, HUB_SYSTEM, RecordedEvent, Refusal, TenantId};
use samflyt_proto::{common, lineage as pb};
use samflyt_runtime::Caller;

use crate::Lineage;
use crate::answer::{completeness, event, not_found, store_failed};

impl Lineage {
    pub(super) async fn event(
        &self,
        caller: Caller,
        request: pb::GetEventRequest,
    ) -> Result<pb::GetEventResponse, Refusal> {
        let (tenants, reader) =
            self.question(&caller, std::slice::from_ref(&request.tenant), request.at_least).await?;
        let reference = reference(&request.system, &request.event_id)?;
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        let found = self.find(&reader, &tenant, &reference).await?;
        let streams = reader.streams(tenants.iter().cloned()).map_err(store_failed)?;
        let mut amendments = Vec::new();
        for stream in streams.keys() {
            amendments.extend(reader.amendments(*stream, &reference).map_err(store_failed)?);
        }
        let (mut corrected_by, mut retracted_by) = (Vec::new(), Vec::new());
        for (place, mark) in amendments {
            for amending in self.read(&reader, &streams, vec![place]).await? {
                let list = if mark == 1 { &mut corrected_by } else { &mut retracted_by };
                list.push(amending.event.reference().to_string());
            }
        }
        Ok(pb::GetEventResponse {
            event: Some(self.with_data(&found)),
            corrected_by,
            retracted_by,
            completeness: Some(completeness(&reader, &tenants, false)),
        })
    }

    /// The event with its data, the personal fields of its contract left out.
    fn with_data(&self, found: &RecordedEvent) -> common::RecordedEvent {
        let mut message = event(found);
        let catalogue = self.deps.feed.get();
        let kind = &found.event.kind;
        let contract = found.event.contract.and_then(|version| catalogue.contract(kind, version).cloned());
        let contract = contract.as_ref().map(|entry| &entry.compiled.contract);
        let (data, withheld) = if found.event.system.as_str() == HUB_SYSTEM {
            (found.event.data.to_vec(), Vec::new())
        } else {
            readable(&found.event.data, contract)
        };
        message.withheld = withheld;
        if let Some(event) = &mut message.event {
            event.data = data.into();
        }
        message
    }
}

/// Without its contract nobody knows what is personal: then nothing is shown.
fn readable(data: &[u8], contract: Option<&Contract>) -> (Vec<u8>, Vec<String>) {
    let Some(contract) = contract else { return (Vec::new(), vec![String::new()]) };
    let Ok(mut value) = serde_json::from_slice(data) else { return (Vec::new(), vec![String::new()]) };
    let withheld = contract.withhold_personal(&mut value);
    (serde_json::to_vec(&value).unwrap_or_default(), withheld)
}

/// The event that a request names; what is no name is nothing that could be found.
pub(super) fn reference(system: &str, id: &str) -> Result<EventRef, Refusal> {
    EventRef::parse(&format!("{system}/{id}")).map_err(|_| not_found("event"))
}
