//! `<major>.<minor>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::CONTRACT_PREFIX;

/// Versions of one major are compatible with each other; another major has its own agreements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContractVersion {
    pub major: u16,
    pub minor: u16,
}

impl ContractVersion {
    /// The version at the end of `urn:samflyt:contract:<type>:<major>.<minor>`; none where the URI is another type's.
    pub fn of_uri(uri: &str, kind: &str) -> Option<Self> {
        uri.strip_prefix(CONTRACT_PREFIX)?.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()
    }
}

impl fmt::Display for ContractVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for ContractVersion {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "is not `<major>.<minor>`";
        let (major, minor) = text.split_once('.').ok_or(FORM)?;
        let number = |part: &str| {
            (part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten().ok_or(FORM)
        };
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

impl TryFrom<String> for ContractVersion {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ContractVersion> for String {
    fn from(version: ContractVersion) -> String {
        version.to_string()
    }
}
