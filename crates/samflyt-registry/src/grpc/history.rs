//! `ListResourceHistory`: read from the log itself, which is where the reasons are.

use samflyt_events::Reason;
use samflyt_events::Refusal;
use samflyt_events::catalogue::{CatalogueEvent, Kind, Record, Resource, ResourceState, place};
use samflyt_log::Entry;
use samflyt_proto::registry as pb;
use samflyt_runtime::{Caller, refused};

use super::catalogue::kind;
use super::resources::readable;
use crate::difference::changed_members;
use crate::{Registry, decide};

/// How many changes of one thing are shown: the newest.
const CHANGES_MAX: usize = 1_000;

impl Registry {
    pub(super) async fn list_resource_history(
        &self,
        caller: Caller,
        request: pb::ListResourceHistoryRequest,
    ) -> Result<pb::ListResourceHistoryResponse, Refusal> {
        let kind = kind(request.kind())?;
        let owner = readable(&caller, &self.deps.feed.get(), kind, &request.tenant)?;
        let (stream, subject) = place((kind != Kind::Product).then_some(&owner), kind, &request.id);
        let states = self.deps.feed.get().resource_history(kind, &owner, &request.id);
        let first = first_shown(&states);
        let page =
            self.deps.log.read_subject(&stream, &subject, first, CHANGES_MAX).await.map_err(|error| {
                tracing::warn!(%error, "the registry's log cannot be read");
                Refusal::new(Reason::LogUnavailable, "the log does not answer: try again")
            })?;
        let mut changes = Vec::new();
        for entry in &page.entries {
            let at = states.iter().position(|state| state.revision == entry.sequence);
            let Some(at) = at else { continue };
            let before = at.checked_sub(1).and_then(|before| states[before].value.as_deref());
            changes.extend(change(entry, before, states[at].value.as_deref()));
        }
        if changes.is_empty() {
            return Err(decide::unknown(kind.as_str(), &request.id));
        }
        changes.reverse();
        Ok(pb::ListResourceHistoryResponse { changes })
    }
}

/// The revision of the oldest change that is shown.
fn first_shown(states: &[ResourceState]) -> u64 {
    states.iter().nth_back(CHANGES_MAX - 1).map_or(1, |state| state.revision)
}

fn change(entry: &Entry, before: Option<&Resource>, after: Option<&Resource>) -> Option<pb::ResourceChange> {
    let record: Record = serde_json::from_slice(&entry.payload).ok()?;
    if matches!(record.event, CatalogueEvent::SystemEnrolled { .. }) {
        return None;
    }
    Some(pb::ResourceChange {
        revision: entry.sequence,
        r#type: record.event.kind().into_owned(),
        changed_at: Some(refused::timestamp(entry.learned_at)),
        changed_by: entry.header("ce-publisher").unwrap_or_default().to_owned(),
        client: record.client.unwrap_or_default(),
        reason: record.why,
        changed: changed_members(before, after),
        document: after.map(|after| after.document().to_string().into_bytes()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_history_the_newest_changes_are_shown() {
        let at = time::macros::datetime!(2026-01-01 0:00 UTC);
        let state = |revision| ResourceState { revision, at, by: None, value: None };
        let states: Vec<ResourceState> = (1..=1_500).map(|n| state(n * 2)).collect();
        assert_eq!(first_shown(&states), 501 * 2);
        assert_eq!(first_shown(&states[..999]), 1);
    }
}
