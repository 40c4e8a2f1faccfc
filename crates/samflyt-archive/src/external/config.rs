//! `[[archive.external]]`: who keeps the records of which arkivdeler, where it is not this archive.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One archive of a municipality's that is elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalConfig {
    /// The municipality.
    pub tenant: String,
    /// Codes of the arkivdeler that are kept there, as messages name them.
    pub arkivdel: Vec<String>,
    /// Where it answers gRPC: `http://HOST:PORT` or `https://HOST:PORT`.
    pub url: String,
    /// Certificates (PEM) of the authorities by which it is believed. Not given: those of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// A file with the bearer token; read before each call.
    pub token_file: PathBuf,
    /// The municipality's id there.
    pub external_tenant: String,
    /// The system there that all of ours are; whoever may look into this archive sees there what that system may see. Not given:
    /// each is there what it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_system: Option<String>,
    /// How long an answer is waited for before the same is sent again, in seconds: at most 60.
    #[serde(default = "answer_wait_s")]
    pub answer_wait_s: u32,
}

fn answer_wait_s() -> u32 {
    30
}
