//! Events that the hub's archive appends itself.
//!
//! Kept true: they look as if they had come through the gateway (contract, digest, id), so that its index and every reader
//! take them like others; the id follows from what is answered, so that an answer that is appended again is the same event.

use samflyt_events::{
    ContractVersion, CorrelationId, EntityId, Event, EventId, EventRef, EventType, OrganisationNumber,
    Reason, Refusal, SystemId, TenantId,
};
use samflyt_log::Appended;
use serde_json::Value;

use crate::{Archive, Digest};

/// The version of the contracts that came with this hub.
const CONTRACT: ContractVersion = ContractVersion { major: 1, minor: 0 };

/// What the hub tells.
pub(super) struct Fact<'f> {
    pub kind: &'static str,
    pub tenant: &'f TenantId,
    pub system: SystemId,
    pub id: String,
    pub entity: EntityId,
    /// None: it begins an affair of its own.
    pub correlation: Option<CorrelationId>,
    pub causation: Option<EventRef>,
    pub publisher: Option<OrganisationNumber>,
    pub traceparent: Option<String>,
    pub data: &'f Value,
}

impl Archive {
    /// Appends it; returns when it is on disk.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: it may be in the log or not.
    pub(super) async fn tell(&self, fact: Fact<'_>) -> Result<Appended, Refusal> {
        let event = self.event(fact).map_err(|error| {
            tracing::error!(%error, "an event of the archive's own cannot be made");
            Refusal::new(Reason::RequestInvalid, error.to_string())
        })?;
        let appended = async { self.deps.log.append(&event).await?.appended().await };
        appended.await.map_err(|error: samflyt_log::AppendError| {
            tracing::warn!(%error, tenant = %event.tenant, "an answer of the archive was not acknowledged");
            Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment")
        })
    }

    fn event(&self, fact: Fact<'_>) -> Result<Event, samflyt_events::IdError> {
        let own = EventRef { system: fact.system, id: EventId::new(&fact.id)? };
        let mut event = Event {
            correlation: fact.correlation.unwrap_or_else(|| own.as_correlation()),
            id: own.id,
            system: own.system,
            kind: EventType::new(fact.kind)?,
            tenant: fact.tenant.clone(),
            entity: fact.entity,
            time: self.deps.clock.now(),
            causation: fact.causation,
            corrects: None,
            retracts: None,
            backfill: false,
            traceparent: fact.traceparent,
            contract: Some(CONTRACT),
            publisher: fact.publisher,
            digest: None,
            data: serde_json::to_vec(fact.data).unwrap_or_default().into(),
        };
        event.digest = Some(event.digest_of(fact.data, &self.deposits.digest_key));
        Ok(event)
    }
}

/// The id of the answer to a request. Letters only: digits could look like an identity number.
pub(super) fn answer_id(request: &EventRef) -> String {
    let digest = Digest::of(request.to_string().as_bytes()).to_string();
    let letters = digest.bytes().take(32).map(|digit| match digit {
        b'0'..=b'9' => char::from(b'g' + (digit - b'0')),
        letter => char::from(letter),
    });
    std::iter::once("deposit-").map(str::to_owned).chain(letters.map(String::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_one_id_for_one_request_and_it_is_an_id() {
        let id = |number: u32| answer_id(&EventRef::parse(&format!("seljord-oppvekst/{number}")).unwrap());
        assert_eq!(id(1), id(1));
        let ids: std::collections::BTreeSet<_> = (0..1_000).map(id).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| EventId::new(id).is_ok()));
    }
}
