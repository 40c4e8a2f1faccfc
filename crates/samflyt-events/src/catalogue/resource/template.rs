//! What `samflyt registry new` writes: a document of each kind that is valid as it is, and shows every member.

use serde_json::{Value, json};

use crate::catalogue::Kind;

/// A document to start from; none for what is not described by one.
pub fn template(kind: Kind) -> Option<Value> {
    Some(match kind {
        Kind::Product => json!({
            "id": "ephorte", "name": "ePhorte", "vendor": "The vendor", "versions": ["5.9", "6.0"],
            "functions": ["case-handling", "archive"], "information": ["cases", "journal entries", "documents"],
            "standards": ["Noark 5"], "interfaces": ["SOAP", "file drop"], "licence": "proprietary", "note": "A template",
        }),
        Kind::System => json!({
            "id": "seljord-ephorte", "host": "seljord", "product": "ephorte", "name": "ePhorte, Seljord",
            "version": "5.9", "environment": "joint operations centre", "platform": "Windows Server",
            "zone": "internal", "in_use_from": "2015-01-01", "criticality": "high", "service_level": "8–16 on workdays",
            "cost_per_year_nok": 310_000,
        }),
        Kind::Usage => json!({
            "system": "seljord-ephorte", "tenant": "seljord", "owner": "Head of administration",
            "administrator": "Head of archive", "super_users": ["Archive, town hall"],
            "contact": "archive@seljord.example", "cost_per_year_nok": 310_000,
            "processing": {
                "chain": [
                    {"name": "The operating company", "organisation": "964963282", "role": "operating company"},
                    {"name": "The vendor", "role": "vendor"},
                ],
                "storage": "Norway", "valid_until": "2027-12-31",
            },
            "risk_assessed_on": "2025-10-01", "impact_assessed_on": "2025-10-01",
        }),
        Kind::Process => json!({
            "id": "seljord-kindergarten-admission", "tenant": "seljord", "name": "Admission to kindergartens",
            "owner": "Kindergartens",
            "steps": [
                {"name": "The application arrives", "systems": ["seljord-oppvekst"],
                 "types": ["kindergarten.application-received"]},
                {"name": "The case is opened", "systems": ["seljord-ephorte"], "types": ["case.opened"]},
            ],
        }),
        Kind::Dataset => json!({
            "id": "seljord-kindergarten-children", "tenant": "seljord", "title": "Children in kindergartens",
            "description": "Who has a place where, and who their guardians are.",
            "concepts": ["person.name", "person.address"], "theme": "EDUC", "source": "seljord-oppvekst",
            "person_categories": ["children", "guardians"], "data_categories": ["contact details"],
            "recipients": ["the archive"],
            "transfers": [{"to": "none", "safeguards": "not applicable"}],
            "purpose": "Run the kindergartens",
            "legal_basis": {"gdpr": "6(1)(e)", "law": "barnehageloven § 16"},
            "retention": {"class": "kindergarten-case", "years": 10}, "accessibility": "non-public",
            "contact": "kindergartens@seljord.example", "keywords": ["kindergarten"],
        }),
        Kind::Service => json!({
            "id": "seljord-kindergarten-place", "tenant": "seljord", "name": "A place in a kindergarten",
            "description": "Guardians apply for a place for their child.", "systems": ["seljord-oppvekst"],
            "datasets": ["seljord-kindergarten-children"], "keywords": ["kindergarten"],
            "legal_basis": {"law": "barnehageloven § 16"}, "produces": "A decision on a place",
            "contact": "kindergartens@seljord.example", "page": "https://seljord.example/kindergarten",
        }),
        Kind::Agreement => json!({
            "id": "seljord-admission-to-archive", "tenant": "seljord", "provider": "seljord-oppvekst",
            "consumer": "seljord-ephorte", "types": ["kindergarten.application-received"],
            "purpose": "Open the case, keep the record", "legal_basis": {"gdpr": "6(1)(c)", "law": "arkivlova § 9"},
            "valid_from": "2026-01-01", "valid_until": "2027-12-31", "status": "draft",
        }),
        Kind::Change => json!({
            "id": "seljord-new-archive", "tenant": "seljord", "title": "Replace ePhorte",
            "action": {"do": "replace", "system": "seljord-ephorte", "by": "seljord-elements"},
            "gains": [{"kind": "cost", "amount": 90_000, "unit": "NOK per year", "owner": "Head of administration",
                       "measure_on": "2027-12-31"}],
            "status": "proposed",
        }),
        Kind::Controller => json!({
            "tenant": "seljord", "contact": "Seljord kommune, Brøløsvegen 13A, 3840 Seljord; post@seljord.example",
            "data_protection_officer": "personvernombud@seljord.example",
            "security": "Access by role, logging of every look, encryption in transit and at rest, yearly tests of recovery",
        }),
        Kind::Tenant | Kind::Contract | Kind::Grant => return None,
    })
}
