//! What is kept of a person: the pseudonym, and the ids of the keys of each retention class.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pseudonym;
use crate::keys::KeyId;

/// A person's entry in clear. Persisted, sealed, as JSON.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub pseudonym: Pseudonym,
    /// By retention class; the last seals.
    pub keys: BTreeMap<String, Vec<KeyId>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    pseudonym: String,
    keys: BTreeMap<String, Vec<String>>,
}

impl Record {
    pub fn to_json(&self) -> Vec<u8> {
        let text = |ids: &Vec<KeyId>| ids.iter().map(ToString::to_string).collect();
        let keys = self.keys.iter().map(|(class, ids)| (class.clone(), text(ids))).collect();
        let stored = Stored { pseudonym: self.pseudonym.to_string(), keys };
        // Strings and maps with string keys always serialise.
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    pub fn parse(json: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(json).ok()?;
        let ids = |texts: Vec<String>| texts.iter().map(|text| KeyId::parse(text)).collect::<Option<_>>();
        let keys = stored.keys.into_iter().map(|(class, texts)| Some((class, ids(texts)?)));
        Some(Self { pseudonym: Pseudonym::parse(&stored.pseudonym)?, keys: keys.collect::<Option<_>>()? })
    }

    /// The key that seals for a class.
    pub fn sealing(&self, class: &str) -> Option<KeyId> {
        self.keys.get(class).and_then(|ids| ids.last()).copied()
    }

    /// The record without some keys; none where no key is left.
    pub fn without(&self, gone: &[KeyId]) -> Option<Self> {
        let mut left = self.clone();
        left.keys.values_mut().for_each(|ids| ids.retain(|id| !gone.contains(id)));
        left.keys.retain(|_, ids| !ids.is_empty());
        (!left.keys.is_empty()).then_some(left)
    }
}
