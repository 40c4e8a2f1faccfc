//! Who a sealed field is about, in clear and in the log.

use std::fmt;

use samflyt_events::personal::{IdentityError, IdentityNumber, IdentityPolicy};
use samflyt_events::{EntityId, SystemId};
use serde_json::Value;

use crate::keys::random;

/// Whose key it is. Prints as nobody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Person {
    /// Known by a national identity number, whichever system says it.
    National(String),
    /// Known by a name that only one system gives: the same name elsewhere is another person.
    Local { system: SystemId, name: String },
    /// Whoever an affair concerns, where the event names nobody.
    Unnamed { system: SystemId, entity: EntityId },
}

impl Person {
    /// Who an identifier names. Eleven digits, also written `ddmmyy nnnnn`, are an identity number.
    ///
    /// # Errors
    /// [`IdentityError`] where they are none, or one that the tenant does not take.
    pub fn named(
        system: &SystemId,
        identifier: &Value,
        policy: IdentityPolicy,
    ) -> Result<Self, IdentityError> {
        let Value::String(name) = identifier else {
            return Ok(Self::Local { system: system.clone(), name: identifier.to_string() });
        };
        if !IdentityNumber::has_the_form(name) {
            return Ok(Self::Local { system: system.clone(), name: name.clone() });
        }
        let number = IdentityNumber::parse(name)?;
        policy.check(&number)?;
        Ok(Self::National(number.digits().to_owned()))
    }

    /// What is hashed: a kind, and parts that cannot be mistaken for each other.
    pub(crate) fn parts(&self) -> [&str; 3] {
        match self {
            Self::National(digits) => ["national", "", digits],
            Self::Local { system, name } => ["local", system.as_str(), name],
            Self::Unnamed { system, entity } => ["unnamed", system.as_str(), entity.as_str()],
        }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

/// What the log calls a person: random, and of one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; 16]);

impl Pseudonym {
    pub(crate) fn random() -> Option<Self> {
        random().map(Self)
    }

    /// From 32 hexadecimal digits, lower case.
    pub fn parse(text: &str) -> Option<Self> {
        crate::keys::KeyId::parse(text).map(|id| Self(id.0))
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use samflyt_events::personal::synthetic;
    use serde_json::json;

    use super::*;

    fn named(system: &str, identifier: Value) -> Result<Person, IdentityError> {
        Person::named(&SystemId::new(system).unwrap(), &identifier, IdentityPolicy::SyntheticOnly)
    }

    #[test]
    fn an_identity_number_names_one_person_everywhere_and_a_local_name_only_in_its_system() {
        let number = (0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap();
        let spaced = format!("{} {}", &number[..6], &number[6..]);
        assert_eq!(named("a", json!(number)).unwrap(), named("b", json!(spaced)).unwrap());
        assert_ne!(named("a", json!("4711")).unwrap(), named("b", json!("4711")).unwrap());
        assert_eq!(named("a", json!(4711)).unwrap(), named("a", json!("4711")).unwrap());
        assert_eq!(format!("{:?}", named("a", json!(number)).unwrap()), "Person(…)");
    }
}
