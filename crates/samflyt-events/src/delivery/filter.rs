//! Which events a subscription is about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::subject::{decode_token, encode_token};
use crate::{EntityId, EventType, SystemId};

/// All that is named must hold; of a list that names something, one. Empty lists name nothing: any will do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub types: BTreeSet<EventType>,
    /// The first part of types: `case`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub domains: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub providers: BTreeSet<SystemId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub entities: BTreeSet<EntityId>,
}

/// What an event's subject tells of it, without its headers being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'e> {
    pub domain: &'e str,
    pub event: &'e str,
    pub provider: &'e str,
    /// As a token: encoded.
    pub entity: &'e str,
}

impl<'e> About<'e> {
    /// None: it is no event's subject.
    pub fn of(subject: &'e str) -> Option<Self> {
        let mut tokens = subject.split('.').skip(2);
        let about = Self {
            domain: tokens.next()?,
            event: tokens.next()?,
            provider: tokens.next()?,
            entity: tokens.next()?,
        };
        tokens.next().is_none().then_some(about)
    }

    pub fn is_of_type(&self, kind: &EventType) -> bool {
        kind.domain() == self.domain && kind.event() == self.event
    }
}

/// The entity that a token names.
pub fn entity(token: &str) -> String {
    decode_token(token).unwrap_or_else(|_| token.to_owned())
}

impl Filter {
    /// Whether anything of a provider's type can be meant.
    pub fn may_have(&self, provider: &SystemId, kind: &EventType) -> bool {
        let of_types = self.types.is_empty() || self.types.contains(kind);
        let of_domains = self.domains.is_empty() || self.domains.contains(kind.domain());
        of_types && of_domains && (self.providers.is_empty() || self.providers.contains(provider))
    }

    pub fn matches(&self, about: &About<'_>) -> bool {
        let of_types = self.types.is_empty() || self.types.iter().any(|kind| about.is_of_type(kind));
        let of_domains = self.domains.is_empty() || self.domains.contains(about.domain);
        let of_providers =
            self.providers.is_empty() || self.providers.iter().any(|one| one.as_str() == about.provider);
        let of_entities = self.entities.is_empty()
            || self.entities.iter().any(|one| encode_token(one.as_str()) == about.entity);
        of_types && of_domains && of_providers && of_entities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_names_something_must_hold() {
        let about = About::of("events.seljord.case.opened.seljord-acos.sak=2E17").unwrap();
        let types = BTreeSet::from([EventType::new("case.opened").unwrap()]);
        let filter = Filter {
            types,
            domains: BTreeSet::from(["case".to_owned()]),
            providers: BTreeSet::from([SystemId::new("seljord-acos").unwrap()]),
            entities: BTreeSet::from([EntityId::new("sak.17").unwrap()]),
        };
        assert!(filter.matches(&about) && Filter::default().matches(&about));
        let other = SystemId::new("seljord-visma").unwrap();
        assert!(!Filter { providers: BTreeSet::from([other]), ..filter.clone() }.matches(&about));
        assert!(!Filter { domains: BTreeSet::from(["tax".to_owned()]), ..filter.clone() }.matches(&about));
        let kind = EventType::new("case.closed").unwrap();
        assert!(!Filter { types: BTreeSet::from([kind]), ..filter.clone() }.matches(&about));
        let entity = EntityId::new("sak.18").unwrap();
        assert!(!Filter { entities: BTreeSet::from([entity]), ..filter }.matches(&about));
    }
}
