//! What `samflyt registry contract new` writes: a contract that publishes as it is, and shows every part.

use serde_json::json;

use super::{
    ArchiveDuty, Classification, Compatibility, Contract, ContractVersion, Field, LegalBasis, Origin,
    Retention,
};
use crate::EventType;

/// A contract to start from.
pub fn template(kind: &EventType) -> Contract {
    let field =
        |concept: &str, origin, personal| Field { concept: Some(concept.to_owned()), origin, personal };
    Contract {
        kind: kind.clone(),
        version: ContractVersion { major: 1, minor: 0 },
        compatibility: Compatibility::Backward,
        title: format!("{} {}", kind.domain(), kind.event().replace('-', " ")),
        description: "What happened, and when a system publishes this event.".to_owned(),
        purpose: "What the information is used for.".to_owned(),
        legal_basis: LegalBasis { gdpr: "6(1)(e)".to_owned(), law: "forvaltningsloven § 17".to_owned() },
        classification: Classification::Internal,
        retention: Retention { class: "case".to_owned(), years: Some(10) },
        archive_duty: ArchiveDuty::Deposit,
        urgent: false,
        entity: Some("/case".to_owned()),
        persons: vec!["/applicant".to_owned()],
        fields: [
            ("/case".to_owned(), field("case.number", Origin::Derived, false)),
            ("/applicant".to_owned(), field("person.identifier", Origin::Collected, true)),
            ("/address".to_owned(), field("person.address", Origin::Collected, true)),
        ]
        .into(),
        schema: json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["case", "applicant"],
            "additionalProperties": false,
            "properties": {
                "case": {"type": "string", "minLength": 1, "maxLength": 128},
                "applicant": {"type": "string", "pattern": "^[0-9]{11}$"},
                "address": {"type": "string", "maxLength": 400}
            }
        }),
    }
}
