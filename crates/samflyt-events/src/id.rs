//! Identifiers. Each is checked once, where it comes in, and can't hold anything else after that.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The longest identifier, in characters.
const LENGTH_MAX: usize = 128;

/// What is wrong with an identifier. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("is empty")]
    Empty,
    #[error("has more than {0} characters")]
    TooLong(usize),
    #[error("holds white space or a control character")]
    WhiteSpaceOrControl,
    #[error("holds a control character")]
    Control,
    #[error("holds a wildcard (`*` or `>`)")]
    Wildcard,
    #[error("begins or ends with white space")]
    Untrimmed,
    #[error("is not lower-case kebab (`a-z`, `0-9`, `-`, beginning with a letter)")]
    NotKebab,
    #[error("is not `<domain>.<event>`, both lower-case kebab")]
    NotEventType,
    #[error("is not `<system id>/<event id>`")]
    NotReference,
    #[error("holds what looks like a national identity number")]
    NamesPerson,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// # Errors
            /// [`IdError`] says which rule the text breaks.
            pub fn new(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> Result<(), IdError> = $check;
                check(text)?;
                Ok(Self(text.into()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(&text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

identifier!(
    /// A municipality's permanent, opaque id: `seljord`. Lower-case kebab, at most 64 characters.
    TenantId,
    |text| kebab(text, 64)
);
identifier!(
    /// An installation's id, unique in the hub: `vinje-agresso`. Lower-case kebab.
    SystemId,
    |text| kebab(text, LENGTH_MAX)
);
identifier!(
    /// What a resource of the catalogue is called: lower-case kebab, by convention beginning with its owner's id.
    ResourceId,
    |text| kebab(text, LENGTH_MAX)
);
identifier!(
    /// `<domain>.<event>`, both lower-case kebab, in the past tense: `case.opened`.
    EventType,
    event_type
);
identifier!(
    /// What a system calls an event; unique in the system. No white space, no wildcards, no identity number.
    EventId,
    event_id
);
identifier!(
    /// What an event is about: a case, a deposit, a system. Never a person.
    EntityId,
    entity_id
);
identifier!(
    /// Names an affair; by default `<system id>/<event id>` of its first event.
    CorrelationId,
    correlation_id
);

impl SystemId {
    /// As which the hub's archive of a municipality speaks: `seljord-arkiv`. Nobody else may.
    pub fn archive_of(tenant: &TenantId) -> Self {
        // A tenant's id is shorter than a system's may be, and of the same form.
        Self(format!("{tenant}-arkiv").into())
    }
}

impl EventType {
    /// `case` of `case.opened`.
    pub fn domain(&self) -> &str {
        self.0.split_once('.').map_or("", |(domain, _)| domain)
    }

    /// `opened` of `case.opened`.
    pub fn event(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, event)| event)
    }
}

fn length(text: &str, max: usize) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    // Bytes first: counting the characters of megabytes is work for the asker.
    if text.len() > max * 4 || text.chars().count() > max {
        return Err(IdError::TooLong(max));
    }
    Ok(())
}

fn is_kebab(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn kebab(text: &str, max: usize) -> Result<(), IdError> {
    length(text, max)?;
    if is_kebab(text) { Ok(()) } else { Err(IdError::NotKebab) }
}

fn event_type(text: &str) -> Result<(), IdError> {
    length(text, LENGTH_MAX)?;
    match text.split_once('.') {
        Some((domain, event)) if is_kebab(domain) && is_kebab(event) => Ok(()),
        _ => Err(IdError::NotEventType),
    }
}

fn nobody(text: &str) -> Result<(), IdError> {
    if crate::personal::holds_identity_number(text) { Err(IdError::NamesPerson) } else { Ok(()) }
}

fn event_id(text: &str) -> Result<(), IdError> {
    length(text, LENGTH_MAX)?;
    token(text)
}

fn token(text: &str) -> Result<(), IdError> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(IdError::WhiteSpaceOrControl);
    }
    if text.contains(['*', '>']) {
        return Err(IdError::Wildcard);
    }
    nobody(text)
}

fn entity_id(text: &str) -> Result<(), IdError> {
    length(text, LENGTH_MAX)?;
    if text.chars().any(char::is_control) {
        return Err(IdError::Control);
    }
    if text.trim() != text {
        return Err(IdError::Untrimmed);
    }
    nobody(text)
}

fn correlation_id(text: &str) -> Result<(), IdError> {
    length(text, 2 * LENGTH_MAX + 1)?;
    token(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody() -> String {
        (0..9).find_map(|serial| crate::personal::synthetic(1, 1, 1, serial)).unwrap()
    }

    #[test]
    fn an_id_is_refused_for_the_rule_it_breaks() {
        let long = "x".repeat(10_000);
        for (text, error) in [
            ("", IdError::Empty),
            (long.as_str(), IdError::TooLong(128)),
            ("a b", IdError::WhiteSpaceOrControl),
            ("a\nb", IdError::WhiteSpaceOrControl),
            ("a\u{7f}", IdError::WhiteSpaceOrControl),
            ("a.*", IdError::Wildcard),
            ("a.>", IdError::Wildcard),
            (format!("case-{}", somebody()).as_str(), IdError::NamesPerson),
        ] {
            assert_eq!(EventId::new(text).unwrap_err(), error, "{text:.20}");
        }
        assert!(EventId::new("urn:uuid:1b4e28ba/2.1").is_ok());
        assert!(EventId::new("søknad-17").is_ok());
    }

    #[test]
    fn an_event_type_has_a_domain_and_an_event() {
        let kind = EventType::new("archive.deposit-requested").unwrap();
        assert_eq!((kind.domain(), kind.event()), ("archive", "deposit-requested"));
        for text in
            ["case", "case.", "Case.opened", "case.opened.twice", "case..opened", "case.op ened", "-a.b"]
        {
            assert_eq!(EventType::new(text).unwrap_err(), IdError::NotEventType, "{text}");
        }
    }

    #[test]
    fn an_entity_may_hold_spaces_and_dots_but_no_person() {
        assert!(EntityId::new("2026/17 - 3.1").is_ok());
        assert_eq!(EntityId::new(&somebody()).unwrap_err(), IdError::NamesPerson);
        assert_eq!(EntityId::new(" x").unwrap_err(), IdError::Untrimmed);
    }
}
