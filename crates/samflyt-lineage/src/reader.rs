//! Questions to the store. Each takes its position first, so that the answer reflects at least that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::RwLock;
use samflyt_events::subject::{REGISTRY_STREAM, events_stream, tenant_registry_stream};
use samflyt_events::{ContractVersion, EventRef, HUB_TENANT, TenantId};
use samflyt_projection::{StoreError, View};

use crate::projections::day_of;
use crate::projections::keys::{self, FlowKey, Key, NOBODY, Number, Place, Tail};
use crate::projections::values::{Located, Told, Totals};

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
    known: Arc<Known>,
}

/// Names and their numbers, which never change in a store: a long answer resolves each once.
#[derive(Default)]
struct Known {
    names: RwLock<HashMap<Number, String>>,
    numbers: RwLock<HashMap<String, Number>>,
}

/// The streams that an asker may read, by their numbers, and whose they are.
pub(crate) type Streams = BTreeMap<Number, TenantId>;

/// What part of the past an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    /// Days of the log's own time, both included.
    pub from: u16,
    pub until: u16,
    /// Only what had been seen by then, in milliseconds since 1970.
    pub seen_ms: u64,
}

impl Period {
    pub const ALL: Self = Self { from: 0, until: u16::MAX, seen_ms: u64::MAX };
}

impl Reader {
    pub fn new(view: View) -> Self {
        let known = view.remembered();
        Self { view, known }
    }

    pub fn number(&self, name: &str) -> Result<Option<Number>, StoreError> {
        if let Some(number) = self.known.numbers.read().get(name) {
            return Ok(Some(*number));
        }
        let value = self.view.get(&keys::name(name))?;
        let number = value.and_then(|value| Tail(&value).number());
        if let Some(number) = number {
            self.known.numbers.write().insert(name.to_owned(), number);
        }
        Ok(number)
    }

    pub fn name(&self, number: Number) -> Result<String, StoreError> {
        if number == NOBODY {
            return Ok(String::new());
        }
        if let Some(name) = self.known.names.read().get(&number) {
            return Ok(name.clone());
        }
        let Some(value) = self.view.get(&keys::name_of(number))? else { return Ok(String::new()) };
        let name = String::from_utf8_lossy(&value).into_owned();
        self.known.names.write().insert(number, name.clone());
        Ok(name)
    }

    /// The numbers of a tenant's streams: its events, and its part of the catalogue.
    pub fn streams(&self, tenants: impl IntoIterator<Item = TenantId>) -> Result<Streams, StoreError> {
        let mut streams = Streams::new();
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

    /// The entries below a prefix, which goes on with a stream, that are of these streams. What lies between them is
    /// jumped over.
    pub(crate) fn of_streams(
        &self,
        prefix: &Key,
        streams: &Streams,
        mut take: impl FnMut(Tail<'_>, &[u8]),
    ) -> Result<(), StoreError> {
        let start = prefix.clone().into_bytes();
        let mut next = streams.keys().next().copied();
        while let Some(stream) = next.take() {
            let from = prefix.clone().number(stream).into_bytes();
            let to = prefix.clone().number(Number::MAX).bytes(&[0xff; 16]).into_bytes();
            for item in self.view.range(&from..&to) {
                let (key, value) = item?;
                let Some(found) = number_at(&key, start.len()) else { continue };
                if streams.contains_key(&found) {
                    take(Tail(&key), &value);
                } else {
                    next = streams.range(found..).next().map(|(stream, _)| *stream);
                    break;
                }
            }
        }
        Ok(())
    }

    /// What a system provides.
    pub fn flows_of(
        &self,
        provider: Number,
        streams: &Streams,
    ) -> Result<Vec<(FlowKey, Totals)>, StoreError> {
        let mut flows = Vec::new();
        self.of_streams(&keys::flows_of(provider), streams, |mut tail, value| {
            let (consumer, kind, stream) = (tail.number(), tail.number(), tail.number());
            if let (Some(consumer), Some(kind), Some(stream), Some(totals)) =
                (consumer, kind, stream, Totals::from_bytes(value))
            {
                flows.push((FlowKey { stream, provider, kind, consumer }, totals));
            }
        })?;
        Ok(flows)
    }

    /// All flows of a stream: those of its systems.
    pub fn flows_in(&self, stream: Number, tenant: &TenantId) -> Result<Vec<(FlowKey, Totals)>, StoreError> {
        let streams = Streams::from([(stream, tenant.clone())]);
        let mut flows = Vec::new();
        for (system, _) in self.systems(stream)? {
            flows.extend(self.flows_of(system, &streams)?);
        }
        Ok(flows)
    }

    /// What a consumer uses, and since when, in milliseconds since 1970.
    pub fn used_by(&self, consumer: Number, streams: &Streams) -> Result<Vec<(FlowKey, u64)>, StoreError> {
        let mut flows = Vec::new();
        self.of_streams(&keys::used_by(consumer), streams, |mut tail, since| {
            let (kind, provider, stream) = (tail.number(), tail.number(), tail.number());
            if let (Some(kind), Some(provider), Some(stream), Ok(since)) =
                (kind, provider, stream, since.try_into())
            {
                flows.push((FlowKey { stream, provider, kind, consumer }, u64::from_be_bytes(since)));
            }
        })?;
        Ok(flows)
    }

    /// Who publishes a type, and in which stream.
    pub fn providers_of(&self, kind: Number, streams: &Streams) -> Result<Vec<(Number, Number)>, StoreError> {
        let mut providers = Vec::new();
        self.of_streams(&keys::providers_of(kind), streams, |mut tail, _| {
            if let (Some(provider), Some(stream)) = (tail.number(), tail.number()) {
                providers.push((stream, provider));
            }
        })?;
        Ok(providers)
    }

    /// Who uses what a system publishes of a type.
    pub fn consumers_of(
        &self,
        stream: Number,
        provider: Number,
        kind: Number,
    ) -> Result<Vec<(Number, Totals)>, StoreError> {
        let mut consumers = Vec::new();
        let prefix = keys::flows_of(provider).number(stream).number(kind).into_bytes();
        for item in self.view.scan_prefix(&prefix) {
            let (key, value) = item?;
            if let (Some(consumer), Some(totals)) = (Tail(&key).number(), Totals::from_bytes(&value))
                && consumer != NOBODY
            {
                consumers.push((consumer, totals));
            }
        }
        Ok(consumers)
    }

    /// The types that a system publishes in a stream, by name.
    pub fn kinds_of(&self, stream: Number, provider: Number) -> Result<Vec<String>, StoreError> {
        let mut kinds = Vec::new();
        for item in self.view.scan_prefix(&keys::flows_of(provider).number(stream).into_bytes()) {
            let (key, _) = item?;
            let mut tail = Tail(&key);
            if let (Some(NOBODY), Some(kind)) = (tail.number(), tail.number()) {
                kinds.push(self.name(kind)?);
            }
        }
        Ok(kinds)
    }

    /// Who publishes which version of a type's contract, and in which stream.
    pub fn versions_of(
        &self,
        kind: Number,
        streams: &Streams,
    ) -> Result<Vec<(Number, ContractVersion, Number, Totals)>, StoreError> {
        let mut versions = Vec::new();
        self.of_streams(&keys::versions_of(kind), streams, |mut tail, value| {
            let (provider, version, stream) = (tail.number(), tail.version(), tail.number());
            if let (Some(provider), Some(version), Some(stream), Some(totals)) =
                (provider, version, stream, Totals::from_bytes(value))
            {
                versions.push((stream, version, provider, totals));
            }
        })?;
        Ok(versions)
    }

    /// Since when a system publishes a type, in milliseconds since 1970.
    pub fn published_since(
        &self,
        stream: Number,
        provider: Number,
        kind: Number,
    ) -> Result<Option<u64>, StoreError> {
        let flow = self.flow(&FlowKey { stream, provider, kind, consumer: NOBODY })?;
        Ok(flow.map(|totals| totals.first_ms))
    }

    /// Events of a system and type that nothing has followed from, oldest first.
    pub fn leaves(
        &self,
        stream: Number,
        kind: Number,
        system: Number,
    ) -> impl Iterator<Item = Result<Place, StoreError>> + use<> {
        let prefix = keys::leaves_of(stream, kind, system).into_bytes();
        self.view.scan_prefix(&prefix).filter_map(move |item| match item {
            Ok((key, _)) => Tail(&key).sequence().map(|sequence| Ok(Place { stream, sequence })),
            Err(error) => Some(Err(error)),
        })
    }

    /// All that was told of a type in a stream, by system and then in the order of the log.
    pub fn told(
        &self,
        stream: Number,
        kind: Number,
    ) -> impl Iterator<Item = Result<(Number, u64, Told), StoreError>> + use<> {
        self.view.scan_prefix(&keys::told(stream, kind).into_bytes()).filter_map(|item| match item {
            Ok((key, value)) => {
                let mut tail = Tail(&key);
                let (sequence, system) = (tail.sequence()?, tail.number()?);
                Told::from_bytes(&value).map(|told| Ok((system, sequence, told)))
            }
            Err(error) => Some(Err(error)),
        })
    }

    pub fn flow(&self, key: &FlowKey) -> Result<Option<Totals>, StoreError> {
        let value = self.view.get(&keys::flow(key))?;
        Ok(value.and_then(|value| Totals::from_bytes(&value)))
    }

    /// A flow in a period; none where nothing was seen in it. `all` is what is known of it for ever: where that ended
    /// before the period does, nothing more is read, and otherwise two reads, however long the period is.
    pub fn totals(&self, key: &FlowKey, all: Totals, period: Period) -> Result<Option<Totals>, StoreError> {
        if all.first_ms > period.seen_ms || day_of(all.last_ms) < period.from {
            return Ok(None);
        }
        let before_end = day_of(all.last_ms) <= period.until && all.last_ms <= period.seen_ms;
        if period.from == 0 && before_end {
            return Ok(Some(all));
        }
        let until = period.until.min(day_of(period.seen_ms));
        let start = keys::flow_days(key).into_bytes();
        let first_inside = keys::flow_days(key).day(period.from).into_bytes();
        let after = match until.checked_add(1) {
            Some(day) => keys::flow_days(key).day(day).into_bytes(),
            None => keys::flow_days(key).day(until).bytes(&[0]).into_bytes(),
        };
        let totals = |pair: Option<Result<samflyt_projection::Pair, StoreError>>| {
            Ok::<_, StoreError>(pair.transpose()?.and_then(|(_, value)| Totals::from_bytes(&value)))
        };
        let mut inside = self.view.range_backward(&first_inside..&after);
        let last = loop {
            let Some(last) = totals(inside.next())? else { return Ok(None) };
            // The day of the moment counts as a whole, unless nothing of it had been seen by then.
            if last.first_ms <= period.seen_ms {
                break Totals { last_ms: last.last_ms.min(period.seen_ms), ..last };
            }
        };
        if period.from == 0 {
            return Ok(Some(Totals { events: last.events, first_ms: all.first_ms, last_ms: last.last_ms }));
        }
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

fn number_at(key: &[u8], at: usize) -> Option<Number> {
    key.get(at..at + 4)?.try_into().ok().map(Number::from_be_bytes)
}
