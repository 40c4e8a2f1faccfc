use serde_json::json;

use super::*;
use crate::access::HIDDEN;
use crate::access::testing::viewer;
use crate::innsyn::testing::assert_valid;
use crate::innsyn::{dokumentfil_hent, kodeliste_hent, usual_kodelister};
use crate::records::decide::Problem;
use crate::records::testing::Archive;

const MAPPE_RESULTAT: &str = "no.ks.fiks.arkiv.v1.innsyn.mappe.hent.resultat.xsd";
const REGISTRERING_RESULTAT: &str = "no.ks.fiks.arkiv.v1.innsyn.registrering.hent.resultat.xsd";

fn shielded(code: &str) -> Value {
    json!({"tilgangsrestriksjon": {"kode": code}, "skjermingshjemmel": "offl. § 13"})
}

fn graded() -> Value {
    json!({"grad": {"kode": "H"}, "graderingsdato": "2026-01-01T00:00:00Z", "gradertAv": "Kari"})
}

fn not_found(answer: Result<Value, Trouble>) -> Problem {
    match answer {
        Err(Trouble::NotFound(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn by_id(id: &str) -> Value {
    json!({"system": "a", "referanseTilMappe": {"systemID": id}, "referanseTilRegistrering": {"systemID": id}})
}

#[tokio::test]
async fn a_saksmappe_is_answered_as_a_mappe_of_that_type_with_its_place() {
    let mut archive = Archive::with_structure().await;
    let above = archive.saksmappe(json!({})).await;
    let more = json!({"referanseForeldermappe": {"systemID": above}, "tittel": "Skole",
        "noekkelord": ["gul"], "part": [{"partNavn": "Kari", "partRolle": {"kode": "KLI"}}],
        "referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": "1"}});
    archive.saksmappe(more).await;
    let key = json!({"referanseTilMappe":
        {"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": "1"}}});
    let answer = mappe_hent(&archive.records(), &viewer(&[]), &key).unwrap();
    let mappe = &answer["mappe"];
    assert_eq!(mappe["@type"], "saksmappe");
    assert_eq!(mappe["referanseForeldermappe"]["systemID"], json!(above));
    assert_eq!(mappe["arkivdel"], json!({"kode": "SAK", "beskrivelse": "Saksarkiv"}));
    assert_eq!((&mappe["saksansvarlig"], &mappe["noekkelord"]), (&json!({}), &json!(["gul"])));
    assert_valid(Schema::MappeHentResultat, MAPPE_RESULTAT, &answer);
    let mut some = key.clone();
    some["inkluder"] = json!(["part"]);
    let answer = mappe_hent(&archive.records(), &viewer(&[]), &some).unwrap();
    let mappe = &answer["mappe"];
    assert!(mappe["part"].is_array() && mappe["noekkelord"].is_null() && mappe["klassifikasjon"].is_null());
}

#[tokio::test]
async fn a_journalpost_has_an_element_of_its_own_and_what_was_asked_for_of_its_parts() {
    let mut archive = Archive::with_structure().await;
    let mappe = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&mappe, json!({"merknad": [{"merknadstekst": "x"}]})).await;
    let records = archive.records();
    let answer = registrering_hent(&records, &viewer(&[]), &by_id(&id)).unwrap();
    let post = &answer["journalpost"];
    assert_eq!(post["referanseForelderMappe"]["systemID"], json!(mappe));
    assert_eq!(post["dokumentbeskrivelse"][0]["dokumentobjekt"][0]["filnavn"], "brev.pdf");
    assert_eq!(post["journalstatus"]["beskrivelse"], "Journalført");
    assert_valid(Schema::RegistreringHentResultat, REGISTRERING_RESULTAT, &answer);
    let part = |inkluder: Value| {
        let mut request = by_id(&id);
        request["inkluder"] = inkluder;
        let answer = registrering_hent(&records, &viewer(&[]), &request).unwrap();
        assert_valid(Schema::RegistreringHentResultat, REGISTRERING_RESULTAT, &answer);
        answer["journalpost"].clone()
    };
    let documents = part(json!(["dokumentbeskrivelse"]));
    assert!(documents["merknad"].is_null() && documents["korrespondansepart"].is_null());
    assert!(documents["dokumentbeskrivelse"][0]["dokumentobjekt"].is_null());
    let objects = part(json!(["dokumentobjekt", "avskrivning"]));
    assert!(objects["dokumentbeskrivelse"][0]["dokumentobjekt"].is_array());
    assert!(objects["korrespondansepart"].is_array());
}

#[tokio::test]
async fn a_registrering_that_is_no_journalpost_says_its_type_and_where_it_lies() {
    let mut archive = Archive::with_structure().await;
    let doc = json!({"@type": "arkivnotat", "tittel": "Notat", "arkivdel": {"kode": "PERSONAL"}});
    let id = archive.make(json!({"registrering": doc}), &[]).await.remove(0);
    let answer = registrering_hent(&archive.records(), &viewer(&[]), &by_id(&id)).unwrap();
    assert_eq!(answer["registrering"]["@type"], "arkivnotat");
    assert_eq!(answer["registrering"]["arkivdel"]["kode"], "PERSONAL");
    assert_valid(Schema::RegistreringHentResultat, REGISTRERING_RESULTAT, &answer);
}

#[tokio::test]
async fn what_is_shielded_comes_without_it_and_its_file_as_if_it_were_not_there() {
    let mut archive = Archive::with_structure().await;
    let mappe = archive.saksmappe(json!({"skjerming": shielded("UO"), "tittel": "geheim"})).await;
    let id = archive.journalpost(&mappe, json!({"tittel": "geheim"})).await;
    let records = archive.records();
    let answer = registrering_hent(&records, &viewer(&[]), &by_id(&id)).unwrap();
    assert!(!answer.to_string().contains("geheim") && !answer.to_string().contains("Nordmann"), "{answer:#}");
    assert_eq!(answer["journalpost"]["tittel"], HIDDEN);
    assert_valid(Schema::RegistreringHentResultat, REGISTRERING_RESULTAT, &answer);
    let answer = mappe_hent(&records, &viewer(&[]), &by_id(&mappe)).unwrap();
    assert_valid(Schema::MappeHentResultat, MAPPE_RESULTAT, &answer);
    let answer = mappe_hent(&records, &viewer(&["UO"]), &by_id(&mappe)).unwrap();
    assert_eq!(answer["mappe"]["tittel"], "geheim");

    let described = archive.unit(&id).unit.doc["dokumentbeskrivelse"][0].clone();
    let file = |viewer: &Viewer, id: &Value| {
        dokumentfil_hent(&records, viewer, &json!({"dokumentfilNoekkel": {"systemID": id}}))
    };
    for id in [&described["systemID"], &described["dokumentobjekt"][0]["systemID"]] {
        let got = file(&viewer(&["UO"]), id).unwrap();
        assert_eq!((got.name.as_str(), got.size), ("brev.pdf", 1000));
        let unseen = file(&viewer(&[]), id).map(|_| Value::Null);
        let absent = file(&viewer(&[]), &json!("00000000-0000-0000-0000-000000000000")).map(|_| Value::Null);
        assert_eq!(not_found(unseen), not_found(absent));
    }
}

#[tokio::test]
async fn what_is_graded_is_answered_like_what_is_not_there_however_it_is_named() {
    let mut archive = Archive::with_structure().await;
    let key = json!({"fagsystem": "acos", "noekkel": "1"});
    let mappe = archive.saksmappe(json!({"gradering": graded(), "referanseEksternNoekkel": key})).await;
    let open = archive.saksmappe(json!({})).await;
    let doc = archive.unit(&mappe).unit.doc;
    let records = archive.records();
    let ask = |reference: Value| mappe_hent(&records, &viewer(&[]), &json!({"referanseTilMappe": reference}));
    for (known, unknown) in [
        (json!({"systemID": mappe}), json!({"systemID": "00000000-0000-0000-0000-000000000000"})),
        (json!({"mappeID": doc["mappeID"]}), json!({"mappeID": "1999/1"})),
        (
            json!({"referanseEksternNoekkel": key}),
            json!({"referanseEksternNoekkel": {"fagsystem": "x", "noekkel": "y"}}),
        ),
        (
            json!({"mappeID": doc["mappeID"], "systemID": open}),
            json!({"mappeID": "1999/1", "systemID": open}),
        ),
    ] {
        assert_eq!(not_found(ask(known)), not_found(ask(unknown)));
    }
    assert!(mappe_hent(&records, &viewer(&["H"]), &by_id(&mappe)).is_ok());
}

#[tokio::test]
async fn a_shielded_mappe_is_not_found_by_a_key_that_it_shields() {
    let mut archive = Archive::with_structure().await;
    let key = json!({"fagsystem": "acos", "noekkel": "1"});
    archive.saksmappe(json!({"skjerming": shielded("UO"), "referanseEksternNoekkel": key})).await;
    let ask = |viewer: &Viewer| {
        let request = json!({"referanseTilMappe": {"referanseEksternNoekkel": key}});
        mappe_hent(&archive.records(), viewer, &request)
    };
    not_found(ask(&viewer(&[])));
    assert!(ask(&viewer(&["UO"])).is_ok());
    assert!(ask(&Viewer { system: Some("seljord-acos".to_owned()), ..viewer(&[]) }).is_ok());
}

#[tokio::test]
async fn a_code_list_is_the_protocols_the_records_or_the_archives_own() {
    let archive = Archive::with_structure().await;
    let mut own = usual_kodelister();
    own.insert("dokumenttype".to_owned(), [("KLAGE".to_owned(), "Klage".to_owned())].into());
    let ask = |request: Value| kodeliste_hent(&archive.records(), &own, &request);
    let codes = |name: &str| {
        let answer = ask(json!({"kodelistenavn": name})).unwrap();
        assert_valid(
            Schema::KodelisteHentResultat,
            "no.ks.fiks.arkiv.v1.innsyn.kodeliste.hent.resultat.xsd",
            &answer,
        );
        let list = answer["liste"].as_array().unwrap().clone();
        list.into_iter().map(|one| one["kode"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes("arkivdel"), ["PERSONAL", "SAK"]);
    assert!(codes("saksstatus").contains(&"B".to_owned()));
    assert!(codes("dokumenttype").contains(&"KLAGE".to_owned()));
    let all = ask(json!({})).unwrap();
    for name in all["liste"].as_array().unwrap() {
        assert!(!codes(name["kode"].as_str().unwrap()).is_empty());
    }
    assert!(matches!(ask(json!({"kodelistenavn": "farge"})), Err(Trouble::Invalid(_))));
}
