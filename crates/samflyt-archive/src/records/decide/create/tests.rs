use samflyt_noark::unit::Kind;
use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::innsyn::dokumentfil_hent;
use crate::records::decide::structure;
use crate::records::decide::update::tests::{administrator, assert_published, close_arkivdel, mappe};
use crate::records::testing::{Archive, NOW, actor, file};

/// Sends an arkivmelding, and gives what came of it.
async fn send(archive: &mut Archive, doc: Value, partial: bool) -> Result<Decision, Trouble> {
    send_at(archive, doc, partial, NOW).await
}

async fn send_at(
    archive: &mut Archive,
    doc: Value,
    partial: bool,
    now: OffsetDateTime,
) -> Result<Decision, Trouble> {
    let (by, files) = (actor(), []);
    let what = Create { doc: &doc, files: &files, by: &by, now, partial };
    archive.carry_out(|records, ids| create(records, &what, ids)).await
}

/// Where a message is wrong.
async fn places(archive: &mut Archive, doc: Value) -> Vec<String> {
    let problems = crate::records::testing::problems(send(archive, doc, false).await);
    problems.into_iter().map(|(at, _)| at).collect()
}

fn sak(more: Value) -> Value {
    let mut doc = json!({"@type": "saksmappe", "tittel": "S"});
    doc.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    doc
}

fn letter(more: Value) -> Value {
    let mut doc = json!({"@type": "journalpost", "tittel": "B", "journalposttype": {"kode": "X"}});
    doc.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    doc
}

fn class(system: &str, id: &str) -> Value {
    json!({"klassifikasjon": [{"klassifikasjonssystemID": system, "klasseID": id}]})
}

fn within(id: &str) -> Value {
    json!({"referanseForelderMappe": {"systemID": id}})
}

fn key(noekkel: &str) -> Value {
    json!({"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": noekkel}})
}

const UNKNOWN: &str = "00000000-0000-4000-8000-00000000ffff";

#[tokio::test]
async fn what_refers_to_nothing_is_not_made_and_its_place_is_said() {
    let mut archive = Archive::with_structure().await;
    assert_eq!(places(&mut archive, json!({})).await, [""]);
    let parent = json!({"referanseForeldermappe": {"systemID": UNKNOWN}});
    assert_eq!(
        places(&mut archive, json!({"mappe": sak(parent)})).await,
        ["/mappe/referanseForeldermappe/systemID"]
    );
    let at = "/registrering/referanseForelderMappe/systemID";
    assert_eq!(places(&mut archive, json!({"registrering": letter(within(UNKNOWN))})).await, [at]);
    let unknown = json!({"arkivdel": {"kode": "UKJENT"}});
    assert_eq!(places(&mut archive, json!({"mappe": sak(unknown.clone())})).await, ["/mappe/arkivdel"]);
    assert_eq!(
        places(&mut archive, json!({"registrering": letter(unknown)})).await,
        ["/registrering/arkivdel"]
    );
    let mut empty = Archive::empty().await;
    assert_eq!(places(&mut empty, json!({"mappe": sak(json!({}))})).await, ["/mappe/arkivdel"]);
}

#[tokio::test]
async fn what_is_closed_takes_nothing_new() {
    let mut archive = Archive::with_structure().await;
    let closed = archive.saksmappe(json!({})).await;
    let open = archive.saksmappe(json!({"arkivdel": {"kode": "PERSONAL"}})).await;
    mappe(&mut archive, &closed, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    let at = "/registrering/referanseForelderMappe";
    assert_eq!(places(&mut archive, json!({"registrering": letter(within(&closed))})).await, [at]);
    let below = json!({"referanseForeldermappe": {"systemID": closed}});
    assert_eq!(places(&mut archive, json!({"mappe": sak(below)})).await, ["/mappe/referanseForeldermappe"]);
    close_arkivdel(&mut archive, "PERSONAL").await;
    let personal = json!({"arkivdel": {"kode": "PERSONAL"}});
    assert_eq!(places(&mut archive, json!({"mappe": sak(personal)})).await, ["/mappe/arkivdel"]);
    assert_eq!(places(&mut archive, json!({"registrering": letter(within(&open))})).await, [at]);
}

#[tokio::test]
async fn an_overlapping_arkivdel_takes_letters_in_its_mapper_and_no_new_mappe() {
    let mut archive = Archive::with_structure().await;
    let there = archive.saksmappe(json!({"arkivdel": {"kode": "PERSONAL"}})).await;
    let file = json!({"arkiv": [{"tittel": "Seljord kommune",
        "arkivskaper": [{"arkivskaperID": "964963193", "arkivskaperNavn": "Seljord kommune"}],
        "arkivdel": [{"kode": "PERSONAL", "tittel": "Personalarkiv", "arkivdelstatus": "O"}]}]});
    let (text, by) = (serde_json::to_vec(&file).unwrap(), actor());
    archive.carry_out(|records, ids| structure::import(records, &text, &by, NOW, ids)).await.unwrap();
    let personal = json!({"arkivdel": {"kode": "PERSONAL"}});
    assert_eq!(places(&mut archive, json!({"mappe": sak(personal)})).await, ["/mappe/arkivdel"]);
    send(&mut archive, json!({"registrering": letter(within(&there))}), false).await.unwrap();
}

#[tokio::test]
async fn a_journalpost_belongs_in_a_saksmappe_and_has_those_whom_it_is_from_or_to() {
    let mut archive = Archive::with_structure().await;
    let plain = archive.make(json!({"mappe": {"tittel": "M"}}), &[]).await.remove(0);
    let at = "/registrering/referanseForelderMappe";
    assert_eq!(places(&mut archive, json!({"registrering": letter(within(&plain))})).await, [at]);
    let id = archive.saksmappe(json!({})).await;
    for (of, may) in [("I", false), ("U", false), ("N", true), ("X", true)] {
        let mut more = within(&id);
        more["journalposttype"] = json!({"kode": of});
        let made = send(&mut archive, json!({"registrering": letter(more)}), false).await;
        assert_eq!(made.is_ok(), may, "{of}");
    }
}

#[tokio::test]
async fn a_registrering_has_one_main_document_and_only_files_that_came() {
    let mut archive = Archive::with_structure().await;
    let one = |role: &str| json!({"tittel": "D", "tilknyttetRegistreringSom": {"kode": role}});
    let two = json!({"dokumentbeskrivelse": [one("H"), one("V"), one("H")]});
    let at = "/registrering/dokumentbeskrivelse";
    assert_eq!(places(&mut archive, json!({"registrering": letter(two)})).await, [at]);
    let mut with_file = one("H");
    with_file["dokumentobjekt"] = json!([{"filnavn": "a.pdf", "referanseDokumentfil": "a.pdf"}]);
    let missing = json!({"registrering": letter(json!({"dokumentbeskrivelse": [with_file]}))});
    let at = format!("{at}/0/dokumentobjekt/0/referanseDokumentfil");
    assert_eq!(places(&mut archive, missing).await, [at]);
    let (doc, by, files) = (json!({"registrering": letter(json!({}))}), actor(), [file("a.pdf")]);
    let what = Create { doc: &doc, files: &files, by: &by, now: NOW, partial: false };
    let refused = archive.carry_out(|records, ids| create(records, &what, ids)).await;
    assert_eq!(crate::records::testing::problems(refused).len(), 1);
}

#[tokio::test]
async fn what_has_a_key_that_is_known_is_not_made_again() {
    let mut archive = Archive::with_structure().await;
    let mut post = letter(key("r"));
    post["referanseForelderMappe"] = key("m");
    let doc = json!({"mappe": sak(key("m")), "registrering": post});
    let kinds = ["mappeKvittering", "registreringKvittering"];
    let first = send(&mut archive, doc.clone(), true).await.unwrap();
    let again = send(&mut archive, doc, true).await.unwrap();
    assert_eq!(again.steps, []);
    for kind in kinds {
        assert_eq!(first.answer[kind]["opprettetEllerEksisterende"], "Opprettet");
        assert_eq!(again.answer[kind]["opprettetEllerEksisterende"], "Eksisterende");
        assert_eq!(again.answer[kind]["systemID"], first.answer[kind]["systemID"]);
    }
    // A further letter comes into the mappe that is there.
    let mut second = letter(key("r2"));
    second["referanseForelderMappe"] = key("m");
    let doc = json!({"mappe": sak(key("m")), "registrering": second});
    let more = send(&mut archive, doc, true).await.unwrap();
    assert_eq!(more.answer["registreringKvittering"]["registreringsID"], "2026/1-2");
}

#[tokio::test]
async fn where_only_the_letter_fails_its_mappe_is_made_if_parts_may_be() {
    let mut archive = Archive::with_structure().await;
    let mut wrong = letter(class("GBNR", "20/19"));
    wrong["journalposttype"] = json!({"kode": "I"});
    let doc = json!({"mappe": sak(json!({})), "registrering": wrong});
    assert_eq!(places(&mut archive, doc.clone()).await, ["/registrering/korrespondansepart"]);
    assert_eq!(archive.records().all(Kind::Mappe).count(), 0);
    let made = send(&mut archive, doc, true).await.unwrap();
    assert_eq!(made.steps.len(), 1, "{:#?}", made.steps);
    assert_eq!(made.answer["mappeKvittering"]["mappeID"], "2026/1");
    let problem = &made.answer["registreringFeilet"]["problems"][0];
    assert_eq!(problem["field"], "/registrering/korrespondansepart");
}

#[tokio::test]
async fn where_the_mappe_fails_nothing_of_it_is_left_and_its_letter_goes_nowhere_else() {
    let mut archive = Archive::with_structure().await;
    let mut wrong = class("GBNR", "20/19");
    wrong["systemID"] = json!(archive.saksmappe(json!({})).await);
    let doc = json!({"mappe": sak(wrong.clone()), "registrering": letter(json!({}))});
    let at = ["/mappe/systemID", "/registrering/referanseForelderMappe"];
    let refused = send(&mut archive, doc, true).await;
    let problems = crate::records::testing::problems(refused);
    assert_eq!(problems.into_iter().map(|(at, _)| at).collect::<Vec<_>>(), at);
    let id = archive.saksmappe(json!({})).await;
    let doc = json!({"mappe": sak(wrong), "registrering": letter(within(&id))});
    let made = send(&mut archive, doc, true).await.unwrap();
    assert_eq!(made.steps.len(), 1, "{:#?}", made.steps);
    assert!(made.answer["mappeFeilet"].is_object() && made.answer["registreringKvittering"].is_object());
}

#[tokio::test]
async fn an_id_is_given_to_one_thing_only() {
    let mut archive = Archive::with_structure().await;
    let id = "11111111-0000-4000-8000-00000000aaaa";
    let described =
        json!({"systemID": id.to_uppercase(), "tittel": "D", "tilknyttetRegistreringSom": {"kode": "H"}});
    let doc = json!({"mappe": sak(json!({"systemID": id})),
        "registrering": letter(json!({"dokumentbeskrivelse": [described]}))});
    let at = "/registrering/dokumentbeskrivelse/0/systemID";
    assert_eq!(places(&mut archive, doc).await, [at]);
    let note = |given: &str| json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "registreringsID": given}});
    let first = archive.saksmappe(json!({})).await;
    archive.journalpost(&first, json!({})).await;
    send(&mut archive, note("egen"), false).await.unwrap();
    for taken in ["egen", "2026/1-1"] {
        assert_eq!(places(&mut archive, note(taken)).await, ["/registrering/registreringsID"]);
    }
}

#[tokio::test]
async fn numbers_begin_again_with_each_norwegian_year_in_each_arkiv() {
    let mut archive = Archive::with_structure().await;
    let numbers = |made: &Decision| {
        let (mappe, post) = (&made.answer["mappeKvittering"], &made.answer["registreringKvittering"]);
        (mappe["mappeID"].clone(), post["journalaar"].clone(), post["journalsekvensnummer"].clone())
    };
    let doc = json!({"mappe": sak(json!({})), "registrering": letter(json!({}))});
    let moments = [
        (datetime!(2026-12-31 12:00 UTC), ("2026/1", 2026, 1)),
        (datetime!(2026-12-31 22:59 UTC), ("2026/2", 2026, 2)),
        (datetime!(2026-12-31 23:00 UTC), ("2027/1", 2027, 1)),
        (datetime!(2027-01-02 12:00 UTC), ("2027/2", 2027, 2)),
        // A clock that goes back gives no number twice.
        (datetime!(2026-12-31 12:00 UTC), ("2026/3", 2026, 3)),
    ];
    for (now, (mappe, year, journal)) in moments {
        let made = send_at(&mut archive, doc.clone(), false, now).await.unwrap();
        assert_eq!(numbers(&made), (json!(mappe), json!(year), json!(journal)));
    }
    // A letter in an old mappe is journalført in the new year.
    let old = json!({"registrering": letter(json!({"referanseForelderMappe": {"mappeID": "2026/1"}}))});
    let made = send_at(&mut archive, old, false, datetime!(2027-02-01 12:00 UTC)).await.unwrap();
    let receipt = &made.answer["registreringKvittering"];
    assert_eq!((&receipt["registreringsID"], &receipt["journalaar"]), (&json!("2026/1-2"), &json!(2027)));
}

#[tokio::test]
async fn a_class_is_made_by_its_first_use_where_its_system_is_open_and_nowhere_else() {
    let mut archive = Archive::with_structure().await;
    let classes = |archive: &Archive, system: &str| {
        let id = archive.records().klassifikasjonssystem(system).unwrap().unwrap().unit.system_id;
        archive.records().children(&id, Kind::Klasse).count()
    };
    assert_eq!(
        places(&mut archive, json!({"mappe": sak(class("FA", "K99"))})).await,
        ["/mappe/klassifikasjon/0/klasseID"]
    );
    assert_eq!(
        places(&mut archive, json!({"mappe": sak(class("FA", "K03"))})).await,
        ["/mappe/klassifikasjon/0/klasseID"]
    );
    let at = "/mappe/klassifikasjon/0/klassifikasjonssystemID";
    assert_eq!(places(&mut archive, json!({"mappe": sak(class("KK", "1"))})).await, [at]);
    for _ in 0..2 {
        let doc =
            json!({"mappe": sak(class("GBNR", "20/19")), "registrering": letter(class("GBNR", "20/19"))});
        send(&mut archive, doc, false).await.unwrap();
        assert_eq!(classes(&archive, "GBNR"), 1);
    }
    assert_eq!(classes(&archive, "FA"), 3);
}

#[tokio::test]
async fn a_class_that_says_who_somebody_is_is_shielded() {
    let mut archive = Archive::with_structure().await;
    let file = json!({"arkiv": [{"tittel": "Seljord kommune",
        "arkivskaper": [{"arkivskaperID": "964963193", "arkivskaperNavn": "Seljord kommune"}],
        "klassifikasjonssystem": [{"klassifikasjonssystemID": "PNR", "klassifikasjonstype": "PNR", "tittel": "Person"}]}]});
    let (text, by) = (serde_json::to_vec(&file).unwrap(), actor());
    archive.carry_out(|records, ids| structure::import(records, &text, &by, NOW, ids)).await.unwrap();
    let id = archive.saksmappe(class("PNR", "01810012345")).await;
    assert_eq!(archive.unit(&id).unit.doc["klassifikasjon"][0]["erSkjermet"], true);
    assert_published(&archive, &id);
}

#[tokio::test]
async fn the_documents_of_a_moetesak_are_described_and_found_like_others() {
    let mut archive = Archive::with_structure().await;
    let text = json!({"tekstInnhold": "t", "tekstFormat": {"kode": "text/plain"}});
    let one = |name: &str| {
        json!([{"tittel": name, "tilknyttetRegistreringSom": {"kode": "H"},
        "dokumentobjekt": [{"filnavn": name, "referanseDokumentfil": name}]}])
    };
    let case = json!({"@type": "moetesak", "tittel": "M", "moetesakstype": {"kode": "PS"}, "moetesaksaar": 2026,
        "moetesakssekvensnummer": 1, "dokumentbeskrivelse": one("sak.pdf"),
        "utredning": {"saksbeskrivelse": text, "innstilling": text, "utredningsdokumenter": one("utredning.pdf")},
        "vedtak": {"vedtakstekst": text, "dato": "2026-05-04T10:00:00Z", "vedtaksdokumenter": one("vedtak.pdf")}});
    let files = ["sak.pdf", "utredning.pdf", "vedtak.pdf"];
    let id = archive.make(json!({"registrering": case}), &files.map(file)).await.remove(0);
    assert_published(&archive, &id);
    let doc = archive.unit(&id).unit.doc;
    for (at, name) in ["/dokumentbeskrivelse", "/utredning/utredningsdokumenter", "/vedtak/vedtaksdokumenter"]
        .into_iter()
        .zip(files)
    {
        let object = &doc.pointer(at).unwrap()[0]["dokumentobjekt"][0];
        let request = json!({"dokumentfilNoekkel": {"systemID": object["systemID"]}});
        let found = dokumentfil_hent(&archive.records(), &administrator(), &request).unwrap();
        assert_eq!((found.name.as_str(), found.size), (name, 1000));
    }
}
