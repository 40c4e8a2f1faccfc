//! Reading a document, and what it must fulfil by itself. What it must fulfil beside others is decided in the registry.

use serde_json::Value;
use time::Date;

use super::{Agreement, Change, Dataset, Process, Resource, Service, System, Usage};
use crate::catalogue::Kind;
use crate::personal::holds_identity_number;
use crate::{Reason, Refusal, Violation, parse_strict};

/// The largest document of a resource, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 128 * 1024;
/// The longest text in it, in characters.
const TEXT_MAX: usize = 4_000;

const MEND: &str = "mend it and send it again";

impl Resource {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// `TOO_LARGE`; `RESOURCE_INVALID` with every violation, by JSON pointer.
    pub fn parse(kind: Kind, document: &[u8]) -> Result<Self, Refusal> {
        if document.len() > DOCUMENT_BYTES_MAX {
            let rule = format!("has {} bytes, more than {DOCUMENT_BYTES_MAX}", document.len());
            return Err(Refusal::of_field(Reason::TooLarge, "", rule, "describe less"));
        }
        let value = parse_strict(document)
            .map_err(|error| invalid(vec![Violation::new("", error.to_string(), "send a JSON object")]))?;
        Self::from_value(kind, value)
    }

    /// As [`Resource::parse`], of a value.
    ///
    /// # Errors
    /// `RESOURCE_INVALID` with every violation, by JSON pointer.
    pub fn from_value(kind: Kind, value: Value) -> Result<Self, Refusal> {
        let mut violations = Vec::new();
        check_texts(&value, &mut String::new(), &mut violations);
        if !violations.is_empty() {
            return Err(invalid(violations));
        }
        let resource = read(kind, value).map_err(|error| {
            let advice = format!("`samflyt registry new {}` writes a template", kind.as_str());
            invalid(vec![Violation::new("", format!("is not a {}: {error}", kind.as_str()), advice)])
        })?;
        let violations = resource.violations();
        if violations.is_empty() { Ok(resource) } else { Err(invalid(violations)) }
    }

    fn violations(&self) -> Vec<Violation> {
        let mut found = Found(Vec::new());
        match self {
            Self::Product(product) => found.text("/name", &product.name),
            Self::System(system) => found.system(system),
            Self::Usage(usage) => found.usage(usage),
            Self::Process(process) => found.process(process),
            Self::Dataset(dataset) => found.dataset(dataset),
            Self::Service(service) => found.service(service),
            Self::Agreement(agreement) => found.agreement(agreement),
            Self::Change(change) => found.change(change),
            Self::Controller(controller) => found.text("/contact", &controller.contact),
        }
        found.0
    }
}

fn read(kind: Kind, value: Value) -> Result<Resource, serde_json::Error> {
    Ok(match kind {
        Kind::Product => Resource::Product(serde_json::from_value(value)?),
        Kind::System => Resource::System(serde_json::from_value(value)?),
        Kind::Usage => Resource::Usage(serde_json::from_value(value)?),
        Kind::Process => Resource::Process(serde_json::from_value(value)?),
        Kind::Dataset => Resource::Dataset(serde_json::from_value(value)?),
        Kind::Service => Resource::Service(serde_json::from_value(value)?),
        Kind::Agreement => Resource::Agreement(serde_json::from_value(value)?),
        Kind::Change => Resource::Change(serde_json::from_value(value)?),
        Kind::Controller => Resource::Controller(serde_json::from_value(value)?),
        Kind::Tenant | Kind::Contract | Kind::Grant => {
            return Err(serde::de::Error::custom("it is not described by a document of this form"));
        }
    })
}

fn invalid(violations: Vec<Violation>) -> Refusal {
    let message = match violations.as_slice() {
        [only] if only.field.is_empty() => format!("the document {}", only.rule),
        [only] => format!("`{}` {}", only.field, only.rule),
        many => format!("{} members of the document are not as they should be", many.len()),
    };
    Refusal { violations, ..Refusal::new(Reason::ResourceInvalid, message) }
}

/// No text is overlong, and none names a person.
fn check_texts(value: &Value, pointer: &mut String, violations: &mut Vec<Violation>) {
    let before = pointer.len();
    match value {
        Value::String(text) if holds_identity_number(text) => {
            let advice = "name an office or a position, never a person";
            violations.push(Violation::new(
                pointer.as_str(),
                "holds what looks like a national identity number",
                advice,
            ));
        }
        Value::String(text) if text.len() > TEXT_MAX && text.chars().count() > TEXT_MAX => {
            let rule = format!("has more than {TEXT_MAX} characters");
            violations.push(Violation::new(pointer.as_str(), rule, "say it shorter"));
        }
        // The answer that an analysis was decided on: as lineage gave it, whatever is in it.
        Value::Object(_) if pointer == "/analysis" => {}
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                check_texts(member, pointer, violations);
                pointer.truncate(before);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                check_texts(item, pointer, violations);
                pointer.truncate(before);
            }
        }
        _ => {}
    }
}

struct Found(Vec<Violation>);

impl Found {
    fn say(&mut self, field: &str, rule: &str, advice: &str) {
        self.0.push(Violation::new(field, rule, advice));
    }

    fn text(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.say(field, "is empty", "say it, others decide on it");
        }
    }

    fn some<T>(&mut self, field: &str, list: &[T]) {
        if list.is_empty() {
            self.say(field, "is empty", "name at least one");
        }
    }

    /// Later dates do not come before earlier ones.
    fn order(&mut self, dates: &[(&str, Option<Date>)]) {
        let known: Vec<(&str, Date)> =
            dates.iter().filter_map(|(field, date)| Some((*field, (*date)?))).collect();
        for pair in known.windows(2) {
            if let [(earlier, before), (later, after)] = pair
                && after < before
            {
                self.say(later, &format!("comes before `{earlier}`"), "give the later date here");
            }
        }
    }

    fn system(&mut self, system: &System) {
        self.text("/product", &system.product);
        self.text("/name", &system.name);
        if system.replaced_by.as_ref() == Some(&system.id) {
            self.say("/replaced_by", "names the system itself", "name another");
        }
        self.order(&[
            ("/planned_from", system.planned_from),
            ("/in_use_from", system.in_use_from),
            ("/phased_out_from", system.phased_out_from),
            ("/retired_on", system.retired_on),
        ]);
    }

    fn usage(&mut self, usage: &Usage) {
        if let Some(processing) = &usage.processing {
            self.some("/processing/chain", &processing.chain);
            for (index, processor) in processing.chain.iter().enumerate() {
                self.text(&format!("/processing/chain/{index}/name"), &processor.name);
            }
        }
    }

    fn process(&mut self, process: &Process) {
        self.text("/name", &process.name);
        self.some("/steps", &process.steps);
        for (index, step) in process.steps.iter().enumerate() {
            self.text(&format!("/steps/{index}/name"), &step.name);
        }
    }

    fn dataset(&mut self, dataset: &Dataset) {
        self.text("/title", &dataset.title);
        self.text("/purpose", &dataset.purpose);
        if !dataset.person_categories.is_empty() && dataset.legal_basis.gdpr.trim().is_empty() {
            let rule = "is empty though the dataset concerns persons";
            self.say("/legal_basis/gdpr", rule, "name the article of the GDPR");
        }
    }

    fn service(&mut self, service: &Service) {
        self.text("/name", &service.name);
        self.text("/description", &service.description);
    }

    fn agreement(&mut self, agreement: &Agreement) {
        self.some("/types", &agreement.types);
        self.text("/purpose", &agreement.purpose);
        if agreement.provider == agreement.consumer {
            let advice = "name another: what a system keeps to itself needs no agreement";
            self.say("/consumer", "is the provider itself", advice);
        }
        self.order(&[("/valid_from", Some(agreement.valid_from)), ("/valid_until", agreement.valid_until)]);
    }

    fn change(&mut self, change: &Change) {
        self.text("/title", &change.title);
        if let super::Action::Replace { system, by } = &change.action
            && system == by
        {
            self.say("/action/by", "is the system itself", "name what takes its place");
        }
        for (index, gain) in change.gains.iter().enumerate() {
            self.text(&format!("/gains/{index}/kind"), &gain.kind);
            self.text(&format!("/gains/{index}/unit"), &gain.unit);
            self.text(&format!("/gains/{index}/owner"), &gain.owner);
        }
        if change.decision.is_some() != change.status.is_decided() {
            self.say("/decision", "does not go with `/status`", MEND);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::resource::template;

    fn fields(kind: Kind, document: &Value) -> Vec<String> {
        let refusal = Resource::from_value(kind, document.clone()).unwrap_err();
        assert_eq!(refusal.reason, Reason::ResourceInvalid);
        refusal.violations.into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn each_template_is_a_resource_of_its_kind_and_comes_back_from_json() {
        for kind in Kind::DESCRIBED {
            let document = template(kind).unwrap();
            let resource = Resource::from_value(kind, document.clone()).unwrap();
            assert_eq!(resource.kind(), kind);
            assert_eq!(resource.document(), document);
            let stored = serde_json::to_vec(&resource).unwrap();
            assert_eq!(serde_json::from_slice::<Resource>(&stored).unwrap(), resource);
        }
    }

    #[test]
    fn an_unknown_member_is_refused_by_name() {
        let mut product = template(Kind::Product).unwrap();
        product["vendr"] = json!("x");
        let refusal = Resource::from_value(Kind::Product, product).unwrap_err();
        assert!(refusal.message.contains("vendr"), "{}", refusal.message);
    }

    #[test]
    fn a_consumer_that_is_its_own_provider_and_a_backwards_period_are_both_told() {
        let mut agreement = template(Kind::Agreement).unwrap();
        agreement["consumer"] = agreement["provider"].clone();
        agreement["valid_until"] = json!("2001-01-01");
        assert_eq!(fields(Kind::Agreement, &agreement), ["/consumer", "/valid_until"]);
    }

    #[test]
    fn a_person_is_in_no_role() {
        let somebody = (0..9).find_map(|serial| crate::personal::synthetic(1, 1, 1, serial)).unwrap();
        let mut usage = template(Kind::Usage).unwrap();
        usage["super_users"] = json!([format!("Kari, {somebody}")]);
        assert_eq!(fields(Kind::Usage, &usage), ["/super_users/0"]);
    }

    #[test]
    fn dates_of_a_life_come_in_their_order() {
        let mut system = template(Kind::System).unwrap();
        system["in_use_from"] = json!("2026-05-01");
        system["retired_on"] = json!("2026-04-01");
        assert_eq!(fields(Kind::System, &system), ["/retired_on"]);
    }
}
