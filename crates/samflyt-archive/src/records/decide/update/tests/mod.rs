//! What changes, what does not, and what a change leaves behind.

mod classes;
mod closing;
mod documents;
mod elements;
mod frozen;
mod items;
mod lists;
mod meetings;
mod moving;
mod random;
mod status;

use samflyt_events::TenantId;
use samflyt_noark::fiks::Schema;
use samflyt_noark::unit::Kind;
use samflyt_noark::{read, write};
use serde_json::{Value, json};

pub(crate) use self::closing::close_arkivdel;
use super::{Update, update};
use crate::access::Viewer;
use crate::innsyn::testing::assert_valid;
use crate::innsyn::{mappe_hent, registrering_hent};
use crate::records::Decision;
use crate::records::decide::Trouble;
use crate::records::testing::{Archive, NOW, actor, problems};

/// Sends a document of `arkivmeldingOppdatering`, which must be of its grammar.
pub(super) async fn send(archive: &mut Archive, doc: Value) -> Result<Decision, Trouble> {
    let by = actor();
    let root = Schema::ArkivmeldingOppdater.root();
    assert_eq!(read::json(&doc, root.content, ""), Ok(()), "{doc:#}");
    archive.carry_out(|records, ids| update(records, &Update { doc: &doc, by: &by, now: NOW }, ids)).await
}

/// Changes of a saksmappe, or of what `@type` says.
pub(crate) async fn mappe(archive: &mut Archive, id: &str, changes: Value) -> Result<Decision, Trouble> {
    let mut given = json!({"@type": "saksmappeOppdatering", "referanseTilMappe": {"systemID": id}});
    extend(&mut given, changes);
    send(archive, json!({"mappeOppdateringer": given})).await
}

/// Changes of a journalpost, or of what `@type` says.
pub(super) async fn post(archive: &mut Archive, id: &str, changes: Value) -> Result<Decision, Trouble> {
    let mut given = json!({"@type": "journalpostOppdatering", "referanseTilRegistrering": {"systemID": id}});
    extend(&mut given, changes);
    send(archive, json!({"registreringOppdateringer": given})).await
}

/// Changes of the first dokumentbeskrivelse of a registrering.
pub(super) async fn document(archive: &mut Archive, of: &str, changes: Value) -> Result<Decision, Trouble> {
    let id = doc(archive, of)["dokumentbeskrivelse"][0]["systemID"].clone();
    let mut given = json!({"referanseTilDokumentbeskrivelse": {"systemID": id},
        "tilknyttetRegistreringSom": {"kode": "H"}});
    extend(&mut given, changes);
    send(archive, json!({"dokumentbeskrivelseOppdateringer": given})).await
}

fn extend(doc: &mut Value, more: Value) {
    let (Value::Object(doc), Value::Object(more)) = (doc, more) else { panic!("no object") };
    doc.extend(more);
}

pub(super) fn doc(archive: &Archive, id: &str) -> Value {
    archive.unit(id).unit.doc
}

/// Where the only problem of a refusal is.
pub(super) fn place(refused: Result<Decision, Trouble>) -> String {
    let mut problems = problems(refused);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0).0
}

/// Who sees everything.
pub(crate) fn administrator() -> Viewer {
    let tenant = TenantId::new("seljord").unwrap();
    Viewer::new(&[], &tenant, "964963193", None, true, NOW)
}

/// What an administrator gets who asks for a mappe or registrering.
pub(crate) fn shown(archive: &Archive, id: &str) -> (Schema, &'static str, Value) {
    let (viewer, records) = (administrator(), archive.records());
    let reference = json!({"systemID": id});
    if archive.unit(id).unit.kind == Kind::Mappe {
        let answer = mappe_hent(&records, &viewer, &json!({"referanseTilMappe": reference})).unwrap();
        return (Schema::MappeHentResultat, "no.ks.fiks.arkiv.v1.innsyn.mappe.hent.resultat.xsd", answer);
    }
    let request = json!({"referanseTilRegistrering": reference});
    let answer = registrering_hent(&records, &viewer, &request).unwrap();
    let file = "no.ks.fiks.arkiv.v1.innsyn.registrering.hent.resultat.xsd";
    (Schema::RegistreringHentResultat, file, answer)
}

/// What is there can be written, and is read as it was.
pub(crate) fn assert_written(archive: &Archive, id: &str) {
    let (schema, _, answer) = shown(archive, id);
    let xml = write::document(schema.root(), &answer).unwrap_or_else(|error| panic!("{error}\n{answer:#}"));
    // The reader names the type of every element that has several.
    let again = read::xml(xml.as_bytes(), schema.root()).unwrap_or_else(|wrong| panic!("{wrong:#?}\n{xml}"));
    assert!(holds(&again, &answer), "{xml}");
}

/// What is there is valid by the published schema.
pub(crate) fn assert_published(archive: &Archive, id: &str) {
    let (schema, file, answer) = shown(archive, id);
    assert_valid(schema, file, &answer);
}

/// Whether a value has all that is expected, and maybe more.
pub(super) fn holds(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) => expected
            .iter()
            .all(|(member, expected)| value.get(member).is_some_and(|value| holds(value, expected))),
        (Value::Array(value), Value::Array(expected)) => {
            value.len() == expected.len()
                && value.iter().zip(expected).all(|(value, expected)| holds(value, expected))
        }
        (value, expected) => value == expected,
    }
}

#[tokio::test]
async fn a_message_that_changes_nothing_and_one_about_nothing_are_refused() {
    let mut archive = Archive::with_structure().await;
    assert_eq!(place(send(&mut archive, json!({})).await), "");
    let unknown = "00000000-0000-4000-8000-00000000ffff";
    let refused = mappe(&mut archive, unknown, json!({"tittel": "x"})).await;
    assert!(matches!(refused, Err(Trouble::NotFound(_))), "{refused:?}");
    let id = archive.saksmappe(json!({})).await;
    let same = mappe(&mut archive, &id, json!({"tittel": "Sak"})).await.unwrap();
    assert_eq!(same.steps, []);
}

#[tokio::test]
async fn what_is_of_another_type_is_not_changed_as_this_one() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    let refused = mappe(&mut archive, &id, json!({"@type": "moetemappeOppdatering", "tittel": "x"})).await;
    assert_eq!(place(refused), "/mappeOppdateringer/@type");
    mappe(&mut archive, &id, json!({"@type": "mappeOppdatering", "tittel": "x"})).await.unwrap();
    assert_eq!(doc(&archive, &id)["tittel"], "x");
}

#[tokio::test]
async fn an_external_key_is_given_once_and_finds_what_has_it_from_then_on() {
    let mut archive = Archive::with_structure().await;
    let key = |noekkel: &str| json!({"fagsystem": "acos", "noekkel": noekkel});
    let first = archive.saksmappe(json!({"referanseEksternNoekkel": key("a")})).await;
    let second = archive.saksmappe(json!({})).await;
    let posts = [archive.journalpost(&first, json!({})).await, archive.journalpost(&first, json!({})).await];
    let refused = mappe(&mut archive, &second, json!({"referanseEksternNoekkel": key("a")})).await;
    assert_eq!(place(refused), "/mappeOppdateringer/referanseEksternNoekkel");
    // Its own again, and then another one: the first is free.
    for noekkel in ["a", "b"] {
        mappe(&mut archive, &first, json!({"referanseEksternNoekkel": key(noekkel)})).await.unwrap();
    }
    mappe(&mut archive, &second, json!({"referanseEksternNoekkel": key("a")})).await.unwrap();
    let by_key = |noekkel| archive.records().by_external_key(Kind::Mappe, "acos", noekkel).unwrap().unwrap();
    assert_eq!((by_key("b").unit.system_id, by_key("a").unit.system_id), (first, second));
    post(&mut archive, &posts[0], json!({"referanseEksternNoekkel": key("a")})).await.unwrap();
    let refused = post(&mut archive, &posts[1], json!({"referanseEksternNoekkel": key("a")})).await;
    assert_eq!(place(refused), "/registreringOppdateringer/referanseEksternNoekkel");
}
