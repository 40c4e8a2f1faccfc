//! Members that a message sets or takes away: by `oppdatering` (or `ny`) and `slett`.

use serde_json::{Map, Value, json};

use super::Updating;
use crate::records::fold::list;

/// `beskrivelse`.
pub(super) fn description(doc: &mut Map<String, Value>, given: &Value) {
    let Some(changes) = given.get("beskrivelse") else { return };
    if is_deleted(changes) {
        doc.remove("beskrivelse");
    }
    if let Some(text) = changes.get("oppdatering") {
        doc.insert("beskrivelse".to_owned(), text.clone());
    }
}

/// `virksomhetsspesifikkeMetadata`: what is new comes behind what is there, since nothing tells its parts apart.
pub(super) fn metadata(doc: &mut Map<String, Value>, changes: &Value) {
    let member = "virksomhetsspesifikkeMetadata";
    if is_deleted(changes) {
        doc.remove(member);
    }
    if let Some(new) = changes.get("ny").and_then(Value::as_str) {
        let kept = doc.get(member).and_then(Value::as_str).unwrap_or_default();
        doc.insert(member.to_owned(), json!(format!("{kept}{new}")));
    }
}

/// `presedens`: one of the same title and date is changed, and none goes away (krav 2.8.18).
pub(super) fn presedens(doc: &mut Map<String, Value>, given: &Value) {
    for new in list(given, "presedens") {
        let all = doc.entry("presedens").or_insert_with(|| json!([]));
        let Some(all) = all.as_array_mut() else { continue };
        let is_it =
            |kept: &&mut Value| ["tittel", "presedensDato"].iter().all(|of| kept.get(of) == new.get(of));
        match all.iter_mut().find(is_it) {
            Some(kept) => *kept = new.clone(),
            None => all.push(new.clone()),
        }
    }
}

impl Updating<'_> {
    /// `skjerming`, by the element that the message has for it.
    pub(super) fn access(&mut self, doc: &mut Map<String, Value>, given: &Value, element: &str, at: &str) {
        let required = ["tilgangsrestriksjon", "skjermingshjemmel"];
        self.object(doc, given, ("skjerming", element), &required, at);
    }

    /// `gradering`, by the element that the message has for it.
    pub(super) fn grading(&mut self, doc: &mut Map<String, Value>, given: &Value, element: &str, at: &str) {
        self.object(doc, given, ("gradering", element), &["grad"], at);
        if let Some(grading) = doc.get_mut("gradering").and_then(Value::as_object_mut) {
            let moment = self.moment();
            grading.entry("graderingsdato").or_insert_with(|| json!(moment));
            grading.entry("gradertAv").or_insert_with(|| json!(self.by.name()));
        }
    }

    fn object(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        (member, element): (&str, &str),
        required: &[&str],
        at: &str,
    ) {
        let Some(changes) = given.get(element) else { return };
        if is_deleted(changes) {
            doc.remove(member);
        }
        let Some(update) = changes.get("oppdatering").and_then(Value::as_object) else { return };
        let kept = doc.entry(member).or_insert_with(|| json!({}));
        let Some(kept) = kept.as_object_mut() else { return };
        kept.extend(update.clone());
        let missing: Vec<_> = required.iter().filter(|name| !kept.contains_key(**name)).collect();
        for name in missing {
            let at = format!("{at}/{element}/oppdatering/{name}");
            self.problem(at, format!("is missing, and a {member} has it"), "give it");
        }
    }
}

fn is_deleted(changes: &Value) -> bool {
    changes.get("slett") == Some(&Value::Bool(true))
}
