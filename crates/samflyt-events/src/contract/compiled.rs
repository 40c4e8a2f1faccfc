//! A contract ready to check data against.

use jsonschema::{Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind as Kind};
use serde_json::Value;

use super::{Contract, ContractError, values_at};
use crate::{EntityId, Refusal, Violation, personal::holds_identity_number, refusal::Reason};

/// How many violations of one event are told.
const VIOLATIONS_MAX: usize = 20;
/// The largest automaton that a regular expression may compile to, in bytes.
const PATTERN_AUTOMATON_BYTES_MAX: usize = 1 << 20;

/// A contract and its compiled schema. Checking is linear in the data: expressions do not backtrack.
#[derive(Debug)]
pub struct CompiledContract {
    pub contract: Contract,
    validator: Validator,
}

impl CompiledContract {
    /// # Errors
    /// [`ContractError::Schema`] with the place in the schema.
    pub fn new(contract: Contract) -> Result<Self, ContractError> {
        let validator = Self::compile_schema(&contract.schema)?;
        Ok(Self { contract, validator })
    }

    pub(super) fn compile_schema(schema: &Value) -> Result<Validator, ContractError> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_AUTOMATON_BYTES_MAX))
            .build(schema)
            .map_err(|error| ContractError::Schema {
                pointer: error.instance_path().to_string(),
                message: error.to_string(),
            })
    }

    /// Checks the data, and that neither the entity nor any other attribute in clear names a person.
    ///
    /// # Errors
    /// `CONTRACT_VIOLATED` with at most 20 violations; none repeats a value.
    pub fn check(&self, data: &Value, entity: &EntityId, in_clear: &[&str]) -> Result<(), Refusal> {
        if self.validator.is_valid(data) && self.names_match(data, entity, in_clear).is_none() {
            return Ok(());
        }
        let schema = self.validator.iter_errors(data).map(|error| violation(&error));
        let violations: Vec<Violation> =
            schema.chain(self.names_match(data, entity, in_clear)).take(VIOLATIONS_MAX).collect();
        let message = format!(
            "the data does not keep to contract {} {}: {} violation(s), first at `{}`",
            self.contract.kind,
            self.contract.version,
            violations.len(),
            violations.first().map_or("", |violation| &violation.field),
        );
        Err(Refusal { violations, ..Refusal::new(Reason::ContractViolated, message) })
    }

    fn names_match(&self, data: &Value, entity: &EntityId, in_clear: &[&str]) -> Option<Violation> {
        if let Some(pointer) = &self.contract.entity
            && values_at(data, pointer).iter().any(|value| value.as_str() != Some(entity.as_str()))
        {
            let rule = format!("differs from `/data{pointer}`, which by the contract names the entity");
            return Some(Violation::new("/subject", rule, "give the entity's id in both"));
        }
        for pointer in &self.contract.persons {
            for name in values_at(data, pointer).iter().filter_map(|value| value.as_str()) {
                let told = |attribute: &str| name.len() >= 4 && attribute.contains(name);
                if told(entity.as_str()) || in_clear.iter().any(|attribute| told(attribute)) {
                    let rule = format!("holds the person named at `/data{pointer}`");
                    return Some(Violation::new("/subject", rule, "name the case, never the person"));
                }
            }
        }
        None
    }
}

fn violation(error: &ValidationError<'_>) -> Violation {
    let mut field = format!("/data{}", error.instance_path());
    if holds_identity_number(&field) {
        "/data/…".clone_into(&mut field);
    }
    let (rule, advice) = explain(error.kind());
    Violation::new(field, rule, advice)
}

/// The rule in words. Built from the schema alone, so that no value of the data can slip in.
fn explain(kind: &Kind) -> (String, &'static str) {
    const MEND: &str = "send a value that keeps to the contract";
    match kind {
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => (
            "has members that the contract does not know".to_owned(),
            "leave them out, or publish a contract version that has them",
        ),
        Kind::Required { property } => (format!("lacks the required member {property}"), "send it"),
        Kind::Type { kind } => {
            let types = match kind {
                jsonschema::error::TypeKind::Single(one) => one.to_string(),
                jsonschema::error::TypeKind::Multiple(set) => {
                    set.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or ")
                }
            };
            (format!("is not of type {types}"), MEND)
        }
        Kind::Enum { options } => (format!("is none of {options}"), "send one of them"),
        Kind::Constant { expected_value } => (format!("is not {expected_value}"), MEND),
        Kind::Pattern { pattern } => (format!("does not match the pattern `{pattern}`"), MEND),
        Kind::Format { format } => (format!("is not of the format `{format}`"), MEND),
        Kind::MinLength { limit } => (format!("is shorter than {limit} characters"), MEND),
        Kind::MaxLength { limit } => (format!("is longer than {limit} characters"), MEND),
        Kind::Minimum { limit } => (format!("is less than {limit}"), MEND),
        Kind::Maximum { limit } => (format!("is more than {limit}"), MEND),
        Kind::ExclusiveMinimum { limit } => (format!("is not more than {limit}"), MEND),
        Kind::ExclusiveMaximum { limit } => (format!("is not less than {limit}"), MEND),
        Kind::MinItems { limit } => (format!("has fewer than {limit} items"), MEND),
        Kind::MaxItems { limit } => (format!("has more than {limit} items"), MEND),
        Kind::UniqueItems => ("has an item twice".to_owned(), MEND),
        other => (format!("breaks the rule `{}` of the schema", other.keyword()), MEND),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{EventType, contract::template};

    fn compiled() -> CompiledContract {
        CompiledContract::new(template(&EventType::new("case.opened").unwrap())).unwrap()
    }

    fn entity() -> EntityId {
        EntityId::new("2026/17").unwrap()
    }

    #[test]
    fn a_violation_names_field_rule_and_advice_and_never_the_value() {
        let data = json!({"case": "2026/17", "applicant": "SECRET-VALUE", "01810112345": "SECRET"});
        let refusal = compiled().check(&data, &entity(), &[]).unwrap_err();
        assert_eq!(refusal.reason, Reason::ContractViolated);
        let fields: Vec<_> = refusal.violations.iter().map(|v| v.field.as_str()).collect();
        assert!(fields.contains(&"/data/applicant"), "{fields:?}");
        assert!(refusal.violations.iter().any(|v| v.rule.contains("^[0-9]{11}$")));
        let told = serde_json::to_string(&refusal).unwrap();
        assert!(!told.contains("SECRET") && !told.contains("01810112345"), "{told}");
    }

    #[test]
    fn the_entity_is_what_the_contract_says_and_never_the_person() {
        let data = json!({"case": "2026/17", "applicant": "12345678901"});
        assert_eq!(compiled().check(&data, &entity(), &["id-1"]), Ok(()));
        let other = EntityId::new("2026/18").unwrap();
        assert_eq!(compiled().check(&data, &other, &[]).unwrap_err().violations[0].field, "/subject");
        assert!(compiled().check(&data, &entity(), &["id-12345678901"]).is_err());
    }

    #[test]
    fn a_pattern_that_would_backtrack_elsewhere_is_checked_in_linear_time() {
        let mut contract = template(&EventType::new("case.opened").unwrap());
        contract.schema = json!({"properties": {"case": {"pattern": "^(a+)+$"}}});
        let data = json!({ "case": format!("{}b", "a".repeat(100_000)) });
        assert!(CompiledContract::new(contract).unwrap().check(&data, &entity(), &[]).is_err());
    }
}
