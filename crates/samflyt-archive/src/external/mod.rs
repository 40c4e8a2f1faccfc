//! Arkivdeler that an external archive keeps: what is for them is passed on to it, and its answer is ours.
//!
//! Consumes what would be carried out here; gives the external archive's answer to it. Keeps true: a cause is one message there,
//! whatever was killed in between; what was kept there is remembered in the archive's log by its names, so that what refers to
//! it goes the same way; what waits for an external archive holds up nothing that is not for it.

mod client;
mod config;
mod names;
mod pass;

use std::sync::Arc;

use bytes::Bytes;
use samflyt_events::{SystemId, TenantId};
use samflyt_noark::fiks::MessageType;

use crate::messages::Attachment;
use crate::{Digest, StartError};

pub(crate) use client::{External, Reply};
pub use config::ExternalConfig;
pub(crate) use names::{Names, names};
pub(crate) use pass::Route;

/// The longest name that a message may have.
const CLIENT_ID_MAX: usize = 120;

/// All external archives, of all tenants.
pub(crate) struct Externals {
    all: Vec<Arc<External>>,
}

/// What is passed on.
#[derive(Debug, Clone)]
pub(crate) struct Letter<'l> {
    pub tenant: &'l TenantId,
    /// Whose it is.
    pub system: &'l SystemId,
    /// As what it is a cause of changes in the records.
    pub cause: String,
    pub kind: MessageType,
    pub payload: Bytes,
    pub files: Vec<Attachment>,
    pub correlation: Option<String>,
    /// None: it has no end of its own.
    pub ttl_s: Option<u32>,
}

impl Letter<'_> {
    /// Its name there.
    fn client_id(&self) -> String {
        let whole = format!("{} {}", self.tenant, self.cause);
        if whole.len() <= CLIENT_ID_MAX { whole } else { Digest::of(whole.as_bytes()).to_string() }
    }
}

impl Externals {
    /// # Errors
    /// Where the configuration is not right, or names an arkivdel twice.
    pub fn new(configs: &[ExternalConfig]) -> Result<Self, StartError> {
        let all: Result<Vec<_>, _> =
            configs.iter().cloned().map(|config| External::new(config).map(Arc::new)).collect();
        let mut known = std::collections::HashSet::new();
        for config in configs {
            for code in &config.arkivdel {
                if !known.insert((&config.tenant, code)) {
                    let what = format!("the arkivdel {code} of {} has two external archives", config.tenant);
                    return Err(StartError::External { url: config.url.clone(), what });
                }
            }
        }
        Ok(Self { all: all? })
    }

    pub fn has_any(&self, tenant: &TenantId) -> bool {
        self.all.iter().any(|external| external.tenant == *tenant)
    }

    /// Who keeps an arkivdel, if it is not kept here; and its place in the configuration.
    fn of(&self, tenant: &TenantId, code: &str) -> Option<(usize, Arc<External>)> {
        let keeps = |external: &External| {
            external.tenant == *tenant && external.config.arkivdel.iter().any(|own| own == code)
        };
        let at = self.all.iter().position(|external| keeps(external))?;
        Some((at, Arc::clone(&self.all[at])))
    }
}
