//! The `[archive]` section.

use std::collections::BTreeMap;
use std::path::PathBuf;

use samflyt_events::TenantId;
use serde::{Deserialize, Serialize};

use crate::access::AccessConfig;
use crate::external::ExternalConfig;
use crate::innsyn::{Kodelister, usual_kodelister};
use crate::messages::MessagesConfig;
use crate::public_journal::PublicJournalConfig;

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ArchiveConfig {
    /// Where documents are kept. Empty: `archive` in the data directory. `SAMFLYT_ARCHIVE__DIR`
    pub dir: PathBuf,
    /// Page cache of the record store, in MiB. `SAMFLYT_ARCHIVE__CACHE_MIB`
    pub cache_mib: u64,
    /// How long an upload that broke off is kept, from its last byte on, in seconds. `SAMFLYT_ARCHIVE__UPLOAD_KEPT_S`
    pub upload_kept_s: u32,
    /// The largest document, in bytes. `SAMFLYT_ARCHIVE__DOCUMENT_BYTES_MAX`
    pub document_bytes_max: u64,
    /// How many bytes of documents a tenant may have; 0: no limit. `SAMFLYT_ARCHIVE__TENANT_BYTES_MAX`
    pub tenant_bytes_max: u64,
    /// How many uploads a tenant may have begun and not finished. `SAMFLYT_ARCHIVE__UPLOADS_OPEN_MAX`
    pub uploads_open_max: u32,
    /// Formats that are approved for deposit: a media type, or the beginning of a profile (`PDF/A`).
    /// `SAMFLYT_ARCHIVE__APPROVED_FORMATS`
    pub approved_formats: Vec<String>,
    /// What becomes of any other format. `SAMFLYT_ARCHIVE__OTHER_FORMATS`
    pub other_formats: OtherFormats,
    /// Fiks Arkiv messages. `SAMFLYT_ARCHIVE__MESSAGES__…`
    pub messages: MessagesConfig,
    /// What the public sees of the journal. `SAMFLYT_ARCHIVE__PUBLIC_JOURNAL__…`
    pub public_journal: PublicJournalConfig,
    /// Limits of single tenants, by id; what is left out is as above.
    /// `SAMFLYT_ARCHIVE__TENANTS__<TENANT>__DOCUMENT_BYTES_MAX`
    pub tenants: BTreeMap<String, TenantLimits>,
    /// Who may see records that are shielded, besides who deposited them and administrators.
    pub access: Vec<AccessConfig>,
    /// Arkivdeler that another archive keeps.
    pub external: Vec<ExternalConfig>,
    /// Code lists that are the archive's own, by name, and further codes of `dokumenttype`: code and what it is called. A list
    /// that is given replaces the usual one.
    pub kodelister: BTreeMap<String, BTreeMap<String, String>>,
    /// How many hits one answer to a search has at most. `SAMFLYT_ARCHIVE__SOK_TAKE_MAX`
    pub sok_take_max: u32,
}

/// What becomes of a document whose format is not approved for deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OtherFormats {
    /// It is stored, and its receipt warns.
    Warn,
    /// It is refused.
    Refuse,
}

/// Limits of one tenant that differ from everybody's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TenantLimits {
    pub document_bytes_max: Option<u64>,
    pub tenant_bytes_max: Option<u64>,
    pub uploads_open_max: Option<u32>,
}

/// What holds for one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub document_bytes_max: u64,
    /// None: no limit.
    pub tenant_bytes_max: Option<u64>,
    pub uploads_open_max: u32,
}

impl Default for ArchiveConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::new(),
            cache_mib: 32,
            upload_kept_s: 3 * 24 * 3_600,
            document_bytes_max: 5 * 1024 * 1024 * 1024,
            tenant_bytes_max: 0,
            uploads_open_max: 256,
            approved_formats: [
                "PDF/A",
                "text/plain",
                "application/xml",
                "image/tiff",
                "image/jpeg",
                "image/png",
                "text/vnd.sosi",
                "video/mpeg",
                "audio/mpeg",
                "audio/x-wav",
            ]
            .map(str::to_owned)
            .to_vec(),
            other_formats: OtherFormats::Warn,
            messages: MessagesConfig::default(),
            public_journal: PublicJournalConfig::default(),
            tenants: BTreeMap::new(),
            access: Vec::new(),
            external: Vec::new(),
            kodelister: BTreeMap::new(),
            sok_take_max: 1000,
        }
    }
}

impl ArchiveConfig {
    /// The code lists that are the archive's own.
    pub(crate) fn code_lists(&self) -> Kodelister {
        let mut lists = usual_kodelister();
        lists.extend(self.kodelister.clone());
        lists
    }

    pub(crate) fn limits(&self, tenant: &TenantId) -> Limits {
        let own = self.tenants.get(tenant.as_str()).cloned().unwrap_or_default();
        let bytes_max = own.tenant_bytes_max.unwrap_or(self.tenant_bytes_max);
        Limits {
            document_bytes_max: own.document_bytes_max.unwrap_or(self.document_bytes_max),
            tenant_bytes_max: Some(bytes_max).filter(|max| *max > 0),
            uploads_open_max: own.uploads_open_max.unwrap_or(self.uploads_open_max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_own_limit_is_its_own_and_the_rest_is_everybodys() {
        let own = TenantLimits { document_bytes_max: Some(7), ..TenantLimits::default() };
        let config = ArchiveConfig {
            tenants: [("seljord".to_owned(), own)].into(),
            tenant_bytes_max: 9,
            ..ArchiveConfig::default()
        };
        let limits = config.limits(&TenantId::new("seljord").unwrap());
        assert_eq!((limits.document_bytes_max, limits.tenant_bytes_max), (7, Some(9)));
        let others = config.limits(&TenantId::new("vinje").unwrap());
        assert_eq!(others.document_bytes_max, 5_368_709_120);
    }
}
