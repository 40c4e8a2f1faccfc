//! Sealing an event's personal fields.

use std::sync::Arc;

use futures::future::try_join_all;
use samflyt_events::personal::IdentityError;
use serde_json::Value;

use crate::Protection;
use crate::error::{ProtectError, StoreError};
use crate::keys::DataKey;
use crate::mark::KeyPosition;
use crate::seal::{Concrete, Place, Plan, SealedField, Target, bound, holds_sealed};
use crate::subject::{Person, Pseudonym};

/// How many persons one event may concern: each new one costs the broker two writes to disk.
pub const PERSONS_MAX: usize = 256;

/// What the log has to know of a sealed event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// The persons whom the event names, each once.
    pub persons: Vec<Pseudonym>,
    /// How many fields are sealed. 0: the data is as it was.
    pub fields: usize,
    /// To be kept with the event.
    pub position: KeyPosition,
}

/// What is to be sealed, the persons concerned, and for each target whose it is among them.
struct Parties {
    targets: Vec<Target>,
    persons: Vec<Person>,
    owners: Vec<usize>,
}

/// A person of the event, and what seals for the person.
struct Party {
    person: Person,
    pseudonym: Pseudonym,
    key: Arc<DataKey>,
}

impl Protection {
    /// Seals the personal fields of an event that its contract's schema has accepted. The keys are on disk when it returns.
    ///
    /// Every person's key is chosen once for the whole event, before anything is sealed: an erasure at the same time finds
    /// all of a person's fields under a key that it destroys, or all of them under one that it does not.
    ///
    /// # Errors
    /// [`ProtectError`]; the data is then as it was.
    pub async fn protect(
        &self,
        data: &mut Value,
        plan: &Plan,
        place: Place<'_>,
    ) -> Result<Protected, ProtectError> {
        let Parties { targets, persons, owners } = self.parties(data, plan, place)?;
        let held = try_join_all(persons.iter().map(|person| self.holder(person, &plan.class))).await?;
        let parties: Vec<Party> = persons
            .into_iter()
            .zip(held)
            .map(|(person, (pseudonym, key))| Party { person, pseudonym, key })
            .collect();
        let mut sealed = data.clone();
        for (target, owner) in targets.iter().zip(owners) {
            let party = parties.get(owner).ok_or(StoreError::Random)?;
            let Some(value) = sealed.pointer_mut(&target.place.text) else { continue };
            let pseudonym = target.is_identifier.then_some(&party.pseudonym);
            *value = self.seal(value, &party.key, place, &target.place.text, pseudonym)?;
        }
        *data = sealed;
        let is_named = |party: &&Party| !matches!(party.person, Person::Unnamed { .. });
        let persons = parties.iter().filter(is_named).map(|party| party.pseudonym).collect();
        Ok(Protected { persons, fields: targets.len(), position: self.position() })
    }

    /// What [`Protection::protect`] would refuse of the data itself, without making a key: for events that are only
    /// validated.
    ///
    /// # Errors
    /// [`ProtectError`].
    pub fn check(&self, data: &Value, plan: &Plan, place: Place<'_>) -> Result<(), ProtectError> {
        self.parties(data, plan, place).map(|_| ())
    }

    fn parties(&self, data: &Value, plan: &Plan, place: Place<'_>) -> Result<Parties, ProtectError> {
        if holds_sealed(data) {
            return Err(ProtectError::HoldsSealed);
        }
        let targets = plan.targets(data);
        let mut persons: Vec<Person> = Vec::new();
        let mut owners = Vec::with_capacity(targets.len());
        for target in &targets {
            let person = self.person(data, target.owner.as_ref(), place)?;
            owners.push(position_of(&mut persons, person));
            if persons.len() > PERSONS_MAX {
                return Err(ProtectError::TooManyPersons);
            }
        }
        Ok(Parties { targets, persons, owners })
    }

    fn person(
        &self,
        data: &Value,
        owner: Option<&Concrete>,
        place: Place<'_>,
    ) -> Result<Person, ProtectError> {
        let system = &place.event.system;
        let identifier = owner.and_then(|owner| Some((owner, data.pointer(&owner.text)?)));
        let Some((owner, identifier)) = identifier else {
            return Ok(Person::Unnamed { system: system.clone(), entity: place.entity.clone() });
        };
        let refused = |rule: IdentityError| ProtectError::Identity { pointer: owner.text.clone(), rule };
        Person::named(system, identifier, self.config.identity_numbers).map_err(refused)
    }

    fn seal(
        &self,
        value: &Value,
        key: &DataKey,
        place: Place<'_>,
        pointer: &str,
        pseudonym: Option<&Pseudonym>,
    ) -> Result<Value, StoreError> {
        // A value with string keys always serialises.
        let clear = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|_| self.damaged())?);
        let bound = bound(&self.tenant, place.event, pointer, pseudonym);
        let sealed = key.seal(&bound, &key.id.0, &clear).ok_or(StoreError::Random)?;
        Ok(SealedField::value(pseudonym, &sealed))
    }
}

fn position_of(persons: &mut Vec<Person>, person: Person) -> usize {
    persons.iter().position(|known| *known == person).unwrap_or_else(|| {
        persons.push(person);
        persons.len() - 1
    })
}
