use time::macros::datetime;

use super::super::avskrivning::{WriteOff, opprett};
use super::*;
use crate::records::testing::{Archive, NOW, actor, problems};

fn archivist() -> Actor {
    Actor { organisation: "964963193".to_owned(), system: None, user: Some("Arkivar".to_owned()) }
}

/// Carries out, two days after all else was made.
macro_rules! work {
    ($archive:expr, $id:expr, $decide:ident $(, $more:expr)*) => {{
        let (entry, by) = (json!({"systemID": $id}), archivist());
        let work = Work { entry: &entry, by: &by, now: NOW + time::Duration::days(2) };
        $archive.carry_out(|records, ids| $decide(records, &work $(, $more)*, ids)).await
    }};
}

#[tokio::test]
async fn what_was_looked_at_is_journalfoert_under_the_number_and_date_that_it_had() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    for status in ["M", "S", "R", "F", "E"] {
        let id = archive.journalpost(&sak, json!({"journalstatus": {"kode": status}})).await;
        let before = archive.unit(&id).unit;
        work!(archive, &id, journalise, false).unwrap();
        let after = archive.unit(&id).unit;
        assert_eq!(after.code("journalstatus"), Some("J"), "from {status}");
        for member in ["journaldato", "journalaar", "journalsekvensnummer", "registreringsID"] {
            assert_eq!(before.doc[member], after.doc[member], "{member} from {status}");
        }
    }
    let id = archive.journalpost(&sak, json!({})).await;
    assert!(work!(archive, &id, journalise, false).unwrap().steps.is_empty(), "it is journalført already");
    work!(archive, &id, journalise, true).unwrap();
    let unit = archive.unit(&id).unit;
    assert_eq!((unit.code("journalstatus"), unit.text("/arkivertAv")), (Some("A"), Some("Arkivar")));
    assert_eq!(problems(work!(archive, &id, journalise, false))[0].0, AT);
}

#[tokio::test]
async fn an_entry_with_an_unfinished_document_is_not_journalfoert() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let draft = json!({"journalstatus": {"kode": "M"},
        "dokumentbeskrivelse": [{"tittel": "Utkast", "dokumentstatus": {"kode": "B"},
            "tilknyttetRegistreringSom": {"kode": "H"},
            "dokumentobjekt": [{"filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}]}]});
    let id = archive.journalpost(&sak, draft).await;
    let said = problems(work!(archive, &id, journalise, false));
    assert_eq!(said, [(AT.to_owned(), "needs documents that are finished".to_owned())]);
    assert_eq!(archive.unit(&id).unit.code("journalstatus"), Some("M"));
}

#[tokio::test]
async fn an_assessment_has_the_day_and_sets_or_removes_what_shields() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({"journalstatus": {"kode": "A"}})).await;
    let set = |code: &str, basis: &str| Assessment {
        skjerming: Skjerming::Set { code: code.to_owned(), basis: basis.to_owned() },
        public_title: Some("Brev om *****".to_owned()),
    };
    work!(archive, &id, assess, &set("UO", "Offl. § 13")).unwrap();
    let doc = archive.unit(&id).unit.doc;
    assert_eq!(doc["offentlighetsvurdertDato"], "2026-05-06");
    let shield = json!({"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "Offl. § 13"});
    assert_eq!((&doc["skjerming"], &doc["offentligTittel"]), (&shield, &json!("Brev om *****")));
    work!(archive, &id, assess, &Assessment::default()).unwrap();
    assert_eq!(archive.unit(&id).unit.doc["skjerming"], shield, "what nothing is said of stays");
    let removed = Assessment { skjerming: Skjerming::Removed, public_title: None };
    work!(archive, &id, assess, &removed).unwrap();
    assert_eq!(archive.unit(&id).unit.doc.get("skjerming"), None);
    let fields = |said: Vec<(String, String)>| said.into_iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(
        fields(problems(work!(archive, &id, assess, &set("UO", " ")))),
        ["/skjerming/skjermingshjemmel"]
    );
    assert_eq!(
        fields(problems(work!(archive, &id, assess, &set("", "Offl.")))),
        ["/skjerming/tilgangsrestriksjon"]
    );
}

#[tokio::test]
async fn another_shield_takes_the_place_of_the_one_before_with_its_end() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let before = json!({"skjerming": {"tilgangsrestriksjon": {"kode": "PERS"}, "skjermingshjemmel": "Offl. § 25",
        "skjermingOpphoererDato": "2026-06-01", "skjermingOpphoererAksjon": {"kode": "S"}}});
    let id = archive.journalpost(&sak, before).await;
    let skjerming = Skjerming::Set { code: "UO".to_owned(), basis: "Offl. § 13".to_owned() };
    work!(archive, &id, assess, &Assessment { skjerming, public_title: None }).unwrap();
    let shield = json!({"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "Offl. § 13"});
    assert_eq!(archive.unit(&id).unit.doc["skjerming"], shield);
}

#[tokio::test]
async fn what_is_withdrawn_keeps_its_number_and_says_why() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({})).await;
    assert_eq!(problems(work!(archive, &id, withdraw, " "))[0].0, "/reason");
    work!(archive, &id, withdraw, "Registrert to ganger").unwrap();
    let unit = archive.unit(&id).unit;
    assert_eq!((unit.code("journalstatus"), unit.text("/registreringsID")), (Some("U"), Some("2026/1-1")));
    let remark = &unit.doc["merknad"][0];
    assert_eq!(remark["merknadstekst"], "Utgår: Registrert to ganger");
    assert_eq!(
        (&remark["merknadstype"], &remark["merknadRegistrertAv"]),
        (&json!({"kode": "MA"}), &json!("Arkivar"))
    );
    assert_eq!(problems(work!(archive, &id, withdraw, "Igjen"))[0].1, "is withdrawn already");
    assert_eq!(archive.unit(&id).unit.doc["merknad"].as_array().unwrap().len(), 1);
    assert_eq!(problems(work!(archive, &id, journalise, false))[0].0, AT, "it does not come back");
    // The next one gets the next number.
    let next = archive.journalpost(&sak, json!({})).await;
    assert_eq!(archive.unit(&next).unit.doc["journalsekvensnummer"], 2);
}

#[tokio::test]
async fn an_answered_entry_and_its_answer_are_not_withdrawn() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let asked = archive.journalpost(&sak, json!({})).await;
    let answer = archive.journalpost(&sak, json!({"journalposttype": {"kode": "U"}})).await;
    let doc = json!({"referanseTilJournalpost": {"systemID": asked}, "korrespondansepartID": "mottaker",
        "avskrivning": {"avskrivningsdato": "2026-05-04", "avskrivningsmaate": {"kode": "BU"},
            "referanseAvskrivesAvJournalpost": {"systemID": answer}}});
    let by = actor();
    let written = WriteOff { doc: &doc, by: &by, now: datetime!(2026-05-04 10:00 UTC) };
    archive.carry_out(|records, ids| opprett(records, &written, ids)).await.unwrap();
    for (id, other) in [(&asked, "2026/1-2"), (&answer, "2026/1-1")] {
        let said = problems(work!(archive, id, withdraw, "Feil"));
        assert_eq!(said, [(AT.to_owned(), format!("writes off or is written off by {other}"))]);
    }
}

#[tokio::test]
async fn what_is_no_journalpost_or_leads_nowhere_is_told_apart() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let note = json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": sak}}});
    let note = archive.make(note, &[]).await.remove(0);
    assert_eq!(problems(work!(archive, &note, journalise, false))[0].1, "is no journalpost");
    let nowhere = work!(archive, &sak, journalise, false);
    assert!(matches!(nowhere, Err(Trouble::NotFound(_))));
}
