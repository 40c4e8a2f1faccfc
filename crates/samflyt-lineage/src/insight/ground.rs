//! What one answer stands on: one view of the flows, one catalogue, one moment. Contracts that were looked up are
//! remembered for as long as the answer is made.

use std::collections::HashMap;
use std::sync::Arc;

use samflyt_events::catalogue::{Agreement, AsOf, Catalogue, ContractEntry, System};
use samflyt_events::subject::events_stream;
use samflyt_events::{EventType, Refusal, SystemId, TenantId};
use samflyt_projection::StoreError;
use time::{Date, OffsetDateTime};

use crate::Lineage;
use crate::answer::moment_of;
use crate::projections::keys::Number;
use crate::reader::{Period, Reader, Streams};

pub(super) struct Ground {
    pub reader: Reader,
    pub catalogue: Arc<Catalogue>,
    /// As of when; none: now.
    pub moment: AsOf,
    /// The moment itself.
    pub at: OffsetDateTime,
    /// Names that the flows do not know. Their numbers are this answer's own, down from the largest.
    unheard: Vec<String>,
    unheard_numbers: HashMap<String, Number>,
    contracts: HashMap<Number, Option<Arc<ContractEntry>>>,
}

impl Lineage {
    pub(super) fn ground(
        &self,
        reader: Reader,
        as_of: Option<prost_types::Timestamp>,
    ) -> Result<Ground, Refusal> {
        let moment = moment_of(as_of)?;
        let at = moment.unwrap_or_else(|| self.deps.clock.now());
        Ok(Ground {
            reader,
            catalogue: Arc::clone(&self.deps.feed.get()),
            moment,
            at,
            unheard: Vec::new(),
            unheard_numbers: HashMap::new(),
            contracts: HashMap::new(),
        })
    }
}

impl Ground {
    /// The day that agreements have to be valid on, UTC as the log's own days are.
    pub fn on(&self) -> Date {
        self.at.to_offset(time::UtcOffset::UTC).date()
    }

    /// Milliseconds since 1970.
    pub fn at_ms(&self) -> u64 {
        u64::try_from(self.at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
    }

    /// All that had been seen by the moment.
    pub fn seen(&self) -> Period {
        match self.moment {
            None => Period::ALL,
            Some(_) => Period { seen_ms: self.at_ms(), ..Period::ALL },
        }
    }

    pub fn name(&self, number: Number) -> Result<String, StoreError> {
        match self.unheard.get((Number::MAX - number) as usize) {
            Some(unheard) => Ok(unheard.clone()),
            None => self.reader.name(number),
        }
    }

    /// The number of a name. One that was never seen gets a number of this answer's own, for as long as it stays unseen:
    /// the log goes on while an answer is made.
    pub fn number(&mut self, name: &str) -> Result<Number, StoreError> {
        if let Some(number) = self.reader.number(name)? {
            return Ok(number);
        }
        if let Some(number) = self.unheard_numbers.get(name) {
            return Ok(*number);
        }
        let number = Number::MAX - Number::try_from(self.unheard.len()).unwrap_or(0);
        self.unheard.push(name.to_owned());
        self.unheard_numbers.insert(name.to_owned(), number);
        Ok(number)
    }

    /// The contract of an event type that was in force; where all were retired by then, the newest of them: what it says
    /// of the fields held for what flowed.
    pub fn contract(&mut self, kind: Number) -> Result<Option<Arc<ContractEntry>>, StoreError> {
        if let Some(found) = self.contracts.get(&kind) {
            return Ok(found.clone());
        }
        let name = self.name(kind)?;
        let found = EventType::new(&name).ok().and_then(|kind| {
            let published = |entry: &&Arc<ContractEntry>| entry.published_at <= self.at;
            let in_force = self.catalogue.contract_at(&kind, self.moment);
            in_force.or_else(|| self.catalogue.versions(&kind).rfind(published)).cloned()
        });
        self.contracts.insert(kind, found.clone());
        Ok(found)
    }

    /// Whether a type had a contract in force.
    pub fn has_contract(&mut self, kind: Number) -> Result<bool, StoreError> {
        Ok(self.contract(kind)?.is_some_and(|entry| entry.is_in_force(self.moment)))
    }

    /// Whether events of a type have personal fields.
    pub fn is_personal(&mut self, kind: Number) -> Result<bool, StoreError> {
        let contract = self.contract(kind)?;
        Ok(contract.is_some_and(|entry| entry.compiled.contract.personal_pointers().next().is_some()))
    }

    /// A system as the catalogue had it.
    pub fn system(&self, number: Number) -> Result<Option<Arc<System>>, StoreError> {
        let name = self.name(number)?;
        let id = SystemId::new(&name).ok();
        Ok(id.and_then(|id| self.catalogue.system_at(&id, self.moment).cloned()))
    }

    /// A tenant's agreements that were ever approved, by id.
    pub fn approved(&self, tenant: &TenantId) -> Vec<Arc<Agreement>> {
        let known = self.catalogue.agreements().of(tenant, self.moment);
        known.filter(|agreement| agreement.was_approved()).cloned().collect()
    }

    /// The stream of a tenant's own events. The catalogue's are no flows between systems.
    pub fn events_of(&self, tenant: &TenantId) -> Result<Streams, StoreError> {
        let stream = self.reader.number(&events_stream(tenant))?;
        Ok(stream.map(|stream| (stream, tenant.clone())).into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::super::impact::tests::world::{Happened, folded_at};
    use super::*;
    use crate::projections::keys::NOBODY;

    fn ground(view: samflyt_projection::View, hours: i64) -> Ground {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::hours(hours);
        Ground {
            reader: Reader::new(view),
            catalogue: Arc::new(Catalogue::default()),
            moment: Some(at),
            at,
            unheard: Vec::new(),
            unheard_numbers: HashMap::new(),
            contracts: HashMap::new(),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_day_counts_as_of_a_moment_of_it_only_where_something_had_been_seen_of_it_by_then() {
        let happened = Happened {
            tenant: "seljord".to_owned(),
            system: "seljord-gat".to_owned(),
            kind: "case.opened".to_owned(),
            cause: None,
        };
        // At one on the first day, and at three on the eleventh.
        let hours = [1, 240 + 15];
        let at = |place: usize| OffsetDateTime::UNIX_EPOCH + Duration::hours(hours[place]);
        folded_at(&[happened.clone(), happened], at, |reader| {
            let seen = |hours: i64| {
                let ground = ground(reader.view.clone(), hours);
                let streams = ground.events_of(&TenantId::new("seljord").unwrap()).unwrap();
                let flows = ground.reader.all_flows(&streams, ground.seen(), |key| key.consumer == NOBODY);
                let totals = flows.unwrap().into_iter().map(|(_, totals)| totals);
                totals.map(|totals| (totals.events, totals.last_ms / 3_600_000)).collect::<Vec<_>>()
            };
            assert_eq!(seen(0), []);
            assert_eq!(seen(1), [(1, 1)]);
            assert_eq!(seen(240 + 12), [(1, 1)]);
            assert_eq!(seen(240 + 15), [(2, 240 + 15)]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_name_that_was_never_seen_has_one_number_and_comes_back_from_it() {
        folded_at(
            &[],
            |_| OffsetDateTime::UNIX_EPOCH,
            |reader| {
                let mut ground = ground(reader.view.clone(), 1);
                let numbers = [
                    ground.number("a-a").unwrap(),
                    ground.number("b-b").unwrap(),
                    ground.number("a-a").unwrap(),
                ];
                assert_eq!(numbers[0], numbers[2]);
                assert_ne!(numbers[0], numbers[1]);
                assert_eq!(numbers.map(|number| ground.name(number).unwrap()), ["a-a", "b-b", "a-a"]);
                assert_eq!(ground.name(NOBODY).unwrap(), "");
            },
        )
        .await;
    }
}
