//! The public journal (*offentlig journal*): what anybody may see of the journal.
//!
//! Consumes the records; gives entries that are journalført and were assessed for publicity. Kept true: what is shielded is
//! hidden as from any stranger; no identity number is in it; what the configuration names is left out whole; nobody fetches
//! all of it (offentleglova § 10, offentlegforskrifta §§ 6 and 7).

mod entry;
mod grpc;
mod identity;
mod limit;
mod page;

use std::sync::Arc;

use samflyt_proto::archive::public_journal_service_server::PublicJournalServiceServer;
use serde::{Deserialize, Serialize};

use crate::Archive;
use limit::Pages;

/// The `[archive.public_journal]` section.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicJournalConfig {
    /// Codes of `tilgangsrestriksjon`, and ids of classes with all that is below them, whose entries are never shown: special
    /// categories of personal data, pay. `SAMFLYT_ARCHIVE__PUBLIC_JOURNAL__NEVER`, a TOML array
    pub never: Vec<String>,
    /// How many pages an organisation gets in a minute. `SAMFLYT_ARCHIVE__PUBLIC_JOURNAL__PAGES_PER_MINUTE`
    pub pages_per_minute: u32,
}

impl Default for PublicJournalConfig {
    fn default() -> Self {
        Self { never: Vec::new(), pages_per_minute: 60 }
    }
}

/// The public's door.
pub(crate) fn serve(archive: &Arc<Archive>) -> PublicJournalServiceServer<grpc::Service> {
    let pages = Pages::new(archive.config.public_journal.pages_per_minute);
    PublicJournalServiceServer::new(grpc::Service { archive: Arc::clone(archive), pages })
}
