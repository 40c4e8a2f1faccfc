//! How one event names another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CorrelationId, EventId, IdError, SystemId};

/// `<system id>/<event id>`: the name of an event everywhere outside its own system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventRef {
    pub system: SystemId,
    pub id: EventId,
}

impl EventRef {
    /// # Errors
    /// [`IdError`] where it is not a system id, a slash and an event id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (system, id) = text.split_once('/').ok_or(IdError::NotReference)?;
        Ok(Self { system: SystemId::new(system)?, id: EventId::new(id)? })
    }

    /// The affair that begins with this event.
    pub fn as_correlation(&self) -> CorrelationId {
        // Both halves were checked, and the limits add up.
        #[allow(clippy::expect_used)]
        CorrelationId::new(&self.to_string()).expect("a reference is a correlation id")
    }
}

impl fmt::Display for EventRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.system, self.id)
    }
}

impl TryFrom<String> for EventRef {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<EventRef> for String {
    fn from(reference: EventRef) -> String {
        reference.to_string()
    }
}
