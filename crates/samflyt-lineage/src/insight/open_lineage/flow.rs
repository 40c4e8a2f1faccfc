//! A flow with its names, and the names that OpenLineage gives to what it is made of.

use samflyt_events::{EventType, SystemId, TenantId};
use samflyt_projection::StoreError;
use xxhash_rust::xxh3::xxh3_128;

use crate::projections::keys::{FlowKey, NOBODY};
use crate::reader::{Reader, Streams};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObservedFlow {
    pub key: FlowKey,
    pub tenant: TenantId,
    pub provider: SystemId,
    pub kind: EventType,
    /// None: nobody was seen to use it; what is told is that it was published.
    pub consumer: Option<SystemId>,
}

impl ObservedFlow {
    pub fn named(reader: &Reader, streams: &Streams, key: FlowKey) -> Result<Option<Self>, StoreError> {
        let names = (
            streams.get(&key.stream).cloned(),
            SystemId::new(&reader.name(key.provider)?).ok(),
            EventType::new(&reader.name(key.kind)?).ok(),
        );
        let consumer = SystemId::new(&reader.name(key.consumer)?).ok();
        let (Some(tenant), Some(provider), Some(kind)) = names else { return Ok(None) };
        if consumer.is_none() && key.consumer != NOBODY {
            return Ok(None);
        }
        Ok(Some(Self { key, tenant, provider, kind, consumer }))
    }

    pub fn names(&self) -> [&str; 4] {
        let consumer = self.consumer.as_ref().map_or("", SystemId::as_str);
        [self.tenant.as_str(), self.provider.as_str(), self.kind.as_str(), consumer]
    }

    /// The system that publishes the type, or handles it.
    pub fn job(&self) -> String {
        match &self.consumer {
            None => format!("{}/publishes/{}", self.provider, self.kind),
            Some(consumer) => format!("{consumer}/handles/{}/{}", self.provider, self.kind),
        }
    }

    /// The same for the same flow and day, in every hub that holds its log (RFC 9562, version 8).
    pub fn run_id(&self, day: u16) -> String {
        let mut id = xxh3_128(format!("{} {day}", self.names().join(" ")).as_bytes()).to_be_bytes();
        id[6] = (id[6] & 0x0f) | 0x80;
        id[8] = (id[8] & 0x3f) | 0x80;
        let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// Whose names they are: each municipality's are its own.
pub(super) fn namespace(tenant: &TenantId) -> String {
    format!("samflyt://{tenant}")
}

/// What a system publishes of a type.
pub(super) fn dataset_name(provider: &SystemId, kind: &EventType) -> String {
    format!("{provider}/{kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_one_id_for_ever_and_another_day_or_flow_has_another() {
        let flow = |consumer: Option<&str>| ObservedFlow {
            key: FlowKey { stream: 1, provider: 2, kind: 3, consumer: 4 },
            tenant: TenantId::new("seljord").unwrap(),
            provider: SystemId::new("seljord-gat").unwrap(),
            kind: EventType::new("roster.shift-worked").unwrap(),
            consumer: consumer.map(|id| SystemId::new(id).unwrap()),
        };
        let id = flow(None).run_id(20_000);
        assert_eq!(id, "134b9edc-0669-88d2-a5e6-870b9a354036");
        assert_ne!(id, flow(None).run_id(20_001));
        assert_ne!(id, flow(Some("vinje-agresso")).run_id(20_000));
        // Numbers differ from store to store; names do not.
        let mut elsewhere = flow(None);
        elsewhere.key.provider = 99;
        assert_eq!(id, elsewhere.run_id(20_000));
    }
}
