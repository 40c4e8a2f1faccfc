//! The families of entries in a bucket. Persisted: keep them as they are.

use std::fmt;

use crate::keys::KeyId;
use crate::subject::Lookup;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// `k.<key id>`: a person's key of a retention class, wrapped under the tenant's.
    DataKeys,
    /// `p.<lookup>`: a person's pseudonym and the ids of the person's keys, sealed.
    Persons,
    /// `e.<key id>`: the key is destroyed, or is being. Sealed while the work goes on, and empty after it.
    Erased,
}

impl Family {
    pub fn prefix(self) -> &'static str {
        match self {
            Self::DataKeys => "k",
            Self::Persons => "p",
            Self::Erased => "e",
        }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Data(KeyId),
    Person(Lookup),
    Erased(KeyId),
    /// What the bucket is, and what it held when it was last looked through.
    Mark,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(id) => write!(f, "k.{id}"),
            Self::Person(lookup) => write!(f, "p.{lookup}"),
            Self::Erased(id) => write!(f, "e.{id}"),
            Self::Mark => f.write_str("mark"),
        }
    }
}

/// The id of the key of which an `e` entry's subject speaks.
pub(crate) fn erased_of(subject: &str) -> Option<KeyId> {
    let (rest, id) = subject.rsplit_once('.')?;
    rest.ends_with(".e").then(|| KeyId::parse(id)).flatten()
}
