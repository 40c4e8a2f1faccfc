//! How much a consumer received of what a provider publishes of a type.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use samflyt_events::{EventType, SystemId, header_value};
use samflyt_projection::StoreError;

use super::{Subscribed, parsed};
use crate::projections::delivery_values::{Exception, Hold, unpack_one};
use crate::projections::keys::{self, FlowKey, Number, Of, Tail, short_hash};
use crate::projections::values::{Told, Totals};
use crate::reader::{Period, Reader, Streams};

const DAY_MS: u64 = 86_400_000;

/// Subscriptions by stream, each read once for an answer.
pub(crate) type SubscribedIn = BTreeMap<Number, Vec<Subscribed>>;

impl Reader {
    /// The subscriptions to a stream, read where they are not known.
    pub fn subscribed_once<'k>(
        &self,
        known: &'k mut SubscribedIn,
        stream: Number,
    ) -> Result<&'k [Subscribed], StoreError> {
        Ok(match known.entry(stream) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(missing) => missing.insert(self.subscribed(stream)?),
        })
    }

    /// The flows that rules let through from a provider.
    pub fn deliverable_from(&self, provider: Number, streams: &Streams) -> Result<Vec<FlowKey>, StoreError> {
        let mut flows = Vec::new();
        self.of_streams(&keys::delivered_from(provider), streams, |mut tail, _| {
            if let (Some(consumer), Some(kind), Some(stream)) = (tail.number(), tail.number(), tail.number())
            {
                flows.push(FlowKey { stream, provider, kind, consumer });
            }
        })?;
        Ok(flows)
    }

    /// The flows that rules let through to a consumer.
    pub fn deliverable_to(&self, consumer: Number, streams: &Streams) -> Result<Vec<FlowKey>, StoreError> {
        let mut flows = Vec::new();
        self.of_streams(&keys::delivered_to(consumer), streams, |mut tail, _| {
            if let (Some(kind), Some(provider), Some(stream)) = (tail.number(), tail.number(), tail.number())
            {
                flows.push(FlowKey { stream, provider, kind, consumer });
            }
        })?;
        Ok(flows)
    }

    /// What all subscriptions of a consumer received of a flow; none: nothing in the period.
    pub fn received(
        &self,
        known: &mut SubscribedIn,
        key: &FlowKey,
        period: Period,
    ) -> Result<Option<Totals>, StoreError> {
        let (consumer, provider, kind) =
            (self.name(key.consumer)?, self.name(key.provider)?, self.name(key.kind)?);
        let (Ok(provider), Ok(kind)) = (SystemId::new(&provider), EventType::new(&kind)) else {
            return Ok(None);
        };
        let mut all: Option<Totals> = None;
        for subscribed in self.subscribed_once(known, key.stream)? {
            if subscribed.subscription.consumer.as_str() != consumer {
                continue;
            }
            let Some(of_it) = self.received_by(subscribed, key, (&provider, &kind), period)? else {
                continue;
            };
            all = Some(all.map_or(of_it, |all| Totals {
                events: all.events + of_it.events,
                first_ms: all.first_ms.min(of_it.first_ms),
                last_ms: all.last_ms.max(of_it.last_ms),
            }));
        }
        Ok(all)
    }

    fn received_by(
        &self,
        subscribed: &Subscribed,
        key: &FlowKey,
        (provider, kind): (&SystemId, &EventType),
        period: Period,
    ) -> Result<Option<Totals>, StoreError> {
        let of = subscribed.of;
        let Some(stand) = self.stand(of)? else { return Ok(None) };
        let until = subscribed.subscription.replay.as_ref().map_or(u64::MAX, |replay| replay.until);
        let reach = (stand.next.saturating_sub(1)).min(until);
        let (after, reach) = self.bounds(of, reach, period)?;
        let mut missing: BTreeSet<u64> = stand.pending.iter().copied().collect();
        self.not_received(of, key, after, reach, &mut missing)?;
        let mut totals = Totals::default();
        let (mut first, mut last) = (u64::MAX, 0);
        for (at, rule) in subscribed.rules.iter().enumerate() {
            let end = subscribed.rules.get(at + 1).map_or(u64::MAX, |next| next.from.saturating_sub(1));
            let range = rule.from.max(after + 1)..=end.min(reach);
            let has = rule.filter.may_have(provider, kind)
                && rule.cover.flows.contains(&(provider.clone(), kind.clone()));
            if !has || range.is_empty() {
                continue;
            }
            let entities: BTreeSet<[u8; 8]> = rule
                .filter
                .entities
                .iter()
                .map(|entity| short_hash(&header_value(entity.as_str())))
                .collect();
            let found = self.counted(key, range.clone(), &entities)?;
            let Some((count, from, to)) = found else { continue };
            let mut left = count;
            for sequence in missing.range(range) {
                let told = self.told_at(key, *sequence)?;
                let counted = told.is_some_and(|told| entities.is_empty() || entities.contains(&told.entity));
                left -= u64::from(counted);
            }
            if left > 0 {
                totals.events += left;
                (first, last) = (first.min(from), last.max(to));
            }
        }
        if totals.events == 0 {
            return Ok(None);
        }
        let at = |sequence| Ok::<_, StoreError>(self.reached_ms(of, sequence)?.unwrap_or(stand.at_ms));
        (totals.first_ms, totals.last_ms) = (at(first)?, at(last)?);
        Ok(Some(totals))
    }

    /// The position before a period and the last one in it: by days, as flows are.
    fn bounds(&self, of: Of, reach: u64, period: Period) -> Result<(u64, u64), StoreError> {
        let after = match period.from {
            0 => 0,
            day => self.position_at(of, (u64::from(day) * DAY_MS).saturating_sub(1))?,
        };
        let end_ms = match period.until {
            u16::MAX => u64::MAX,
            day => (u64::from(day) + 1) * DAY_MS - 1,
        };
        match end_ms.min(period.seen_ms) {
            u64::MAX => Ok((after, reach)),
            end_ms => Ok((after, reach.min(self.position_at(of, end_ms)?))),
        }
    }

    /// The position that was reached by a moment. Moments grow with positions: it is halved until it is found.
    fn position_at(&self, of: Of, at_ms: u64) -> Result<u64, StoreError> {
        let to = of.positions().bytes(&[0xff; 7]).into_bytes();
        let (mut reached, mut low, mut high) = (0, 0, 1 << 48);
        while low < high {
            let middle = low + (high - low) / 2;
            let from = of.positions().sequence(middle).into_bytes();
            let next = self.view.range(&from..&to).next().transpose()?;
            let entry = next.and_then(|(key, value)| Tail(&key).sequence().zip(unpack_one(&value)));
            match entry {
                Some((position, told_ms)) if told_ms <= at_ms => {
                    (reached, low) = (position, position + 1);
                }
                _ => high = middle,
            }
        }
        Ok(reached)
    }

    /// What was withheld, discarded, or is held back.
    fn not_received(
        &self,
        of: Of,
        key: &FlowKey,
        after: u64,
        reach: u64,
        missing: &mut BTreeSet<u64>,
    ) -> Result<(), StoreError> {
        let from = of.exceptions().sequence(after + 1).into_bytes();
        let to = of.exceptions().sequence(reach.saturating_add(1)).into_bytes();
        for item in self.view.range(&from..&to) {
            let (place, value) = item?;
            let exception: Exception = parsed(&value)?;
            if exception.withheld_ms.is_some() || exception.discarded.is_some() {
                missing.extend(Tail(&place).sequence());
            }
        }
        let mut held: BTreeMap<[u8; 8], u64> = BTreeMap::new();
        for item in self.view.scan_prefix(&of.holds().into_bytes()) {
            let (place, value) = item?;
            let hold: Hold = parsed(&value)?;
            if let Some(hash) = place.last_chunk::<8>() {
                held.insert(*hash, hold.from);
            }
        }
        let Some(least) = held.values().min().copied() else { return Ok(()) };
        let range = told_range(key, least.max(after + 1)..=reach);
        for item in self.view.range(&range.0..&range.1) {
            let (place, value) = item?;
            let (sequence, told) = (Tail(&place).sequence(), Told::from_bytes(&value));
            if let (Some(sequence), Some(told)) = (sequence, told)
                && held.get(&told.entity).is_some_and(|from| *from <= sequence)
            {
                missing.insert(sequence);
            }
        }
        Ok(())
    }

    fn told_at(&self, key: &FlowKey, sequence: u64) -> Result<Option<Told>, StoreError> {
        let place = keys::told_by(key.stream, key.kind, key.provider).sequence(sequence).into_bytes();
        Ok(self.view.get(&place)?.and_then(|value| Told::from_bytes(&value)))
    }

    /// How many there are of a provider and type between two sequences, with the first and the last of them. Where all
    /// entities count, two reads tell it.
    fn counted(
        &self,
        key: &FlowKey,
        range: RangeInclusive<u64>,
        entities: &BTreeSet<[u8; 8]>,
    ) -> Result<Option<(u64, u64, u64)>, StoreError> {
        let (from, to) = told_range(key, range);
        let read =
            |(key, value): samflyt_projection::Pair| Tail(&key).sequence().zip(Told::from_bytes(&value));
        if entities.is_empty() {
            let first = self.view.range(&from..&to).next().transpose()?.and_then(read);
            let last = self.view.range_backward(&from..&to).next().transpose()?.and_then(read);
            return Ok(first.zip(last).map(|((first, told), (last, told_last))| {
                (told_last.ordinal - told.ordinal + 1, first, last)
            }));
        }
        let mut found: Option<(u64, u64, u64)> = None;
        for item in self.view.range(&from..&to) {
            let Some((sequence, told)) = read(item?) else { continue };
            if entities.contains(&told.entity) {
                found = Some(
                    found.map_or((1, sequence, sequence), |(count, first, _)| (count + 1, first, sequence)),
                );
            }
        }
        Ok(found)
    }
}

fn told_range(key: &FlowKey, range: RangeInclusive<u64>) -> (Vec<u8>, Vec<u8>) {
    let place = |sequence| keys::told_by(key.stream, key.kind, key.provider).sequence(sequence).into_bytes();
    // A sequence has 48 bits.
    (place(*range.start()), place(range.end().saturating_add(1).min((1 << 48) - 1)))
}
