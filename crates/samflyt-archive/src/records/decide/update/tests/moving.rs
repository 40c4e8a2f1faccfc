//! From mappe to mappe, and from arkivdel to arkivdel.

use samflyt_noark::unit::Unit;

use super::*;
use crate::records::decide::avskrivning::{self, WriteOff};
use crate::records::decide::structure;
use crate::records::keys::{Number, Series};

const TO: &str = "/registreringOppdateringer/referanseForelderMappe";

fn to(id: &str) -> Value {
    json!({"referanseForelderMappe": {"systemID": id}})
}

fn parent(archive: &Archive, id: &str) -> String {
    archive.unit(id).unit.parent.unwrap()
}

#[tokio::test]
async fn a_journalpost_gets_the_next_number_of_its_new_mappe_and_keeps_that_of_the_journal() {
    let mut archive = Archive::with_structure().await;
    let (from, target) = (archive.saksmappe(json!({})).await, archive.saksmappe(json!({})).await);
    let staying =
        [archive.journalpost(&from, json!({})).await, archive.journalpost(&target, json!({})).await];
    let id = archive.journalpost(&from, json!({})).await;
    let mut changes = to(&target);
    changes["offentligTittel"] = json!("Flyttet");
    post(&mut archive, &id, changes).await.unwrap();
    let moved = doc(&archive, &id);
    assert_eq!((&moved["registreringsID"], &moved["journalpostnummer"]), (&json!("2026/2-2"), &json!(2)));
    assert_eq!((&moved["journalsekvensnummer"], &moved["offentligTittel"]), (&json!(3), &json!("Flyttet")));
    assert_eq!(parent(&archive, &id), target);
    assert_eq!(doc(&archive, &staying[0])["registreringsID"], "2026/1-1");
    // It is found by its new number, and what comes next gets another.
    let number = Number { series: Series::Post, of: target.clone(), year: 0, number: 2 };
    assert_eq!(archive.records().numbered(&number).unwrap().unwrap().unit.system_id, id);
    let next = archive.journalpost(&target, json!({})).await;
    assert_eq!(doc(&archive, &next)["registreringsID"], "2026/2-3");
    let children: Vec<Unit> =
        archive.records().children(&from, Kind::Registrering).map(|child| child.unwrap().unit).collect();
    assert_eq!(children.len(), 1);
    assert_published(&archive, &id);
    // To where it is, is nowhere.
    assert_eq!(post(&mut archive, &id, to(&target)).await.unwrap().steps, []);
}

#[tokio::test]
async fn an_id_that_its_sender_gave_stays_with_a_registrering_that_is_moved() {
    let mut archive = Archive::with_structure().await;
    let (from, target) = (archive.saksmappe(json!({})).await, archive.saksmappe(json!({})).await);
    for (given, after) in [(json!("egen"), "egen"), (json!(null), "2026/2-2")] {
        let mut note =
            json!({"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": from}});
        if given.is_string() {
            note["registreringsID"] = given;
        }
        let id = archive.make(json!({"registrering": note}), &[]).await.remove(0);
        let mut changes = to(&target);
        changes["@type"] = json!("registreringOppdatering");
        post(&mut archive, &id, changes).await.unwrap();
        assert_eq!(doc(&archive, &id)["registreringsID"], after);
    }
}

#[tokio::test]
async fn a_journalpost_moves_into_an_open_saksmappe_of_its_arkiv_and_nowhere_else() {
    let mut archive = Archive::with_structure().await;
    let from = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&from, json!({})).await;
    let unknown = "00000000-0000-4000-8000-00000000ffff";
    assert_eq!(place(post(&mut archive, &id, to(unknown)).await), format!("{TO}/systemID"));
    let plain = archive.make(json!({"mappe": {"tittel": "M"}}), &[]).await.remove(0);
    assert_eq!(place(post(&mut archive, &id, to(&plain)).await), TO);
    let closed = archive.saksmappe(json!({})).await;
    mappe(&mut archive, &closed, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    assert_eq!(place(post(&mut archive, &id, to(&closed)).await), TO);
    import_second_arkiv(&mut archive).await;
    let elsewhere = archive.saksmappe(json!({"arkivdel": {"kode": "NY"}, "klassifikasjon": []})).await;
    assert_eq!(place(post(&mut archive, &id, to(&elsewhere)).await), TO);
    let in_closed = archive.saksmappe(json!({"arkivdel": {"kode": "PERSONAL"}})).await;
    close_arkivdel(&mut archive, "PERSONAL").await;
    assert_eq!(place(post(&mut archive, &id, to(&in_closed)).await), TO);
    assert_eq!(parent(&archive, &id), from);
}

async fn import_second_arkiv(archive: &mut Archive) {
    let second = json!({"arkiv": [{"tittel": "Nytt arkiv",
        "arkivskaper": [{"arkivskaperID": "1", "arkivskaperNavn": "Seljord"}],
        "arkivdel": [{"kode": "NY", "tittel": "Ny"}]}]});
    let (text, by) = (serde_json::to_vec(&second).unwrap(), actor());
    archive.carry_out(|records, ids| structure::import(records, &text, &by, NOW, ids)).await.unwrap();
}

#[tokio::test]
async fn what_is_archived_withdrawn_or_in_a_closed_mappe_stays_where_it_is() {
    let mut archive = Archive::with_structure().await;
    let (from, target) = (archive.saksmappe(json!({})).await, archive.saksmappe(json!({})).await);
    for kode in ["A", "U"] {
        let id = archive.journalpost(&from, json!({"journalstatus": {"kode": kode}})).await;
        let problems = problems(post(&mut archive, &id, to(&target)).await);
        assert!(problems.iter().any(|(at, _)| at == TO), "{problems:?}");
    }
    let id = archive.journalpost(&from, json!({})).await;
    mappe(&mut archive, &from, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    let problems = problems(post(&mut archive, &id, to(&target)).await);
    assert!(problems.iter().any(|(at, _)| at == TO), "{problems:?}");
}

#[tokio::test]
async fn a_letter_and_its_answer_stay_together() {
    let mut archive = Archive::with_structure().await;
    let (from, target) = (archive.saksmappe(json!({})).await, archive.saksmappe(json!({})).await);
    let letter = archive.journalpost(&from, json!({})).await;
    // The answer may lie in another mappe.
    let beside = archive.saksmappe(json!({})).await;
    let answer = archive.journalpost(&beside, json!({"journalposttype": {"kode": "U"}})).await;
    let written = json!({"referanseTilJournalpost": {"systemID": letter}, "korrespondansepartID": "mottaker",
        "avskrivning": {"avskrivningsdato": "2026-05-04", "avskrevetAv": {"navn": "Kari"},
            "avskrivningsmaate": {"kode": "BU"}, "referanseAvskrivesAvJournalpost": {"systemID": answer}}});
    let by = actor();
    let what = WriteOff { doc: &written, by: &by, now: NOW };
    archive.carry_out(|records, ids| avskrivning::opprett(records, &what, ids)).await.unwrap();
    for (id, other) in [(&letter, "2026/3-1"), (&answer, "2026/1-1")] {
        let problems = problems(post(&mut archive, id, to(&target)).await);
        assert_eq!((problems.len(), problems[0].0.as_str()), (1, TO));
        assert!(problems[0].1.ends_with(other), "{problems:?}");
    }
    let of = json!({"referanseTilJournalpost": {"systemID": letter}, "korrespondansepartID": "mottaker"});
    archive.carry_out(|records, _| avskrivning::slett(records, &of)).await.unwrap();
    for id in [letter, answer] {
        post(&mut archive, &id, to(&target)).await.unwrap();
    }
}

#[tokio::test]
async fn a_letter_that_came_with_its_answer_stays_with_it_too() {
    let mut archive = Archive::with_structure().await;
    let (from, target) = (archive.saksmappe(json!({})).await, archive.saksmappe(json!({})).await);
    let key = |noekkel: &str| json!({"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": noekkel}});
    let mut answer = key("svar");
    answer["journalposttype"] = json!({"kode": "U"});
    let answer = archive.journalpost(&from, answer).await;
    let by = |key: Value| {
        json!([{"avskrivningsdato": "2026-05-04", "avskrevetAv": {"navn": "Kari"},
        "avskrivningsmaate": {"kode": "BU"}, "referanseAvskrivesAvJournalpost": key}])
    };
    let part = |avskrivning: Value| {
        json!([{"korrespondanseparttype": {"kode": "EA"},
        "korrespondansepartNavn": "Kari", "avskrivning": avskrivning}])
    };
    let letter = archive.journalpost(&from, json!({"korrespondansepart": part(by(key("svar")))})).await;
    assert_eq!(
        doc(&archive, &letter)["korrespondansepart"][0]["avskrivning"],
        by(json!({"systemID": answer}))
    );
    assert_eq!(place(post(&mut archive, &answer, to(&target)).await), TO);
    // What the archive does not have is kept as it was given.
    let other = archive.journalpost(&from, json!({"journalstatus": {"kode": "M"}})).await;
    let new = json!({"korrespondansepartOppdateringer": {"ny": part(by(key("ukjent")))}});
    post(&mut archive, &other, new).await.unwrap();
    assert_eq!(doc(&archive, &other)["korrespondansepart"][2]["avskrivning"], by(key("ukjent")));
    post(&mut archive, &other, to(&target)).await.unwrap();
}

fn arkivdel(kode: &str) -> Value {
    json!({"arkivdel": {"kode": kode}})
}

const ARKIVDEL: &str = "/mappeOppdateringer/arkivdel";

#[tokio::test]
async fn a_mappe_moves_to_another_arkivdel_with_all_that_is_in_it() {
    let mut archive = Archive::with_structure().await;
    let above = archive.saksmappe(json!({})).await;
    let below = archive.saksmappe(json!({"referanseForeldermappe": {"systemID": above}})).await;
    let letter = archive.journalpost(&below, json!({})).await;
    let mut changes = arkivdel("PERSONAL");
    changes["tittel"] = json!("Flyttet");
    mappe(&mut archive, &above, changes).await.unwrap();
    let target = archive.records().arkivdel("PERSONAL").unwrap().unwrap().unit.system_id;
    for id in [&above, &below, &letter] {
        assert_eq!(archive.unit(id).unit.arkivdel.as_ref(), Some(&target));
    }
    assert_eq!((parent(&archive, &above), parent(&archive, &below)), (target, above.clone()));
    assert_eq!(doc(&archive, &above)["tittel"], "Flyttet");
    assert_eq!(mappe(&mut archive, &above, arkivdel("PERSONAL")).await.unwrap().steps, []);
    assert_published(&archive, &above);
}

#[tokio::test]
async fn a_mappe_moves_to_no_arkivdel_that_is_unknown_of_another_arkiv_or_closed() {
    let mut archive = Archive::with_structure().await;
    import_second_arkiv(&mut archive).await;
    let above = archive.saksmappe(json!({})).await;
    let below = archive.saksmappe(json!({"referanseForeldermappe": {"systemID": above}})).await;
    assert_eq!(place(mappe(&mut archive, &above, arkivdel("UKJENT")).await), ARKIVDEL);
    assert_eq!(place(mappe(&mut archive, &above, arkivdel("NY")).await), ARKIVDEL);
    assert_eq!(place(mappe(&mut archive, &below, arkivdel("PERSONAL")).await), ARKIVDEL);
    close_arkivdel(&mut archive, "PERSONAL").await;
    assert_eq!(place(mappe(&mut archive, &above, arkivdel("PERSONAL")).await), ARKIVDEL);
    // One that is closed may follow a period that is over.
    for id in [&below, &above] {
        mappe(&mut archive, id, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    }
    mappe(&mut archive, &above, arkivdel("PERSONAL")).await.unwrap();
}
