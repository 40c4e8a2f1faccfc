//! What a contract document must fulfil before it may be published.

use serde_json::Value;

use super::schema::effort::{CHECKS_MAX, Explodes, bounded};
use super::schema::{Schema, escape, reach::may_hold};
use super::{CompiledContract, Contract};
use crate::{JsonError, json::parse_strict};

/// The largest contract document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// The deepest nesting of a schema.
const SCHEMA_DEPTH_MAX: usize = 32;
/// The longest regular expression in a schema, in bytes.
const PATTERN_BYTES_MAX: usize = 1024;

/// Why a document is not a contract. Contracts hold no personal data, so what is wrong is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    #[error(
        "the document has {bytes} bytes, more than {DOCUMENT_BYTES_MAX}: describe less, or split the event type"
    )]
    TooLarge { bytes: usize },
    #[error("the document {0}")]
    Json(JsonError),
    #[error("the document is not a contract: {0}; `samflyt registry contract new` writes a template")]
    Shape(String),
    #[error("`{pointer}` in `{place}` is not a JSON pointer (RFC 6901): it begins with `/`")]
    Pointer { place: &'static str, pointer: String },
    #[error("`{place}` is empty: say it, others decide on it")]
    Empty { place: &'static str },
    #[error("`legal_basis.gdpr` is empty though fields are personal: name the article of the GDPR")]
    NoBasis,
    #[error("the schema is nested deeper than {SCHEMA_DEPTH_MAX} levels")]
    TooDeep,
    #[error("the schema refers outside itself at `{pointer}`: only `#…` references are taken")]
    Reference { pointer: String },
    #[error("the regular expression at `{pointer}` has more than {PATTERN_BYTES_MAX} bytes")]
    Pattern { pointer: String },
    #[error(
        "the schema gives its part at `{pointer}` an `$id`: within it `#` would mean something else, so leave it out"
    )]
    InnerId { pointer: String },
    #[error("the schema refers to itself without getting any deeper: break the circle of references")]
    Circular,
    #[error(
        "the schema can take more than {CHECKS_MAX} checks of one value: refer to each part once, not in several branches"
    )]
    Costly,
    #[error("`{place}` names `{pointer}`, which the schema lacks: add it to the schema, or mend the pointer")]
    Lacking { place: &'static str, pointer: String },
    #[error("the schema is not valid at `{pointer}`: {message}")]
    Schema { pointer: String, message: String },
}

impl ContractError {
    /// JSON pointer into the document to what has to be mended.
    pub fn field(&self) -> String {
        match self {
            Self::TooLarge { .. } | Self::Json(_) | Self::Shape(_) => String::new(),
            Self::Pointer { place, .. } | Self::Lacking { place, .. } => format!("/{place}"),
            Self::Empty { place } => format!("/{}", place.replace('.', "/")),
            Self::NoBasis => "/legal_basis/gdpr".to_owned(),
            Self::TooDeep | Self::Circular | Self::Costly => "/schema".to_owned(),
            Self::Reference { pointer }
            | Self::Pattern { pointer }
            | Self::InnerId { pointer }
            | Self::Schema { pointer, .. } => format!("/schema{pointer}"),
        }
    }
}

impl Contract {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// [`ContractError`] names what to mend.
    pub fn parse(document: &[u8]) -> Result<Self, ContractError> {
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(ContractError::TooLarge { bytes: document.len() });
        }
        let value = parse_strict(document).map_err(ContractError::Json)?;
        let contract: Self =
            serde_json::from_value(value).map_err(|error| ContractError::Shape(error.to_string()))?;
        contract.check()?;
        Ok(contract)
    }

    fn check(&self) -> Result<(), ContractError> {
        for (place, pointer) in self.pointers() {
            if !pointer.starts_with('/') {
                return Err(ContractError::Pointer { place, pointer: pointer.clone() });
            }
        }
        for (place, text) in
            [("title", &self.title), ("purpose", &self.purpose), ("retention.class", &self.retention.class)]
        {
            if text.trim().is_empty() {
                return Err(ContractError::Empty { place });
            }
        }
        if self.legal_basis.gdpr.trim().is_empty() && self.personal_pointers().next().is_some() {
            return Err(ContractError::NoBasis);
        }
        check_schema(&self.schema, &mut String::new(), 0)?;
        let schema = Schema::new(&self.schema);
        bounded(&schema).map_err(|explodes| match explodes {
            Explodes::Circular => ContractError::Circular,
            Explodes::Costly => ContractError::Costly,
        })?;
        CompiledContract::compile_schema(&self.schema)?;
        match self.pointers().find(|(_, pointer)| !may_hold(&schema, pointer)) {
            Some((place, pointer)) => Err(ContractError::Lacking { place, pointer: pointer.clone() }),
            None => Ok(()),
        }
    }

    /// Each pointer into the data, with the member that it stands in.
    fn pointers(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let entity = self.entity.iter().map(|pointer| ("entity", pointer));
        let persons = self.persons.iter().map(|pointer| ("persons", pointer));
        entity.chain(persons).chain(self.fields.keys().map(|pointer| ("fields", pointer)))
    }
}

fn check_schema(schema: &Value, pointer: &mut String, depth: usize) -> Result<(), ContractError> {
    if depth > SCHEMA_DEPTH_MAX {
        return Err(ContractError::TooDeep);
    }
    let before = pointer.len();
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&escape(name));
                match (name.as_str(), member) {
                    ("$ref" | "$dynamicRef", Value::String(target)) if !target.starts_with('#') => {
                        return Err(ContractError::Reference { pointer: pointer.clone() });
                    }
                    ("$id", Value::String(_)) if depth > 0 => {
                        return Err(ContractError::InnerId { pointer: pointer.clone() });
                    }
                    ("pattern", Value::String(pattern)) if pattern.len() > PATTERN_BYTES_MAX => {
                        return Err(ContractError::Pattern { pointer: pointer.clone() });
                    }
                    _ => check_schema(member, pointer, depth + 1)?,
                }
                pointer.truncate(before);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                check_schema(item, pointer, depth + 1)?;
                pointer.truncate(before);
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{EventType, contract::template};

    fn with_schema(schema: Value) -> Result<Contract, ContractError> {
        let contract = Contract { schema, ..template(&EventType::new("case.opened").unwrap()) };
        Contract::parse(&contract.to_json())
    }

    #[test]
    fn the_template_is_a_contract() {
        let contract = template(&EventType::new("case.opened").unwrap());
        assert_eq!(Contract::parse(&contract.to_json()).unwrap(), contract);
    }

    #[test]
    fn a_contract_is_urgent_where_it_says_so_and_by_nothing_else_than_yes_or_no() {
        let plain = template(&EventType::new("case.opened").unwrap());
        let mut document = serde_json::to_value(&plain).unwrap();
        assert!(document.get("urgent").is_none() && !plain.urgent, "the ordinary is not written");
        document["urgent"] = json!(true);
        assert!(Contract::parse(document.to_string().as_bytes()).unwrap().urgent);
        document["urgent"] = json!("very");
        let refused = Contract::parse(document.to_string().as_bytes());
        assert!(matches!(refused, Err(ContractError::Shape(_))), "{refused:?}");
    }

    #[test]
    fn a_schema_that_refers_outside_explodes_or_backtracks_is_refused_with_its_place() {
        let mut deep = json!({});
        for _ in 0..40 {
            deep = json!({ "not": deep });
        }
        assert_eq!(with_schema(deep), Err(ContractError::TooDeep));
        let outside = json!({"properties": {"a": {"$ref": "https://example.invalid/x.json"}}});
        assert_eq!(
            with_schema(outside),
            Err(ContractError::Reference { pointer: "/properties/a/$ref".to_owned() })
        );
        let backtracks = json!({"properties": {"a": {"pattern": "^(?=a)(a+)+$"}}});
        assert!(matches!(with_schema(backtracks), Err(ContractError::Schema { .. })));
        let huge = json!({"pattern": "(a{1000}){1000}"});
        assert!(matches!(with_schema(huge), Err(ContractError::Schema { .. })));
        assert!(matches!(with_schema(json!({"type": "objekt"})), Err(ContractError::Schema { .. })));
    }

    #[test]
    fn a_schema_that_refers_to_itself_for_ever_or_doubles_with_each_level_is_refused_before_it_checks_anything()
     {
        let circle = json!({"type": "object", "properties": {"case": {"$ref": "#/properties/case"}}});
        assert_eq!(with_schema(circle), Err(ContractError::Circular));
        let twice = json!({"properties": {"case": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        assert_eq!(with_schema(twice), Err(ContractError::Costly));
        let inner = json!({"properties": {"case": {"$id": "urn:x", "$ref": "#"}}});
        assert_eq!(
            with_schema(inner),
            Err(ContractError::InnerId { pointer: "/properties/case/$id".to_owned() })
        );
    }

    #[test]
    fn a_pointer_to_what_the_schema_lacks_is_refused_wherever_it_stands() {
        let lacking = |change: fn(&mut Contract)| {
            let mut contract = template(&EventType::new("case.opened").unwrap());
            change(&mut contract);
            match Contract::parse(&contract.to_json()) {
                Err(error @ ContractError::Lacking { .. }) => error.field(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(lacking(|contract| contract.entity = Some("/cases".to_owned())), "/entity");
        assert_eq!(lacking(|contract| contract.persons.push("/applicant/id".to_owned())), "/persons");
        let misspelt = |contract: &mut Contract| {
            let field = contract.fields["/address"].clone();
            contract.fields.insert("/adress".to_owned(), field);
        };
        assert_eq!(lacking(misspelt), "/fields");
    }

    #[test]
    fn personal_fields_need_a_legal_basis() {
        let mut contract = template(&EventType::new("case.opened").unwrap());
        contract.legal_basis.gdpr = String::new();
        assert_eq!(Contract::parse(&contract.to_json()), Err(ContractError::NoBasis));
    }
}
