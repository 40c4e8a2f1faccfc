//! Writes affairs down: each event with its id, its entity, its cause and its affair.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::SystemTime;

use samflyt_events::{Contract, SystemId};
use samflyt_proto::common::Event;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::{Expect, Planned, calendar, chance::Chance, house::House};

/// What a system tells.
pub struct Fact<'a> {
    pub system: &'a SystemId,
    pub kind: &'static str,
    pub data: Value,
}

/// An event that was told, as others name it.
#[derive(Clone)]
pub struct Told {
    pub at: OffsetDateTime,
    pub reference: String,
    pub correlation: String,
}

/// A planned event, and when its client sends it.
pub struct Sent {
    pub at: OffsetDateTime,
    pub planned: Planned,
}

pub struct Scribe {
    pub chance: Chance,
    /// By tenant; not in order.
    pub sent: BTreeMap<String, Vec<Sent>>,
    /// The documents that are deposited, by tenant.
    pub letters: BTreeMap<String, Vec<Vec<u8>>>,
    /// Pointer to the entity, by event type.
    entities: BTreeMap<String, String>,
    counters: BTreeMap<String, u64>,
}

impl Scribe {
    pub fn new(seed: u64, contracts: &[Contract]) -> Self {
        let pointer = |contract: &Contract| Some((contract.kind.to_string(), contract.entity.clone()?));
        Self {
            chance: Chance::new(seed),
            sent: BTreeMap::new(),
            letters: BTreeMap::new(),
            entities: contracts.iter().filter_map(pointer).collect(),
            counters: BTreeMap::new(),
        }
    }

    /// The first event of an affair. None once the week is over.
    pub fn begin(&mut self, house: &House<'_>, at: OffsetDateTime, fact: Fact<'_>) -> Option<Told> {
        self.tell(house, at, fact, None).map(|(told, _)| told)
    }

    /// An event that another led to. None once the week is over: the affair goes on after it.
    pub fn follow(
        &mut self,
        house: &House<'_>,
        cause: &Told,
        at: OffsetDateTime,
        fact: Fact<'_>,
    ) -> Option<Told> {
        let (told, event) = self.tell(house, at, fact, Some(cause))?;
        event.causation_id.clone_from(&cause.reference);
        Some(told)
    }

    /// As [`Scribe::follow`], about what the data itself does not name.
    pub fn follow_about(
        &mut self,
        house: &House<'_>,
        cause: &Told,
        at: OffsetDateTime,
        fact: Fact<'_>,
        entity: &str,
    ) -> Option<Told> {
        let (told, event) = self.tell(house, at, fact, Some(cause))?;
        event.causation_id.clone_from(&cause.reference);
        entity.clone_into(&mut event.entity);
        Some(told)
    }

    /// What an event told was wrong; this is right.
    pub fn correct(
        &mut self,
        house: &House<'_>,
        wrong: &Told,
        at: OffsetDateTime,
        fact: Fact<'_>,
    ) -> Option<Told> {
        let (told, event) = self.tell(house, at, fact, Some(wrong))?;
        event.corrects.clone_from(&wrong.reference);
        Some(told)
    }

    /// What an event told never happened.
    pub fn retract(
        &mut self,
        house: &House<'_>,
        wrong: &Told,
        at: OffsetDateTime,
        fact: Fact<'_>,
    ) -> Option<Told> {
        let (told, event) = self.tell(house, at, fact, Some(wrong))?;
        event.retracts.clone_from(&wrong.reference);
        Some(told)
    }

    fn tell(
        &mut self,
        house: &House<'_>,
        at: OffsetDateTime,
        fact: Fact<'_>,
        before: Option<&Told>,
    ) -> Option<(Told, &mut Event)> {
        let at = before.map_or(at, |before| at.max(before.at + Duration::seconds(1)));
        if at >= calendar::END {
            return None;
        }
        let id = self.event_id(fact.system);
        let reference = format!("{}/{id}", fact.system);
        let correlation = before.map_or(&reference, |before| &before.correlation).clone();
        let entity = self.entities.get(fact.kind).and_then(|pointer| fact.data.pointer(pointer)?.as_str());
        let event = Event {
            id,
            system: fact.system.to_string(),
            r#type: fact.kind.to_owned(),
            tenant: house.tenant.id.to_string(),
            entity: entity.unwrap_or_default().to_owned(),
            time: Some(SystemTime::from(at).into()),
            correlation_id: correlation.clone(),
            data: fact.data.to_string().into(),
            ..Event::default()
        };
        let sent = self.sent.entry(house.tenant.id.to_string()).or_default();
        sent.push(Sent { at, planned: Planned { event, expect: Expect::Accepted } });
        let event = &mut sent.last_mut()?.planned.event;
        Some((Told { at, reference, correlation }, event))
    }

    /// Some systems number their events, others draw them from a hat.
    pub fn event_id(&mut self, system: &SystemId) -> String {
        let slug = system.as_str().split_once('-').map_or("", |(_, slug)| slug);
        match slug {
            "agresso" => (2_600_000 + self.count(system.as_str())).to_string(),
            "gat" | "vaktlista" => format!("T{:06}", self.count(system.as_str())),
            "komtek" | "gebyrboka" => format!("2026-{}", self.count(system.as_str())),
            "ephorte" | "bautastein" => format!("journal.{}", self.count(system.as_str())),
            _ => self.chance.uuid(),
        }
    }

    /// The next running number of a series: `2026/17` of the series `2026/`, say.
    pub fn number(&mut self, house: &House<'_>, series: &str) -> String {
        let counted = self.count(&format!("{}:{series}", house.tenant.id));
        format!("{series}{counted}")
    }

    fn count(&mut self, series: &str) -> u64 {
        let counter = self.counters.entry(series.to_owned()).or_default();
        *counter += 1;
        *counter
    }

    /// So many minutes after.
    pub fn after(&mut self, cause: &Told, minutes: RangeInclusive<i64>) -> OffsetDateTime {
        cause.at
            + Duration::minutes(self.chance.within(minutes))
            + Duration::seconds(self.chance.within(1..=59))
    }

    /// So many minutes after, when somebody is at work.
    pub fn after_at_work(&mut self, cause: &Told, minutes: RangeInclusive<i64>) -> OffsetDateTime {
        calendar::in_office(self.after(cause, minutes))
    }

    /// Sometime between two hours of a day of the week; day 0 is Monday.
    pub fn sometime(&mut self, day: i64, hours: std::ops::Range<i64>) -> OffsetDateTime {
        let minute = self.chance.within(hours.start * 60..=hours.end * 60 - 1);
        calendar::on(day, 0, minute) + Duration::seconds(self.chance.within(0..=59))
    }

    /// How many events are planned as yet.
    pub fn told(&self) -> usize {
        self.sent.values().map(Vec::len).sum()
    }
}
