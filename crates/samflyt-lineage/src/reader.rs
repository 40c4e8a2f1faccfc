//! Questions to the store. Each takes its position first, so that the answer reflects at least that.

use std::collections::BTreeMap;

use samflyt_events::subject::{REGISTRY_STREAM, events_stream, tenant_registry_stream};
use samflyt_events::{EventRef, HUB_TENANT, TenantId};
use samflyt_projection::{StoreError, View};

use crate::projections::keys::{self, Key, NOBODY, Number, Place, Tail};
use crate::projections::values::{Located, Totals};

/// The streams of a tenant. What all share is the hub's own.
pub(crate) fn streams_of(tenant: &TenantId) -> Vec<String> {
    if tenant.as_str() == HUB_TENANT {
        return vec![REGISTRY_STREAM.to_owned()];
    }
    vec![events_stream(tenant), tenant_registry_stream(tenant)]
}

/// A view of the store with the names resolved.
pub(crate) struct Reader {
    pub view: View,
}

/// Provider, type and consumer by their numbers, in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FlowKey {
    pub stream: Number,
    pub provider: Number,
    pub kind: Number,
    pub consumer: Number,
}

impl Reader {
    pub fn number(&self, name: &str) -> Result<Option<Number>, StoreError> {
        let value = self.view.get(&keys::name(name))?;
        Ok(value.and_then(|value| Tail(&value).number()))
    }

    pub fn name(&self, number: Number) -> Result<String, StoreError> {
        if number == NOBODY {
            return Ok(String::new());
        }
        let value = self.view.get(&keys::name_of(number))?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&value).into_owned())
    }

    /// The numbers of a tenant's streams: its events, and its part of the catalogue.
    pub fn streams(
        &self,
        tenants: impl IntoIterator<Item = TenantId>,
    ) -> Result<BTreeMap<Number, TenantId>, StoreError> {
        let mut streams = BTreeMap::new();
        for tenant in tenants {
            for stream in streams_of(&tenant) {
                if let Some(number) = self.number(&stream)? {
                    streams.insert(number, tenant.clone());
                }
            }
        }
        Ok(streams)
    }

    /// Where an event stands in a stream.
    pub fn locate(&self, stream: Number, reference: &EventRef) -> Result<Option<Place>, StoreError> {
        let value = self.view.get(&keys::event(stream, &keys::event_key(reference)))?;
        Ok(value
            .and_then(|value| Located::from_bytes(&value))
            .map(|found| Place { stream, sequence: found.sequence }))
    }

    /// The places at the end of the keys with a prefix, at most so many.
    fn places(&self, stream: Number, prefix: Key, limit: usize) -> Result<Vec<Place>, StoreError> {
        let mut places = Vec::new();
        for item in self.view.scan_prefix(&prefix.into_bytes()).take(limit) {
            places.extend(Tail(&item?.0).sequence().map(|sequence| Place { stream, sequence }));
        }
        Ok(places)
    }

    /// What an event led to in its own stream.
    pub fn effects(&self, cause: Place, limit: usize) -> Result<Vec<Place>, StoreError> {
        self.places(cause.stream, keys::effects_of(cause), limit)
    }

    /// Those in a stream who name an event that is not in it.
    pub fn waiting_for(
        &self,
        stream: Number,
        cause: &EventRef,
        limit: usize,
    ) -> Result<Vec<Place>, StoreError> {
        self.places(stream, keys::pending_on(stream, &keys::event_key(cause)), limit)
    }

    pub fn members(&self, stream: Number, correlation: &str, limit: usize) -> Result<Vec<Place>, StoreError> {
        self.places(stream, keys::affair(stream, correlation), limit)
    }

    /// Those in a stream that correct (1) or retract (2) an event.
    pub fn amendments(&self, stream: Number, event: &EventRef) -> Result<Vec<(Place, u8)>, StoreError> {
        let mut amendments = Vec::new();
        for item in self.view.scan_prefix(&keys::amended(stream, &keys::event_key(event)).into_bytes()) {
            let (key, value) = item?;
            let mark = value.first().copied().unwrap_or_default();
            amendments.extend(Tail(&key).sequence().map(|sequence| (Place { stream, sequence }, mark)));
        }
        Ok(amendments)
    }

    /// Flows of a stream, of one provider where it is given.
    pub fn flows(
        &self,
        stream: Number,
        provider: Option<Number>,
    ) -> Result<Vec<(FlowKey, Totals)>, StoreError> {
        let prefix = match provider {
            Some(provider) => keys::flows_of(stream).number(provider),
            None => keys::flows_of(stream),
        };
        let mut flows = Vec::new();
        for item in self.view.scan_prefix(&prefix.into_bytes()) {
            let (key, value) = item?;
            let mut tail = Tail(&key);
            let (consumer, kind, provider) = (tail.number(), tail.number(), tail.number());
            if let (Some(consumer), Some(kind), Some(provider), Some(totals)) =
                (consumer, kind, provider, Totals::from_bytes(&value))
            {
                flows.push((FlowKey { stream, provider, kind, consumer }, totals));
            }
        }
        Ok(flows)
    }

    /// What a consumer uses: provider and type.
    pub fn used_by(&self, stream: Number, consumer: Number) -> Result<Vec<FlowKey>, StoreError> {
        let mut flows = Vec::new();
        for item in self.view.scan_prefix(&keys::used_by(stream, consumer).into_bytes()) {
            let (key, _) = item?;
            let mut tail = Tail(&key);
            if let (Some(kind), Some(provider)) = (tail.number(), tail.number()) {
                flows.push(FlowKey { stream, provider, kind, consumer });
            }
        }
        Ok(flows)
    }

    pub fn providers_of(&self, kind: Number, stream: Number) -> Result<Vec<Number>, StoreError> {
        let mut providers = Vec::new();
        for item in self.view.scan_prefix(&keys::providers_of(kind, stream).into_bytes()) {
            providers.extend(Tail(&item?.0).number());
        }
        Ok(providers)
    }

    pub fn flow(&self, key: FlowKey) -> Result<Option<Totals>, StoreError> {
        let value =
            self.view.get(&keys::flow(key.stream, key.provider, key.kind, key.consumer).into_bytes())?;
        Ok(value.and_then(|value| Totals::from_bytes(&value)))
    }

    /// A flow in a window of whole days, both included: two reads, however long the window.
    pub fn flow_between(&self, key: FlowKey, from: u16, until: u16) -> Result<Option<Totals>, StoreError> {
        let prefix = || keys::flow_days(key.stream, key.provider, key.kind, key.consumer);
        let start = prefix().into_bytes();
        let totals = |pair: Option<Result<samflyt_projection::Pair, StoreError>>| {
            Ok::<_, StoreError>(pair.transpose()?.and_then(|(_, value)| Totals::from_bytes(&value)))
        };
        let first_inside = prefix().day(from).into_bytes();
        let after = match until.checked_add(1) {
            Some(day) => prefix().day(day).into_bytes(),
            None => prefix().day(until).bytes(&[0]).into_bytes(),
        };
        let last = totals(self.view.range_backward(&first_inside..&after).next())?;
        let Some(last) = last else { return Ok(None) };
        let before = totals(self.view.range_backward(&start..&first_inside).next())?;
        let first = totals(self.view.range(&first_inside..&after).next())?;
        Ok(Some(Totals {
            events: last.events - before.map_or(0, |before| before.events),
            first_ms: first.map_or(last.first_ms, |first| first.first_ms),
            last_ms: last.last_ms,
        }))
    }

    pub fn systems(&self, stream: Number) -> Result<Vec<(Number, Totals)>, StoreError> {
        let mut systems = Vec::new();
        for item in self.view.scan_prefix(&keys::systems_of(stream).into_bytes()) {
            let (key, value) = item?;
            if let (Some(system), Some(totals)) = (Tail(&key).number(), Totals::from_bytes(&value)) {
                systems.push((system, totals));
            }
        }
        Ok(systems)
    }
}
