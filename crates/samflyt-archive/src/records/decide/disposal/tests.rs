use time::macros::{date, datetime};

use super::*;
use crate::records::decide::create::{Create, create_dokumentobjekt};
use crate::records::decide::update::{Update, update};
use crate::records::testing::{Archive, NOW, actor, file, problems};

const LATER: OffsetDateTime = datetime!(2031-05-04 10:00 UTC);

/// What is due of a registrering on a day.
fn due_on(archive: &Archive, id: &str, day: Date) -> Option<Due> {
    due(&mut Places::new(&archive.records()), &archive.unit(id).unit, day).unwrap()
}

async fn close(archive: &mut Archive, sak: &str) {
    let doc =
        json!({"mappeOppdateringer": {"referanseTilMappe": {"systemID": sak}, "saksstatus": {"kode": "A"}}});
    let by = actor();
    let closing = Update { doc: &doc, by: &by, now: NOW };
    archive.carry_out(|records, ids| update(records, &closing, ids)).await.unwrap();
}

async fn carry_out(archive: &mut Archive, ids: &[&str], decision: &str) -> Result<Decision, Trouble> {
    let registreringer: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let by = Actor { organisation: "964963193".to_owned(), system: None, user: Some("Arkivar".to_owned()) };
    let disposal = Disposal { registreringer: &registreringer, decision, by: &by, now: LATER };
    archive.carry_out(|records, ids| dispose(records, &disposal, ids)).await
}

fn archived(more: Value) -> Value {
    let mut doc = json!({"journalstatus": {"kode": "A"}});
    doc.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    doc
}

fn rule(decision: &str, date: &str) -> Value {
    json!({"kassasjonsvedtak": {"kode": decision}, "bevaringstid": 1, "kassasjonsdato": date})
}

/// A saksmappe in class K03.1, whose parent disposes after five years, with an archived entry; closed.
async fn closed_case(archive: &mut Archive, more: Value) -> (String, String) {
    let class = json!({"klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K03.1"}]});
    let sak = archive.saksmappe(class).await;
    let post = archive.journalpost(&sak, archived(more)).await;
    close(archive, &sak).await;
    (sak, post)
}

#[tokio::test]
async fn a_document_is_due_as_many_years_after_its_mappe_was_closed_as_a_class_above_says() {
    let mut archive = Archive::with_structure().await;
    let (_, post) = closed_case(&mut archive, json!({})).await;
    assert!(due_on(&archive, &post, date!(2031 - 05 - 03)).is_none());
    let found = due_on(&archive, &post, date!(2031 - 05 - 04)).unwrap();
    let [one] = found.documents.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.since, one.files, one.rule.stands_on.as_str()), (date!(2031 - 05 - 04), 1, "klasse K03"));
    assert_eq!(found.held_back, None);
}

#[tokio::test]
async fn what_stands_nearest_prevails_and_an_arkivdel_over_a_class() {
    let mut archive = Archive::with_structure().await;
    let class = json!({"arkivdel": {"kode": "PERSONAL"},
        "klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K03.1"}]});
    let far = date!(2100 - 01 - 01);
    let stands_on = |archive: &Archive, id: &str| {
        let one = due_on(archive, id, far).unwrap().documents.remove(0);
        (one.rule.stands_on, one.since)
    };
    let sak = archive.saksmappe(class.clone()).await;
    let by_arkivdel = archive.journalpost(&sak, archived(json!({}))).await;
    let by_itself = archive.journalpost(&sak, archived(json!({"kassasjon": rule("K", "2040-01-01")}))).await;
    let kept = archive.journalpost(&sak, archived(json!({"kassasjon": rule("B", "2026-01-01")}))).await;
    close(&mut archive, &sak).await;
    assert_eq!(stands_on(&archive, &by_arkivdel), ("arkivdel PERSONAL".to_owned(), date!(2036 - 05 - 04)));
    assert_eq!(stands_on(&archive, &by_itself), ("registreringen".to_owned(), date!(2040 - 01 - 01)));
    assert!(due_on(&archive, &kept, far).is_none());
    let mut own = class;
    own["kassasjon"] = rule("K", "2030-01-01");
    let sak = archive.saksmappe(own).await;
    let by_mappe = archive.journalpost(&sak, archived(json!({}))).await;
    close(&mut archive, &sak).await;
    assert_eq!(stands_on(&archive, &by_mappe), ("mappe 2026/2".to_owned(), date!(2030 - 01 - 01)));
}

#[tokio::test]
async fn a_document_has_a_rule_of_its_own() {
    let mut archive = Archive::with_structure().await;
    let described = |title: &str, kassasjon: Value| {
        json!({"tittel": title, "dokumentstatus": {"kode": "F"}, "kassasjon": kassasjon,
            "tilknyttetRegistreringSom": {"kode": if title == "a" { "H" } else { "V" }},
            "dokumentobjekt": [{"filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}]})
    };
    let all = [
        described("a", rule("B", "2026-01-01")),
        described("b", rule("K", "2029-01-01")),
        described("c", rule("G", "2026-01-01")),
    ];
    let (_, post) = closed_case(&mut archive, json!({"dokumentbeskrivelse": all})).await;
    let found = due_on(&archive, &post, date!(2029 - 01 - 01)).unwrap();
    let [one] = found.documents.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.index, one.rule.stands_on.as_str()), (1, "dokumentbeskrivelsen"));
    // Its neighbours keep their files, and with them the document that all three had.
    let deed = carry_out(&mut archive, &[&post], "Arkivplan 2031").await.unwrap();
    let doc = archive.unit(&post).unit.doc;
    let has_files = |index: usize| doc["dokumentbeskrivelse"][index].get("dokumentobjekt").is_some();
    assert_eq!([has_files(0), has_files(1), has_files(2)], [true, false, true]);
    assert_eq!((&deed.answer["released"], &deed.answer["kept"]), (&json!([]), &json!(1)));
    assert!(!deed.steps.iter().any(|step| matches!(step, Step::Released { .. })));
}

#[tokio::test]
async fn of_several_classes_one_that_keeps_prevails() {
    let mut archive = Archive::with_structure().await;
    let class = |id: &str| json!({"klassifikasjonssystemID": "FA", "klasseID": id});
    let sak = archive.saksmappe(json!({"klassifikasjon": [class("K03.1"), class("K01")]})).await;
    let post = archive.journalpost(&sak, archived(json!({}))).await;
    close(&mut archive, &sak).await;
    let far = date!(2100 - 01 - 01);
    assert!(due_on(&archive, &post, far).is_some(), "K01 says nothing");
    let keeps = json!({"kassasjonsvedtak": {"kode": "B"}});
    let known = archive.records();
    let system = known.klassifikasjonssystem("FA").unwrap().unwrap().unit.system_id;
    let stored = known.klasse(&system, "K01").unwrap().unwrap();
    let mut doc = stored.unit.doc.clone();
    doc["kassasjon"] = keeps;
    archive.take(edit::edited(&stored, &doc).into_iter().collect()).await;
    assert!(due_on(&archive, &post, far).is_none());
}

#[tokio::test]
async fn what_is_open_or_not_archived_is_held_back() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({"kassasjon": rule("K", "2026-01-01")})).await;
    let archived_post = archive.journalpost(&sak, archived(json!({}))).await;
    let journalised = archive.journalpost(&sak, json!({})).await;
    let withdrawn = archive.journalpost(&sak, json!({"journalstatus": {"kode": "U"}})).await;
    let why = |archive: &Archive, id: &str| due_on(archive, id, date!(2026 - 01 - 01)).unwrap().held_back;
    assert_eq!(why(&archive, &archived_post), Some("its mappe is open"));
    let said = problems(carry_out(&mut archive, &[&archived_post], "Vedtak").await);
    assert_eq!(
        said,
        [("/registreringer/0".to_owned(), "is due, and held back: its mappe is open".to_owned())]
    );
    close(&mut archive, &sak).await;
    assert_eq!(why(&archive, &archived_post), None);
    assert_eq!(why(&archive, &withdrawn), None);
    assert_eq!(why(&archive, &journalised), Some("it is not archived (A)"));
    let said = problems(carry_out(&mut archive, &[&archived_post, &journalised], "Vedtak").await);
    assert_eq!(said[0].0, "/registreringer/1");
    assert!(archive.unit(&archived_post).unit.doc["dokumentbeskrivelse"][0].get("dokumentobjekt").is_some());
}

#[tokio::test]
async fn the_deed_takes_the_files_and_leaves_the_metadata_which_say_when_by_whom_and_why() {
    let mut archive = Archive::with_structure().await;
    let (_, post) = closed_case(&mut archive, json!({})).await;
    let before = archive.unit(&post).unit.doc;
    let deed = carry_out(&mut archive, &[&post], " Arkivplan 2031, sak 31/4 ").await.unwrap();
    let digest = file("brev.pdf").digest;
    assert_eq!(deed.steps.last(), Some(&Step::Released { documents: vec![digest.clone()] }));
    assert_eq!(deed.answer["documents"], 1);
    let after = archive.unit(&post).unit.doc;
    let one = &after["dokumentbeskrivelse"][0];
    assert_eq!(one.get("dokumentobjekt"), None);
    let done = json!({"kassertDato": "2031-05-04T10:00:00Z", "kassertAv": "Arkivar"});
    assert_eq!(one["utfoertKassasjon"], done);
    assert_eq!(one["merknad"][0]["merknadstekst"], "Kassert: Arkivplan 2031, sak 31/4");
    let mut put_back = after.clone();
    put_back["dokumentbeskrivelse"] = before["dokumentbeskrivelse"].clone();
    assert_eq!(put_back, before, "all else is as it was");
    assert_eq!(archive.records().holders(&digest).count(), 0);
    assert!(due_on(&archive, &post, date!(2100 - 01 - 01)).is_none(), "it is done once");
}

#[tokio::test]
async fn a_document_that_another_record_refers_to_is_not_released_until_that_is_disposed_of_too() {
    let mut archive = Archive::with_structure().await;
    let (_, first) = closed_case(&mut archive, json!({})).await;
    let (_, second) = closed_case(&mut archive, json!({})).await;
    let released = |deed: &Decision| deed.answer["released"].as_array().unwrap().len();
    let alone = carry_out(&mut archive, &[&first], "Vedtak").await.unwrap();
    assert_eq!((released(&alone), &alone.answer["kept"]), (0, &json!(1)));
    assert_eq!(released(&carry_out(&mut archive, &[&second], "Vedtak").await.unwrap()), 1);
    // Both in one deed.
    let (_, third) = closed_case(&mut archive, json!({})).await;
    let (_, fourth) = closed_case(&mut archive, json!({})).await;
    let both = carry_out(&mut archive, &[&third, &fourth], "Vedtak").await.unwrap();
    assert_eq!((released(&both), &both.answer["registreringer"]), (1, &json!(2)));
}

#[tokio::test]
async fn a_deed_without_a_decision_or_of_what_is_not_due_is_refused_as_a_whole() {
    let mut archive = Archive::with_structure().await;
    let (_, post) = closed_case(&mut archive, json!({})).await;
    let sak = archive.saksmappe(json!({})).await;
    let kept = archive.journalpost(&sak, archived(json!({}))).await;
    let fields = |said: Vec<(String, String)>| said.into_iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(fields(problems(carry_out(&mut archive, &[&post], "  ").await)), ["/decision"]);
    assert_eq!(fields(problems(carry_out(&mut archive, &[], "Vedtak").await)), ["/registreringer"]);
    let twice = carry_out(&mut archive, &[&post, &post], "Vedtak").await;
    assert_eq!(fields(problems(twice)), ["/registreringer"]);
    let many = carry_out(&mut archive, &[&post, &kept, &sak], "Vedtak").await;
    assert_eq!(fields(problems(many)), ["/registreringer/1", "/registreringer/2"]);
    let ids: Vec<String> = (0..=AT_ONCE_MAX).map(|n| n.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(fields(problems(carry_out(&mut archive, &ids, "Vedtak").await))[0], "/registreringer");
    assert!(archive.unit(&post).unit.doc["dokumentbeskrivelse"][0].get("dokumentobjekt").is_some());
}

#[tokio::test]
async fn what_is_in_no_mappe_waits_for_its_arkivdel_to_be_closed() {
    let mut archive = Archive::with_structure().await;
    let note = json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "arkivdel": {"kode": "PERSONAL"},
        "dokumentbeskrivelse": [{"tittel": "N", "tilknyttetRegistreringSom": {"kode": "H"},
            "dokumentobjekt": [{"filnavn": "n.pdf", "referanseDokumentfil": "n.pdf"}]}]}});
    let note = archive.make(note, &[file("n.pdf")]).await.remove(0);
    let far = date!(2100 - 01 - 01);
    assert!(due_on(&archive, &note, far).is_none());
    let stored = archive.records().arkivdel("PERSONAL").unwrap().unwrap();
    let mut doc = stored.unit.doc.clone();
    // The night before, in UTC.
    doc["avsluttetDato"] = json!("2026-12-31T23:30:00Z");
    archive.take(edit::edited(&stored, &doc).into_iter().collect()).await;
    assert_eq!(due_on(&archive, &note, far).unwrap().documents[0].since, date!(2037 - 01 - 01));
}

#[tokio::test]
async fn what_was_disposed_of_takes_no_file_of_any_variant() {
    let mut archive = Archive::with_structure().await;
    let (_, post) = closed_case(&mut archive, json!({})).await;
    let described = archive.unit(&post).unit.doc["dokumentbeskrivelse"][0]["systemID"].clone();
    carry_out(&mut archive, &[&post], "Vedtak").await.unwrap();
    for variant in ["P", "A", "O"] {
        let doc = json!({"referanseTilDokumentbeskrivelse": {"systemID": described},
            "dokumentobjekt": {"variantformat": {"kode": variant}, "filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}});
        let (by, files) = (actor(), [file("brev.pdf")]);
        let adding = Create { doc: &doc, files: &files, by: &by, now: LATER, partial: false };
        let refused = archive.carry_out(|records, ids| create_dokumentobjekt(records, &adding, ids)).await;
        assert_eq!(problems(refused)[0].1, "leads to a document that was disposed of", "{variant}");
    }
}
