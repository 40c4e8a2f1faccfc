//! One installation.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{SystemId, TenantId};

/// An installation of a product, registered once by the municipality that hosts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub id: SystemId,
    pub host: TenantId,
    /// Id of the product; one that nobody has described yet is taken as it is.
    pub product: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The operating environment that it runs in: `joint operations centre`, `vendor's cloud`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub environment: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub platform: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phased_out_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<Criticality>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service_level: String,
    /// Of the whole installation, in kroner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_year_nok: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<SystemId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_on: Option<Date>,
    /// What is known of it that is not certain.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The security zone that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    Open,
    Internal,
    Secure,
}

impl Zone {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Internal => "internal",
            Self::Secure => "secure",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criticality {
    Low,
    Medium,
    High,
    /// Life and health depend on it.
    Vital,
}

/// Where a system is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    Planned,
    InUse,
    PhasedOut,
    Retired,
}

impl System {
    /// What is known at its registration.
    pub fn new(id: SystemId, host: TenantId, product: String, name: String) -> Self {
        Self {
            id,
            host,
            product,
            name,
            version: String::new(),
            environment: String::new(),
            platform: String::new(),
            zone: None,
            planned_from: None,
            in_use_from: None,
            phased_out_from: None,
            retired_on: None,
            criticality: None,
            service_level: String::new(),
            cost_per_year_nok: None,
            replaced_by: None,
            replaced_on: None,
            note: String::new(),
        }
    }

    /// Where it is in its life on a date. One without dates is in use.
    pub fn lifecycle(&self, on: Date) -> Lifecycle {
        let reached = |from: Option<Date>| from.is_some_and(|from| from <= on);
        if reached(self.retired_on) {
            Lifecycle::Retired
        } else if reached(self.phased_out_from) {
            Lifecycle::PhasedOut
        } else if self.in_use_from.is_some_and(|from| on < from)
            || (self.in_use_from.is_none() && self.planned_from.is_some())
        {
            Lifecycle::Planned
        } else {
            Lifecycle::InUse
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_system_is_where_its_dates_put_it_and_in_use_without_any() {
        let id = SystemId::new("vinje-agresso").unwrap();
        let mut system = System::new(id, TenantId::new("vinje").unwrap(), "agresso".into(), "Agresso".into());
        assert_eq!(system.lifecycle(date!(2026 - 01 - 01)), Lifecycle::InUse);
        system.planned_from = Some(date!(2025 - 01 - 01));
        assert_eq!(system.lifecycle(date!(2026 - 01 - 01)), Lifecycle::Planned);
        system.in_use_from = Some(date!(2026 - 01 - 01));
        system.phased_out_from = Some(date!(2027 - 01 - 01));
        system.retired_on = Some(date!(2028 - 01 - 01));
        assert_eq!(system.lifecycle(date!(2025 - 06 - 01)), Lifecycle::Planned);
        assert_eq!(system.lifecycle(date!(2026 - 01 - 01)), Lifecycle::InUse);
        assert_eq!(system.lifecycle(date!(2027 - 06 - 01)), Lifecycle::PhasedOut);
        assert_eq!(system.lifecycle(date!(2028 - 01 - 01)), Lifecycle::Retired);
    }
}
