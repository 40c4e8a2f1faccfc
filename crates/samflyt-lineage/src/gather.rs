//! Gathering an affair: from one event up to its root, out to all that share its correlation, and down by causation.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt};
use samflyt_events::{EventRef, RecordedEvent, Refusal, TenantId, header_value};

use crate::Lineage;
use crate::answer::{log_failed, not_found, store_failed};
use crate::projections::keys::{Number, Place};
use crate::reader::Reader;

/// How many events are read from the log at once.
const READS_AT_ONCE: usize = 16;

/// An affair, as far as it was gathered.
pub(crate) struct Affair {
    /// By name. Events of other tenants than the readable ones are not among them.
    pub events: BTreeMap<EventRef, RecordedEvent>,
    pub focus: EventRef,
    /// There is more than the limit.
    pub truncated: bool,
}

impl Lineage {
    /// The event itself.
    pub(crate) async fn find(
        &self,
        reader: &Reader,
        tenant: &TenantId,
        reference: &EventRef,
    ) -> Result<RecordedEvent, Refusal> {
        let streams = reader.streams([tenant.clone()]).map_err(store_failed)?;
        let mut places = Vec::new();
        for stream in streams.keys() {
            places.extend(reader.locate(*stream, reference).map_err(store_failed)?);
        }
        let found = self.read(reader, &streams, places).await?;
        // The key is a hash: what was found is compared by name.
        found
            .into_iter()
            .find(|event| event.event.reference() == *reference)
            .ok_or_else(|| not_found("event"))
    }

    /// Reads events from the log, those of unreadable streams left out.
    pub(crate) async fn read(
        &self,
        reader: &Reader,
        streams: &BTreeMap<Number, TenantId>,
        places: Vec<Place>,
    ) -> Result<Vec<RecordedEvent>, Refusal> {
        let mut wanted = Vec::with_capacity(places.len());
        for place in places {
            if streams.contains_key(&place.stream) {
                wanted.push((reader.name(place.stream).map_err(store_failed)?, place.sequence));
            }
        }
        let reads = wanted.into_iter().map(|(stream, sequence)| async move {
            let entry = self.deps.log.read_copy(&stream, sequence).await?;
            Ok::<_, samflyt_log::ReadError>(entry.and_then(|entry| entry.event().ok()))
        });
        let read: Vec<Option<RecordedEvent>> =
            futures::stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await.map_err(log_failed)?;
        Ok(read.into_iter().flatten().collect())
    }

    /// The whole affair of an event, at most `limit` events of it.
    pub(crate) async fn gather(
        &self,
        reader: &Reader,
        tenants: &BTreeSet<TenantId>,
        focus: RecordedEvent,
        limit: usize,
    ) -> Result<Affair, Refusal> {
        let streams = reader.streams(tenants.iter().cloned()).map_err(store_failed)?;
        let mut gathering = Gathering {
            reader,
            streams: &streams,
            seen: BTreeSet::new(),
            affairs: BTreeSet::new(),
            next: Vec::new(),
        };
        let mut affair = Affair { events: BTreeMap::new(), focus: focus.event.reference(), truncated: false };
        gathering.meet(&focus, limit).map_err(store_failed)?;
        affair.events.insert(affair.focus.clone(), focus);
        while !gathering.next.is_empty() {
            let mut places = std::mem::take(&mut gathering.next);
            let room = limit.saturating_sub(affair.events.len());
            if places.len() > room {
                places.truncate(room);
                affair.truncated = true;
            }
            for event in self.read(reader, &streams, places).await? {
                gathering.meet(&event, limit).map_err(store_failed)?;
                affair.events.insert(event.event.reference(), event);
            }
            if affair.truncated {
                break;
            }
        }
        Ok(affair)
    }
}

struct Gathering<'r> {
    reader: &'r Reader,
    /// The streams that the asker may read: nothing is looked for elsewhere.
    streams: &'r BTreeMap<Number, TenantId>,
    seen: BTreeSet<Place>,
    affairs: BTreeSet<String>,
    next: Vec<Place>,
}

impl Gathering<'_> {
    /// Notes where an event leads: to its cause, its effects, and its affair.
    fn meet(&mut self, recorded: &RecordedEvent, limit: usize) -> Result<(), samflyt_projection::StoreError> {
        let event = &recorded.event;
        let own = event.reference();
        // One more than the limit, so that being cut off is noticed.
        let limit = limit + 1;
        let correlation = event.correlation.as_str();
        let root = EventRef::parse(correlation).ok();
        let new_affair = self.affairs.insert(correlation.to_owned());
        for stream in self.streams.keys() {
            let mut found = Vec::new();
            if let Some(cause) = &event.causation {
                found.extend(self.reader.locate(*stream, cause)?);
            }
            if let Some(place) = self.reader.locate(*stream, &own)? {
                self.seen.insert(place);
                found.extend(self.reader.effects(place, limit)?);
            }
            found.extend(self.reader.waiting_for(*stream, &own, limit)?);
            if new_affair {
                found.extend(self.reader.members(*stream, &header_value(correlation), limit)?);
                if let Some(root) = &root {
                    found.extend(self.reader.locate(*stream, root)?);
                }
            }
            self.note(found);
        }
        Ok(())
    }

    fn note(&mut self, places: impl IntoIterator<Item = Place>) {
        for place in places {
            if self.seen.insert(place) {
                self.next.push(place);
            }
        }
    }
}
