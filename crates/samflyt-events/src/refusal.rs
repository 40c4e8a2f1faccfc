//! Failing is explained (promise 8): why something was refused, where, by which rule, and what to do.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The stable reasons. They are part of the API: none is ever renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    TokenMissing,
    TokenInvalid,
    NotGranted,
    SystemUnknown,
    TypeUnknown,
    EnvelopeInvalid,
    ContractVersionUnknown,
    ContractViolated,
    TimeInFuture,
    TooLarge,
    IdReused,
    LogUnavailable,
    IndexBehind,
    LimitReached,
    RequestInvalid,
    ContractInvalid,
    ResourceInvalid,
    NotFound,
    AlreadyExists,
    Conflict,
    OffsetWrong,
    UploadIncomplete,
    DigestMismatch,
    DocumentEmpty,
    FormatNotApproved,
    QuotaReached,
    DocumentDamaged,
    StoreUnavailable,
    ArchiveUnavailable,
}

impl Reason {
    /// As it stands in `ErrorInfo.reason` and in problem documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TokenMissing => "TOKEN_MISSING",
            Self::TokenInvalid => "TOKEN_INVALID",
            Self::NotGranted => "NOT_GRANTED",
            Self::SystemUnknown => "SYSTEM_UNKNOWN",
            Self::TypeUnknown => "TYPE_UNKNOWN",
            Self::EnvelopeInvalid => "ENVELOPE_INVALID",
            Self::ContractVersionUnknown => "CONTRACT_VERSION_UNKNOWN",
            Self::ContractViolated => "CONTRACT_VIOLATED",
            Self::TimeInFuture => "TIME_IN_FUTURE",
            Self::TooLarge => "TOO_LARGE",
            Self::IdReused => "ID_REUSED",
            Self::LogUnavailable => "LOG_UNAVAILABLE",
            Self::IndexBehind => "INDEX_BEHIND",
            Self::LimitReached => "LIMIT_REACHED",
            Self::RequestInvalid => "REQUEST_INVALID",
            Self::ContractInvalid => "CONTRACT_INVALID",
            Self::ResourceInvalid => "RESOURCE_INVALID",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::Conflict => "CONFLICT",
            Self::OffsetWrong => "OFFSET_WRONG",
            Self::UploadIncomplete => "UPLOAD_INCOMPLETE",
            Self::DigestMismatch => "DIGEST_MISMATCH",
            Self::DocumentEmpty => "DOCUMENT_EMPTY",
            Self::FormatNotApproved => "FORMAT_NOT_APPROVED",
            Self::QuotaReached => "QUOTA_REACHED",
            Self::DocumentDamaged => "DOCUMENT_DAMAGED",
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
            Self::ArchiveUnavailable => "ARCHIVE_UNAVAILABLE",
        }
    }

    /// Whether the same request may succeed later without anything being mended by its sender.
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::LogUnavailable
                | Self::IndexBehind
                | Self::LimitReached
                | Self::Conflict
                | Self::StoreUnavailable
                | Self::ArchiveUnavailable
        )
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// JSON pointer into the CloudEvent in structured form: `/data/amount`, `/id`.
    pub field: String,
    /// The rule that was broken, without the value that broke it.
    pub rule: String,
    /// What to do.
    pub advice: String,
}

impl Violation {
    pub fn new(field: impl Into<String>, rule: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { field: field.into(), rule: rule.into(), advice: advice.into() }
    }
}

/// Why a request was refused, as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", reason.as_str())]
pub struct Refusal {
    pub reason: Reason,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
}

impl Refusal {
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        let retry_after = reason.is_passing().then_some(Duration::from_secs(1));
        Self { reason, message: message.into(), violations: Vec::new(), retry_after }
    }

    /// A refusal with one violation, whose rule is the message.
    pub fn of_field(reason: Reason, field: &str, rule: impl Into<String>, advice: impl Into<String>) -> Self {
        let rule = rule.into();
        let message =
            if field.is_empty() { format!("the request {rule}") } else { format!("`{field}` {rule}") };
        Self { violations: vec![Violation::new(field, rule, advice)], ..Self::new(reason, message) }
    }

    /// The one answer to everything that the caller may not do or may not know of.
    pub fn not_granted() -> Self {
        Self::new(
            Reason::NotGranted,
            "no grant of the registry covers this caller, tenant, system and scope; \
             ask the operator for one (`samflyt registry grant give`)",
        )
    }
}
