use samflyt_noark::fiks::Schema;
use samflyt_noark::read;

use super::*;
use crate::records::decide::update::tests::{assert_published, mappe};
use crate::records::testing::{Archive, NOW, actor, problems};

fn avskrivning(references: Value) -> Value {
    let mut one = json!({"avskrivningsdato": "2026-05-03", "avskrevetAv": {"navn": "Kari"},
        "avskrivningsmaate": {"kode": "BU"}});
    one.as_object_mut().unwrap().extend(references.as_object().unwrap().clone());
    one
}

async fn write_off(archive: &mut Archive, id: &str, part: &str, one: Value) -> Result<Decision, Trouble> {
    let doc = json!({"referanseTilJournalpost": {"systemID": id}, "korrespondansepartID": part, "avskrivning": one});
    assert_eq!(read::json(&doc, Schema::AvskrivningOpprett.root().content, ""), Ok(()), "{doc:#}");
    let by = actor();
    let what = WriteOff { doc: &doc, by: &by, now: NOW };
    archive.carry_out(|records, ids| opprett(records, &what, ids)).await
}

async fn take_back(archive: &mut Archive, id: &str, part: &str) -> Result<Decision, Trouble> {
    let doc = json!({"referanseTilJournalpost": {"systemID": id}, "korrespondansepartID": part});
    assert_eq!(read::json(&doc, Schema::AvskrivningSlett.root().content, ""), Ok(()), "{doc:#}");
    archive.carry_out(|records, _| slett(records, &doc)).await
}

fn parts(archive: &Archive, id: &str) -> Value {
    archive.unit(id).unit.doc["korrespondansepart"].clone()
}

fn place(refused: Result<Decision, Trouble>) -> String {
    let mut problems = problems(refused);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0).0
}

#[tokio::test]
async fn an_avskrivning_is_kept_on_the_korrespondansepart_that_it_is_for_and_taken_back_there() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({})).await;
    let before = archive.unit(&id).unit.doc;
    write_off(&mut archive, &id, "mottaker", avskrivning(json!({}))).await.unwrap();
    let written = parts(&archive, &id);
    assert_eq!(written[1]["avskrivning"], json!([avskrivning(json!({}))]));
    assert_eq!(written[0], before["korrespondansepart"][0]);
    assert_published(&archive, &id);
    take_back(&mut archive, &id, "mottaker").await.unwrap();
    assert_eq!(archive.unit(&id).unit.doc, before);
    // There is none any more, and that is no error.
    assert_eq!(take_back(&mut archive, &id, "mottaker").await.unwrap().steps, []);
}

#[tokio::test]
async fn only_what_came_in_or_is_followed_up_is_written_off() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    for (of, status, may) in
        [("I", "J", true), ("N", "J", true), ("X", "F", true), ("U", "J", false), ("I", "U", false)]
    {
        let made = json!({"journalposttype": {"kode": of}, "journalstatus": {"kode": status}});
        let id = archive.journalpost(&sak, made).await;
        let written = write_off(&mut archive, &id, "mottaker", avskrivning(json!({}))).await;
        assert_eq!(written.is_ok(), may, "{of} {status}");
        if !may {
            assert_eq!(place(written), AT);
        }
    }
    let note = json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": sak}}});
    let note = archive.make(note, &[]).await.remove(0);
    assert_eq!(place(write_off(&mut archive, &note, "mottaker", avskrivning(json!({}))).await), AT);
    assert_eq!(place(take_back(&mut archive, &note, "mottaker").await), AT);
    let unknown = "00000000-0000-4000-8000-00000000ffff";
    for refused in [
        write_off(&mut archive, unknown, "mottaker", avskrivning(json!({}))).await,
        take_back(&mut archive, unknown, "mottaker").await,
    ] {
        assert!(matches!(refused, Err(Trouble::NotFound(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn an_answer_is_a_journalpost_that_was_made_here_and_not_the_letter_itself() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({})).await;
    let other = archive.journalpost(&sak, json!({})).await;
    let note = json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": sak}}});
    let note = archive.make(note, &[]).await.remove(0);
    let unknown = "00000000-0000-4000-8000-00000000ffff".to_owned();
    let at = "/avskrivning/referanseAvskrivesAvJournalpost";
    for (wrong, at) in [
        (&id, at.to_owned()),
        (&other, at.to_owned()),
        (&note, at.to_owned()),
        (&unknown, format!("{at}/systemID")),
    ] {
        let by = avskrivning(json!({"referanseAvskrivesAvJournalpost": {"systemID": wrong}}));
        let refused = write_off(&mut archive, &id, "mottaker", by).await;
        // The letter is there: it is the message that is wrong, not what it is about.
        assert!(matches!(refused, Err(Trouble::Invalid(_))), "{refused:?}");
        assert_eq!(place(refused), at);
    }
    for wrong in [&id, &note] {
        let off = avskrivning(json!({"referanseAvskriverJournalpost": [{"systemID": wrong}]}));
        let refused = write_off(&mut archive, &id, "mottaker", off).await;
        assert_eq!(place(refused), "/avskrivning/referanseAvskriverJournalpost/0");
    }
    for of in ["U", "N", "X"] {
        let answer = archive.journalpost(&sak, json!({"journalposttype": {"kode": of}})).await;
        let number = json!({"registreringsID": archive.unit(&answer).unit.doc["registreringsID"]});
        let by = avskrivning(json!({"referanseAvskrivesAvJournalpost": number}));
        write_off(&mut archive, &id, "mottaker", by).await.unwrap();
        let kept = parts(&archive, &id)[1]["avskrivning"].as_array().unwrap().last().cloned().unwrap();
        assert_eq!(kept["referanseAvskrivesAvJournalpost"], json!({"systemID": answer}));
    }
    assert_published(&archive, &id);
}

#[tokio::test]
async fn several_answers_are_all_kept_and_the_same_one_is_kept_once() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({})).await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(archive.journalpost(&sak, json!({"journalposttype": {"kode": "U"}})).await);
    }
    let by = |answer: &String| avskrivning(json!({"referanseAvskrivesAvJournalpost": {"systemID": answer}}));
    for answer in [&answers[0], &answers[1], &answers[0]] {
        write_off(&mut archive, &id, "mottaker", by(answer)).await.unwrap();
    }
    assert_eq!(parts(&archive, &id)[1]["avskrivning"], json!([by(&answers[1]), by(&answers[0])]));
    // Those that it writes off may be several in one message.
    let note = archive.journalpost(&sak, json!({"journalposttype": {"kode": "N"}})).await;
    let off = |id: &String| json!({"systemID": id});
    let many = avskrivning(json!({"referanseAvskriverJournalpost": [off(&id), off(&answers[0])]}));
    write_off(&mut archive, &note, "mottaker", many).await.unwrap();
    let one = |id: &String| avskrivning(json!({"referanseAvskriverJournalpost": off(id)}));
    assert_eq!(parts(&archive, &note)[1]["avskrivning"], json!([one(&id), one(&answers[0])]));
    assert_published(&archive, &id);
    assert_published(&archive, &note);
}

#[tokio::test]
async fn an_id_that_nobody_gave_means_the_one_who_answers_and_a_merknad_says_so() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let part = |kode: &str, answers: bool| {
        json!({"korrespondanseparttype": {"kode": kode},
        "korrespondansepartNavn": kode, "erBehandlingsansvarlig": answers})
    };
    let cases = [
        (json!([part("IM", true), part("IM", false)]), Some(0)),
        (json!([part("EA", false), part("IM", false)]), Some(1)),
        (json!([part("IM", false), part("IM", false)]), None),
        (json!([part("IM", true), part("IM", true)]), None),
        (json!([part("EA", false)]), None),
    ];
    for (given, meant) in cases {
        let id = archive.journalpost(&sak, json!({"korrespondansepart": given})).await;
        let written = write_off(&mut archive, &id, "en-korrespondansepart-id", avskrivning(json!({}))).await;
        let doc = archive.unit(&id).unit.doc;
        let Some(meant) = meant else {
            assert!(matches!(&written, Err(Trouble::NotFound(_))), "{written:?}");
            assert_eq!(place(written), "/korrespondansepartID");
            continue;
        };
        written.unwrap();
        assert_eq!(doc["korrespondansepart"][meant]["avskrivning"], json!([avskrivning(json!({}))]));
        assert_eq!(doc["merknad"][0]["merknadRegistrertAv"], "seljord-acos");
        assert_published(&archive, &id);
    }
}

#[tokio::test]
async fn in_a_closed_mappe_nothing_becomes_owing_again() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({})).await;
    mappe(&mut archive, &sak, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    assert_eq!(place(take_back(&mut archive, &id, "mottaker").await), AT);
    mappe(&mut archive, &sak, json!({"saksstatus": {"kode": "B"}})).await.unwrap();
    take_back(&mut archive, &id, "mottaker").await.unwrap();
    assert_eq!(owing(&archive.unit(&id).unit.doc), [1]);
}

#[test]
fn what_is_owing_is_owed_once_for_what_came_in_and_by_each_receiver_of_a_note() {
    let part = |kode: &str| json!({"korrespondanseparttype": {"kode": kode}});
    let done = |kode: &str| json!({"korrespondanseparttype": {"kode": kode}, "avskrivning": [{}]});
    let post = |of: &str, status: &str, parts: Value| {
        json!({"journalposttype": {"kode": of},
        "journalstatus": {"kode": status}, "korrespondansepart": parts})
    };
    let owes = |of: &str, parts: Value| owing(&post(of, "J", parts));
    assert_eq!(owes("I", json!([part("EA"), part("IM"), part("IK")])), [1]);
    assert_eq!(owes("I", json!([part("EK"), part("EA")])), [1]);
    assert_eq!(owes("I", json!([part("EA"), done("IM"), part("IM")])), [0; 0]);
    assert_eq!(owes("N", json!([part("IA"), done("IM"), part("IM"), part("IK"), part("EM")])), [2, 4]);
    assert_eq!(owes("U", json!([part("EM")])), [0; 0]);
    assert_eq!(owes("X", json!([part("IM")])), [0; 0]);
    assert_eq!(owing(&post("I", "U", json!([part("IM")]))), [0; 0]);
    let mut dated = post("I", "J", json!([part("IM")]));
    dated["avskrivningsdato"] = json!("2026-05-01");
    assert_eq!(owing(&dated), [0; 0]);
}
