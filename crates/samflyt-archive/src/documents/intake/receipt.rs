//! What a sender may rely on: the document is on disk, and was read back.

use samflyt_events::Violation;
use samflyt_proto::{archive as pb, common};
use samflyt_runtime::refused::timestamp;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::Claim;
use crate::documents::digest::Digest;
use crate::documents::format::Policy;
use crate::documents::known::{Fact, Finding};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub tenant: String,
    pub digest: Digest,
    pub fact: Fact,
    pub approved: bool,
    pub already_there: bool,
    pub warnings: Vec<Violation>,
}

impl Receipt {
    pub fn new(policy: &Policy, claim: &Claim, fact: Fact, already_there: bool) -> Self {
        Self {
            tenant: claim.tenant.to_string(),
            digest: claim.digest,
            approved: policy.approves(&fact.format),
            warnings: policy.warnings(&fact.format),
            fact,
            already_there,
        }
    }

    pub fn message(&self) -> pb::Receipt {
        let warning = |v: &Violation| common::Violation {
            field: v.field.clone(),
            rule: v.rule.clone(),
            advice: v.advice.clone(),
        };
        pb::Receipt {
            document: Some(document(&self.tenant, self.digest, &self.fact, self.approved)),
            already_there: self.already_there,
            warnings: self.warnings.iter().map(warning).collect(),
        }
    }

    pub fn json(&self) -> Value {
        let time = |moment: time::OffsetDateTime| moment.format(&Rfc3339).unwrap_or_default();
        json!({
            "tenant": self.tenant,
            "sha256": self.digest.to_string(),
            "size": self.fact.size,
            "format": {
                "media_type": self.fact.format.media_type,
                "profile": self.fact.format.profile,
                "approved": self.approved,
            },
            "stored_at": time(self.fact.stored_at),
            "verified_at": time(self.fact.verified_at),
            "already_there": self.already_there,
            "warnings": self.warnings,
        })
    }
}

/// A document that was good when it was last read.
pub(crate) fn document(tenant: &str, digest: Digest, fact: &Fact, approved: bool) -> pb::Document {
    pb::Document {
        tenant: tenant.to_owned(),
        sha256: digest.to_string(),
        size: fact.size,
        format: Some(pb::Format {
            media_type: fact.format.media_type.clone(),
            profile: fact.format.profile.clone(),
            approved,
        }),
        stored_at: Some(timestamp(fact.stored_at)),
        verified_at: Some(timestamp(fact.verified_at)),
        finding: None,
    }
}

/// What is wrong with a document.
pub(crate) fn finding(digest: Digest, finding: &Finding, holders: Vec<pb::Holder>) -> pb::Finding {
    pb::Finding {
        sha256: digest.to_string(),
        kind: finding.kind.as_pb().into(),
        found_at: Some(timestamp(finding.found_at)),
        detail: finding.detail.clone(),
        holders,
    }
}
