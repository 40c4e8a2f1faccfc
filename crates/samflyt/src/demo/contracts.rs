//! The contracts of the demo's event types, from `config/demo/contracts/`.

use samflyt_events::{Contract, contract::ContractError};

macro_rules! document {
    ($kind:literal) => {
        include_str!(concat!("../../../../config/demo/contracts/", $kind, ".json"))
    };
}

/// The contract documents as they are written, by event type.
pub const DOCUMENTS: &[&str] = &[
    document!("building.application-received"),
    document!("building.neighbours-notified"),
    document!("building.permit-granted"),
    document!("care.need-assessed"),
    document!("care.referral-received"),
    document!("care.service-decided"),
    document!("care.visit-carried-out"),
    document!("care.visit-planned"),
    document!("case.decided"),
    document!("case.opened"),
    document!("case.published"),
    document!("child-welfare.report-assessed"),
    document!("child-welfare.report-received"),
    document!("form.submitted"),
    document!("invoice.issued"),
    document!("invoice.requested"),
    document!("kindergarten.application-received"),
    document!("kindergarten.place-accepted"),
    document!("kindergarten.place-offered"),
    document!("municipal-fee.assessed"),
    document!("payroll.payment-ordered"),
    document!("payroll.run-started"),
    document!("payroll.salary-calculated"),
    document!("population.address-changed"),
    document!("property.building-registered"),
    document!("roster.hours-approved"),
    document!("roster.shift-worked"),
    document!("school.absence-registered"),
    document!("system.cut-over-completed"),
    document!("system.data-migrated"),
    document!("system.replacement-announced"),
];

/// The contracts that the demo publishes.
///
/// # Errors
/// Where a document is not a contract; the tests see that each is.
pub fn contracts() -> Result<Vec<Contract>, ContractError> {
    DOCUMENTS.iter().map(|document| Contract::parse(document.as_bytes())).collect()
}

/// Those, and those that the hub publishes itself.
///
/// # Errors
/// As [`contracts`].
pub fn all_contracts() -> Result<Vec<Contract>, ContractError> {
    let mut all = contracts()?;
    all.extend(samflyt_registry::own_contracts()?);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use samflyt_events::contract::Classification;

    use super::*;

    #[test]
    fn each_document_of_the_directory_is_a_contract() {
        let kinds: BTreeSet<String> =
            contracts().unwrap().iter().map(|contract| contract.kind.to_string()).collect();
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/demo/contracts");
        let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
        let files: BTreeSet<String> =
            files.map(|name| name.to_str().unwrap().strip_suffix(".json").unwrap().to_owned()).collect();
        assert_eq!(kinds, files);
        assert_eq!(kinds.len(), DOCUMENTS.len());
    }

    #[test]
    fn each_contract_says_its_entity_its_law_and_what_its_fields_mean() {
        for contract in contracts().unwrap() {
            let kind = &contract.kind;
            assert!(contract.entity.is_some(), "{kind}");
            assert!(!contract.legal_basis.law.is_empty(), "{kind}");
            assert_eq!(contract.schema["additionalProperties"], false, "{kind}");
            for property in contract.schema["properties"].as_object().unwrap().keys() {
                let pointer = format!("/{property}");
                let of_it = |known: &String| *known == pointer || known.starts_with(&format!("{pointer}/"));
                assert!(contract.fields.keys().any(of_it), "{kind}: nothing is known of {pointer}");
            }
            for person in &contract.persons {
                assert!(contract.fields[person].personal, "{kind}: {person}");
                assert_ne!(contract.classification, Classification::Open, "{kind}");
            }
        }
    }
}
