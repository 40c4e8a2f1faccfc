//! A work process.

use serde::{Deserialize, Serialize};

use crate::{EventType, ResourceId, SystemId, TenantId};

/// What a municipality does, step by step, and the systems and event types that carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    pub id: ResourceId,
    pub tenant: TenantId,
    pub name: String,
    /// The office that answers for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<SystemId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<EventType>,
}
