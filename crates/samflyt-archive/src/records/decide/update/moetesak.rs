//! `utredning`, `innstilling` and `vedtak` of a moetesak.

use serde_json::{Map, Value, json};

use super::super::create::complete;
use super::Updating;
use super::lists::each;

impl Updating<'_> {
    pub(super) fn moetesak(&mut self, doc: &mut Map<String, Value>, given: &Value, at: &str) {
        let members = ["saksbeskrivelse", "innstilling"];
        let element = "utredning";
        self.section(doc, given, ("utredning", element, "utredningsdokumenter"), &members, at);
        self.complete(doc, given, ("utredning", element), &["saksbeskrivelse", "innstilling"], at);
        let members = ["vedtakstekst", "votering", "behandlingsprotokoll", "dato"];
        let element = "vedtakOppdatering";
        self.section(doc, given, ("vedtak", element, "vedtaksdokumenter"), &members, at);
        // A message has one of them at most, so a vedtak begins with its text, and was made now unless the next one says when.
        if let Some(vedtak) = doc.get_mut("vedtak").and_then(Value::as_object_mut) {
            vedtak.entry("dato").or_insert_with(|| json!(self.moment()));
        }
        self.complete(doc, given, ("vedtak", element), &["vedtakstekst"], at);
        let Some(changes) = given.get("innstillingOppdatering") else { return };
        if is_deleted(changes) {
            doc.remove("innstilling");
        }
        super::plain(doc, changes, &["innstilling"]);
    }

    /// `documents` is the member that holds dokumentbeskrivelser: those of the message are added.
    fn section(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        (member, element, documents): (&str, &str, &str),
        members: &[&str],
        at: &str,
    ) {
        let Some(changes) = given.get(element) else { return };
        if is_deleted(changes) {
            doc.remove(member);
            return;
        }
        let mut kept = doc.remove(member).and_then(|kept| kept.as_object().cloned()).unwrap_or_default();
        super::plain(&mut kept, changes, members);
        for (described, at) in each(changes, documents, &format!("{at}/{element}")) {
            let number = kept.get(documents).and_then(Value::as_array).map_or(0, Vec::len) + 1;
            let described = self.described(described, number, &at);
            let list = kept.entry(documents).or_insert_with(|| json!([]));
            list.as_array_mut().into_iter().for_each(|list| list.push(described.clone()));
        }
        if !kept.is_empty() {
            doc.insert(member.to_owned(), Value::Object(kept));
        }
    }

    /// A part of a moetesak that a message begins has all that such a part has.
    fn complete(
        &mut self,
        doc: &Map<String, Value>,
        given: &Value,
        (member, element): (&str, &str),
        required: &[&str],
        at: &str,
    ) {
        let Some(kept) = doc.get(member).filter(|_| given.get(element).is_some()) else { return };
        for name in required.iter().filter(|name| kept.get(**name).is_none()) {
            let rule = format!("is missing, and a {member} has it");
            self.problem(format!("{at}/{element}/{name}"), rule, "give it first");
        }
    }

    fn described(&mut self, given: &Value, number: usize, at: &str) -> Value {
        if given.get("dokumentobjekt").is_some() {
            let advice = "send it by dokumentobjekt.opprett: an update comes without files";
            self.problem(format!("{at}/dokumentobjekt"), "brings a file into an update", advice);
        }
        let mut described = given.as_object().cloned().unwrap_or_default();
        let id = self.id();
        described.entry("systemID").or_insert(json!(id));
        complete(&mut described, number, &self.moment(), self.by.name());
        Value::Object(described)
    }
}

fn is_deleted(changes: &Value) -> bool {
    changes.get("oppdateringstype") == Some(&json!("Slett"))
}
