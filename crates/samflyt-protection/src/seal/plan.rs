//! Which fields of an event are personal, and whose each is.

use std::sync::Arc;

use samflyt_events::Contract;
use serde_json::Value;

use super::pointer::{Concrete, Pointer};

/// Whose a personal field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The person that the field at this pointer names. Where both have a `*` in common, the one of the same item.
    PersonAt(String),
    /// Nobody's whom the event names, or several persons': sealed under a key of the affair.
    Affair,
}

/// It does not say whose a field is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the contract does not tell whose `{pointer}` is: it may be of any of the persons at {}", .candidates.join(", "))]
    WhoseIsIt { pointer: String, candidates: Vec<String> },
    #[error("`{pointer}` is of the person at `{person}`, which is not among the contract's persons")]
    NoSuchPerson { pointer: String, person: String },
    #[error("`{pointer}` may be of several persons at `{person}`: name a field of the same item")]
    Several { pointer: String, person: String },
}

/// What is sealed in the events of one contract version. Made once for it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) class: Arc<str>,
    persons: Vec<Pointer>,
    /// The deepest first, so that what stands within another is sealed before it.
    fields: Vec<(Pointer, Option<Owner>)>,
}

#[derive(Debug, Clone)]
struct Owner {
    person: usize,
    /// How many `*` both begin with.
    shared_stars: usize,
}

/// A field of one event that is to be sealed.
pub(crate) struct Target {
    pub place: Concrete,
    /// Where the owner's identifier stands; none: the affair.
    pub owner: Option<Concrete>,
    pub is_identifier: bool,
}

impl Plan {
    /// # Errors
    /// [`PlanError`] where a field's owner is not among the persons, or is several.
    pub fn new(class: &str, persons: &[&str], fields: &[(&str, Whose)]) -> Result<Self, PlanError> {
        let persons: Vec<Pointer> = persons.iter().map(|pointer| Pointer::parse(pointer)).collect();
        let mut planned = Vec::new();
        for (text, whose) in fields {
            let pointer = Pointer::parse(text);
            if persons.contains(&pointer) {
                continue;
            }
            let owner = match whose {
                Whose::Affair => None,
                Whose::PersonAt(person) => Some(owner(&persons, &pointer, person)?),
            };
            planned.push((pointer, owner));
        }
        planned.sort_by_key(|(pointer, _)| std::cmp::Reverse(pointer.depth()));
        Ok(Self { class: class.into(), persons, fields: planned })
    }

    /// From a contract: a field is of the person whose pointer has most first steps in common with its own.
    ///
    /// # Errors
    /// [`PlanError::WhoseIsIt`] where that may be several.
    pub fn of(contract: &Contract) -> Result<Self, PlanError> {
        let persons: Vec<&str> = contract.persons.iter().map(String::as_str).collect();
        let mut fields = Vec::new();
        for (pointer, _) in contract.fields.iter().filter(|(_, field)| field.personal) {
            fields.push((pointer.as_str(), nearest(&contract.persons, pointer)?));
        }
        Self::new(&contract.retention.class, &persons, &fields)
    }

    /// The fields of this data that are to be sealed, the deepest first. What is absent is not among them, nor an
    /// identifier that is null.
    pub(crate) fn targets(&self, data: &Value) -> Vec<Target> {
        let mut targets = Vec::new();
        for (pointer, owner) in &self.fields {
            for place in pointer.places(data, &[]) {
                let owner = owner.as_ref().and_then(|owner| self.owner_of(data, owner, &place));
                targets.push(Target { place, owner, is_identifier: false });
            }
        }
        for pointer in &self.persons {
            let named = pointer.places(data, &[]).into_iter().filter(|place| names_somebody(data, place));
            targets.extend(named.map(|place| Target {
                owner: Some(place.clone()),
                place,
                is_identifier: true,
            }));
        }
        targets.sort_by_key(|target| std::cmp::Reverse(target.place.text.matches('/').count()));
        targets
    }

    fn owner_of(&self, data: &Value, owner: &Owner, place: &Concrete) -> Option<Concrete> {
        let pointer = self.persons.get(owner.person)?;
        let mut places = pointer.places(data, place.items(owner.shared_stars)).into_iter();
        places.next().filter(|place| names_somebody(data, place))
    }
}

fn names_somebody(data: &Value, place: &Concrete) -> bool {
    data.pointer(&place.text).is_some_and(|value| !value.is_null())
}

fn owner(persons: &[Pointer], pointer: &Pointer, person: &str) -> Result<Owner, PlanError> {
    let (text, named) = (|| pointer.text.clone(), person.to_owned());
    let Some(at) = persons.iter().position(|known| known.text == person) else {
        return Err(PlanError::NoSuchPerson { pointer: text(), person: named });
    };
    let common = persons[at].common(pointer);
    if persons[at].is_many_beyond(common) {
        return Err(PlanError::Several { pointer: text(), person: named });
    }
    Ok(Owner { person: at, shared_stars: persons[at].stars_within(common) })
}

fn nearest(persons: &[String], pointer: &str) -> Result<Whose, PlanError> {
    let field = Pointer::parse(pointer);
    let common = |person: &String| Pointer::parse(person).common(&field);
    let Some(most) = persons.iter().map(common).max() else { return Ok(Whose::Affair) };
    let candidates: Vec<String> = persons.iter().filter(|person| common(person) == most).cloned().collect();
    match &candidates[..] {
        [one] if !Pointer::parse(one).is_many_beyond(most) => Ok(Whose::PersonAt(one.clone())),
        _ if persons.iter().any(|person| person == pointer) => Ok(Whose::Affair),
        _ => Err(PlanError::WhoseIsIt { pointer: pointer.to_owned(), candidates }),
    }
}

#[cfg(test)]
mod tests {
    use samflyt_events::EventType;
    use samflyt_events::contract::{Field, Origin, template};
    use serde_json::json;

    use super::*;

    fn contract(persons: &[&str], fields: &[&str]) -> Contract {
        let mut contract = template(&EventType::new("case.opened").unwrap());
        contract.persons = persons.iter().map(ToString::to_string).collect();
        let personal = || Field { concept: None, origin: Origin::Collected, personal: true };
        contract.fields = fields.iter().map(|pointer| (pointer.to_string(), personal())).collect();
        contract
    }

    fn planned(plan: &Plan, data: &Value) -> Vec<(String, Option<String>)> {
        let text = |owner: Option<Concrete>| owner.map(|owner| owner.text);
        plan.targets(data).into_iter().map(|target| (target.place.text, text(target.owner))).collect()
    }

    #[test]
    fn a_field_is_of_the_nearest_person_and_of_the_same_item() {
        let contract =
            contract(&["/applicant", "/parents/*/id"], &["/applicant", "/parents/*/name", "/parents/*/id"]);
        let plan = Plan::of(&contract).unwrap();
        let data = json!({
            "applicant": "x",
            "parents": [{"id": "a", "name": "A"}, {"name": "B"}, {"id": null, "name": "C"}],
        });
        let expected = [
            ("/parents/0/name", Some("/parents/0/id")),
            ("/parents/1/name", None),
            ("/parents/2/name", None),
            ("/parents/0/id", Some("/parents/0/id")),
            ("/applicant", Some("/applicant")),
        ];
        let expected = expected.map(|(field, owner)| (field.to_owned(), owner.map(str::to_owned)));
        assert_eq!(planned(&plan, &data), expected);
    }

    #[test]
    fn a_field_that_may_be_of_several_persons_is_refused_until_it_is_said_whose_it_is() {
        let several = contract(&["/applicant", "/child"], &["/address"]);
        let error = Plan::of(&several).unwrap_err();
        assert!(
            matches!(&error, PlanError::WhoseIsIt { candidates, .. } if candidates.len() == 2),
            "{error}"
        );
        assert!(Plan::of(&contract(&["/parents/*/id"], &["/address"])).is_err());
        assert!(Plan::of(&contract(&["/applicant"], &["/address"])).is_ok());
        assert!(Plan::of(&contract(&[], &["/address"])).is_ok(), "the affair's");
        let said = Plan::new("case", &["/a", "/b"], &[("/address", Whose::PersonAt("/b".to_owned()))]);
        let data = json!({"a": "1", "b": "2", "address": "x"});
        assert!(planned(&said.unwrap(), &data).contains(&("/address".to_owned(), Some("/b".to_owned()))));
        let nobody = Plan::new("case", &["/a"], &[("/x", Whose::PersonAt("/b".to_owned()))]);
        assert!(matches!(nobody, Err(PlanError::NoSuchPerson { .. })));
        let many = Plan::new("case", &["/p/*/id"], &[("/x", Whose::PersonAt("/p/*/id".to_owned()))]);
        assert!(matches!(many, Err(PlanError::Several { .. })));
    }

    #[test]
    fn what_stands_within_another_comes_before_it() {
        let plan = Plan::of(&contract(&["/a/id"], &["/a", "/a/name"])).unwrap();
        let order: Vec<String> =
            planned(&plan, &json!({"a": {"id": "x", "name": "N"}})).into_iter().map(|(at, _)| at).collect();
        assert_eq!(order.last().map(String::as_str), Some("/a"));
        assert_eq!(order.len(), 3);
    }
}
