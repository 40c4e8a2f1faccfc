//! What the records know and the schema of the extraction has no element for: *virksomhetsspesifikke metadata*, in the
//! words of Fiks Arkiv.

use quick_xml::escape::escape;
use serde_json::Value;

use crate::noark5::said::text;

const MEMBER: &str = "virksomhetsspesifikkeMetadata";
const NAMESPACE: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivstruktur/v1";

/// The XML inside `virksomhetsspesifikkeMetadata`: what was there, and the members that have no other place.
pub(super) fn beyond(doc: &Value, members: &[&str]) -> Option<Value> {
    let mut xml = text(doc, MEMBER).unwrap_or_default().to_owned();
    for member in members {
        if let Some(value) = doc.get(*member) {
            elements(&mut xml, member, value, &format!(" xmlns=\"{NAMESPACE}\""));
        }
    }
    (!xml.is_empty()).then_some(Value::String(xml))
}

fn elements(xml: &mut String, name: &str, value: &Value, attribute: &str) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| elements(xml, name, item, attribute)),
        Value::Object(members) => {
            xml.push_str(&format!("<{name}{attribute}>"));
            members.iter().for_each(|(name, value)| elements(xml, name, value, ""));
            xml.push_str(&format!("</{name}>"));
        }
        Value::Null => {}
        Value::String(text) => leaf(xml, name, attribute, text),
        other => leaf(xml, name, attribute, &other.to_string()),
    }
}

fn leaf(xml: &mut String, name: &str, attribute: &str, text: &str) {
    xml.push_str(&format!("<{name}{attribute}>{}</{name}>", escape(text)));
}
