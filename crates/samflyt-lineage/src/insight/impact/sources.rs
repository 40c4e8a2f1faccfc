//! What leads from a system and to it in one municipality, by a moment: what was seen, and what is agreed.
//!
//! Flows do not leave a municipality: what one tells an installation that others use too does not come out in their affairs.
//! Few systems are looked up one by one; after many, all flows are read at once, which costs as much as some
//! [`SEEKS_MAX`] look-ups do.

use std::collections::HashMap;

use samflyt_events::TenantId;
use samflyt_events::subject::events_stream;
use samflyt_projection::StoreError;

use super::declared::{Allowed, Declared};
use crate::names::Names;
use crate::projections::keys::{self, NOBODY, Number, Tail};
use crate::reader::{Reader, Streams};
use crate::walk::{Flows, Hop, Node};

/// How many systems are looked up one by one.
const SEEKS_MAX: u32 = 6_000;

/// A flow: the stream it was seen in; [`NOBODY`] where it is only agreed.
type Stream = Number;

/// The municipalities of an answer. A place is an index into them.
pub(super) struct Places {
    pub tenants: Vec<TenantId>,
    pub streams: Streams,
    of_stream: HashMap<Number, u32>,
    /// The streams of each place.
    own: Vec<Streams>,
    /// The log of each place.
    logs: Vec<Option<Number>>,
}

impl Places {
    /// `tenants` sorted.
    pub fn of(reader: &Reader, tenants: Vec<TenantId>) -> Result<Self, StoreError> {
        let streams = reader.streams(tenants.iter().cloned())?;
        let mut own = vec![Streams::new(); tenants.len()];
        let mut of_stream = HashMap::new();
        for (stream, tenant) in &streams {
            if let Ok(place) = tenants.binary_search(tenant) {
                own[place].insert(*stream, tenant.clone());
                // As many places as there are municipalities.
                of_stream.insert(*stream, place as u32);
            }
        }
        let logs = tenants.iter().map(|tenant| reader.number(&events_stream(tenant)));
        let logs = logs.collect::<Result<_, _>>()?;
        Ok(Self { tenants, streams, of_stream, own, logs })
    }

    pub fn tenant(&self, place: u32) -> &TenantId {
        &self.tenants[place as usize]
    }

    pub fn place_of(&self, tenant: &TenantId) -> Option<u32> {
        self.tenants.binary_search(tenant).ok().map(|place| place as u32)
    }

    pub fn place_of_stream(&self, stream: Number) -> Option<u32> {
        self.of_stream.get(&stream).copied()
    }

    /// A municipality as it stands in keys.
    pub fn rank(&self, tenant: &str) -> u32 {
        match self.tenants.binary_search_by(|other| other.as_str().cmp(tenant)) {
            Ok(place) => place as u32 * 2 + 1,
            Err(place) => place as u32 * 2,
        }
    }

    /// The log of a place's own events; none where it has none.
    pub fn log_of(&self, place: u32) -> Option<Number> {
        self.logs[place as usize]
    }

    /// The streams of a place.
    pub fn streams_of(&self, place: u32) -> &Streams {
        &self.own[place as usize]
    }
}

/// A flow as it lies in memory when all were read: place, near end, type, far end, stream.
type Row = (u32, Number, Number, Number, Stream);

pub(super) struct Sources<'a> {
    pub reader: &'a Reader,
    pub places: &'a Places,
    pub names: Names<'a>,
    pub declared: Declared<'a>,
    /// Only what had been seen by then.
    pub seen_ms: u64,
    /// When the newest of the flows that were met was first seen.
    pub newest_ms: u64,
    seeks: u32,
    /// All flows, by provider and by consumer.
    all: Option<(Vec<Row>, Vec<Row>)>,
}

impl<'a> Sources<'a> {
    pub fn new(reader: &'a Reader, places: &'a Places, declared: Declared<'a>, seen_ms: u64) -> Self {
        Self {
            reader,
            places,
            names: Names::of(reader),
            declared,
            seen_ms,
            newest_ms: 0,
            seeks: 0,
            all: None,
        }
    }

    /// Whether all is read; reads it where that is due.
    fn has_all(&mut self) -> Result<bool, StoreError> {
        self.seeks += 1;
        if self.all.is_none() && self.seeks > SEEKS_MAX {
            self.names.read_all()?;
            self.all = Some(self.read_all()?);
        }
        Ok(self.all.is_some())
    }

    /// From the family that begins with the consumer: it holds what is needed, and no more.
    fn read_all(&mut self) -> Result<(Vec<Row>, Vec<Row>), StoreError> {
        let mut up = Vec::new();
        for item in self.reader.view.scan_prefix(&keys::all_used()) {
            let (key, since) = item?;
            let mut tail = Tail(&key);
            let (kind, provider, stream) = (tail.number(), tail.number(), tail.number());
            let (Some(kind), Some(provider), Some(stream), Some(consumer), Ok(since)) =
                (kind, provider, stream, tail.number(), since.as_slice().try_into())
            else {
                continue;
            };
            let Some(place) = self.places.place_of_stream(stream) else { continue };
            if self.is_seen(u64::from_be_bytes(since)) {
                up.push((place, consumer, kind, provider, stream));
            }
        }
        up.sort_unstable();
        let turned = |&(place, near, kind, far, stream): &Row| (place, far, kind, near, stream);
        let mut down: Vec<Row> = up.iter().map(turned).collect();
        down.sort_unstable();
        Ok((down, up))
    }

    /// Whether a flow was seen by the moment that is asked about.
    fn is_seen(&mut self, first_ms: u64) -> bool {
        let seen = first_ms <= self.seen_ms;
        if seen {
            self.newest_ms = self.newest_ms.max(first_ms);
        }
        seen
    }

    fn found(rows: &[Row], at: Node) -> Vec<Hop<Stream>> {
        let begin = rows.partition_point(|row| (row.0, row.1) < (at.place, at.system));
        let own = rows[begin..].iter().take_while(|row| (row.0, row.1) == (at.place, at.system));
        own.map(|row| Hop { other: row.3, kind: row.2, flow: row.4 }).collect()
    }
}

impl Flows for Sources<'_> {
    type Flow = Stream;

    fn down(&mut self, from: Node) -> Result<Vec<Hop<Stream>>, StoreError> {
        let seen = match self.has_all()?.then_some(self.all.as_ref()).flatten() {
            Some((down, _)) => Self::found(down, from),
            None => {
                let flows = self.reader.flows_of(from.system, self.places.streams_of(from.place))?;
                let seen = flows
                    .into_iter()
                    .filter(|(key, totals)| key.consumer != NOBODY && self.is_seen(totals.first_ms));
                seen.map(|(key, _)| Hop { other: key.consumer, kind: key.kind, flow: key.stream }).collect()
            }
        };
        Ok(joined(seen, self.declared.down(&mut self.names, from)?))
    }

    fn up(&mut self, to: Node) -> Result<Vec<Hop<Stream>>, StoreError> {
        let seen = match self.has_all()?.then_some(self.all.as_ref()).flatten() {
            Some((_, up)) => Self::found(up, to),
            None => {
                let flows = self.reader.used_by(to.system, self.places.streams_of(to.place))?;
                let seen = flows.into_iter().filter(|(_, since_ms)| self.is_seen(*since_ms));
                seen.map(|(key, _)| Hop { other: key.provider, kind: key.kind, flow: key.stream }).collect()
            }
        };
        Ok(joined(seen, self.declared.up(&mut self.names, to)?))
    }
}

/// What was seen, and what is agreed and was not seen.
fn joined(mut seen: Vec<Hop<Stream>>, agreed: &[Allowed<'_>]) -> Vec<Hop<Stream>> {
    for Allowed { hop, .. } in agreed {
        if !seen.iter().any(|seen| (seen.other, seen.kind) == (hop.other, hop.kind)) {
            seen.push(*hop);
        }
    }
    seen
}
