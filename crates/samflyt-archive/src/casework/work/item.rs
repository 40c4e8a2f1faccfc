//! One line of a work list: what an archivist needs to know of a registrering (krav 3.4.11, 3.4.15, 6.1.29).

use samflyt_noark::unit::Unit;
use samflyt_proto::archive as pb;
use serde_json::Value;

use super::Why;
use crate::records::decide::disposal::Due;
use crate::records::list;

pub(super) struct Named<'u> {
    pub registrering: &'u Unit,
    pub mappe: Option<&'u Unit>,
}

impl Named<'_> {
    /// The name of the administrativEnhet of the mappe, or what it is known by.
    pub fn administrativ_enhet(&self) -> String {
        self.mappe.map(|mappe| who(&mappe.doc, "administrativEnhet")).unwrap_or_default()
    }

    pub fn item(&self, why: &Why) -> pb::WorkItem {
        let unit = self.registrering;
        let text = |pointer: &str| unit.text(pointer).unwrap_or_default().to_owned();
        let of_mappe =
            |pointer: &str| self.mappe.and_then(|mappe| mappe.text(pointer)).unwrap_or_default().to_owned();
        let code = |member: &str| unit.code(member).unwrap_or_default().to_owned();
        let mut item = pb::WorkItem {
            system_id: unit.system_id.clone(),
            registrerings_id: text("/registreringsID"),
            title: text("/tittel"),
            journalposttype: code("journalposttype"),
            journalstatus: code("journalstatus"),
            journaldato: text("/journaldato"),
            dokumentets_dato: text("/dokumentetsDato"),
            forfallsdato: text("/forfallsdato"),
            journalenhet: text("/journalenhet"),
            mappe_id: of_mappe("/mappeID"),
            mappe_title: of_mappe("/tittel"),
            administrativ_enhet: self.administrativ_enhet(),
            saksansvarlig: self.mappe.map(|mappe| who(&mappe.doc, "saksansvarlig")).unwrap_or_default(),
            ..pb::WorkItem::default()
        };
        match why {
            Why::Unchecked => {}
            Why::Owing(parts) => {
                let name =
                    |index: &usize| unit.text(&format!("/korrespondansepart/{index}/korrespondansepartNavn"));
                item.owing = parts.iter().filter_map(name).map(str::to_owned).collect();
            }
            Why::Due(due) => {
                item.documents = documents(unit, due);
                item.held_back = due.held_back.unwrap_or_default().to_owned();
            }
        }
        item
    }
}

fn documents(unit: &Unit, due: &Due) -> Vec<pb::DisposableDocument> {
    let described = list(&unit.doc, "dokumentbeskrivelse");
    let of = due.documents.iter().filter_map(|document| Some((document, described.get(document.index)?)));
    of.map(|(document, described)| {
        let text =
            |member: &str| described.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        pb::DisposableDocument {
            system_id: text("systemID"),
            title: text("tittel"),
            rule: document.rule.stands_on.clone(),
            kassasjonshjemmel: document.rule.basis.clone().unwrap_or_default(),
            kassasjonsdato: document.since.to_string(),
            files: document.files.try_into().unwrap_or(u32::MAX),
        }
    })
    .collect()
}

/// The name of a unit or a person, or what it is known by.
pub(crate) fn who(doc: &Value, member: &str) -> String {
    let of = |name: &str| doc.get(member).and_then(|who| who.get(name)).and_then(Value::as_str);
    of("navn").or_else(|| of("identifikator")).unwrap_or_default().to_owned()
}
