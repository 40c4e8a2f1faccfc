//! The endringslogg: every correction, with the old value, who and when.

use serde_json::{Value, json};

use crate::noark5::said::{name, text};
use crate::noark5::words;
use crate::unit::{Edit, Unit};

const NOTHING: &str = "Ingen verdi";

/// When something was changed, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'c> {
    /// As `xs:dateTime`.
    pub at: &'c str,
    pub by: &'c str,
}

/// The entries of some edits of a unit.
pub fn endringer(unit: &Unit, edits: &[Edit], changed: Changed<'_>) -> Vec<Value> {
    edits.iter().map(|edit| endring(unit, edit, changed)).collect()
}

/// The entry of a unit that was moved.
pub fn moved(unit: &str, from: Option<&str>, to: &str, changed: Changed<'_>) -> Value {
    json!({
        "referanseArkivenhet": unit, "referanseMetadata": "referanseForelder", "endretDato": changed.at,
        "endretAv": changed.by, "tidligereVerdi": from.unwrap_or(NOTHING), "nyVerdi": to,
    })
}

fn endring(unit: &Unit, edit: &Edit, changed: Changed<'_>) -> Value {
    let (of, member, list) = place(unit, &edit.path);
    json!({
        "referanseArkivenhet": of, "referanseMetadata": member, "endretDato": changed.at, "endretAv": changed.by,
        "tidligereVerdi": said(&list, edit.old.as_ref()), "nyVerdi": said(&list, edit.new.as_ref()),
    })
}

/// The unit that a pointer leads into, the names on the way from there, and the last of them.
fn place(unit: &Unit, path: &str) -> (String, String, String) {
    let mut of = unit.system_id.as_str();
    let mut at = Some(&unit.doc);
    let mut names: Vec<&str> = Vec::new();
    for step in path.split('/').skip(1) {
        at = at.and_then(|value| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            value => value.get(step),
        });
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            let is_unit = matches!(names.last(), Some(&("dokumentbeskrivelse" | "dokumentobjekt")));
            if let Some(id) = at.filter(|_| is_unit).and_then(|value| text(value, "systemID")) {
                of = id;
                names.clear();
            }
        } else {
            names.push(step);
        }
    }
    if names.len() > 1 && names.last() == Some(&"kode") {
        names.pop();
    }
    let list = names.last().copied().unwrap_or_default().to_owned();
    let member = if names.is_empty() { "dokumentbeskrivelse".to_owned() } else { names.join("/") };
    (of.to_owned(), member, list)
}

/// A value in words.
fn said(list: &str, value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => {
            words::of_code(list, text).map(str::to_owned).or_else(|| Some(text.clone()))
        }
        Some(value) if value.get("kode").is_some() => words::word(list, value),
        Some(value) => name(value).map(str::to_owned).or_else(|| Some(value.to_string())),
    };
    text.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| NOTHING.to_owned())
}
