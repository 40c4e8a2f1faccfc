//! `journalstatus`.

use super::*;

fn status(kode: &str) -> Value {
    json!({"journalstatus": {"kode": kode}})
}

const STATUS: &str = "/registreringOppdateringer/journalstatus";

#[tokio::test]
async fn a_status_goes_on_or_ends_as_utgaar_and_never_back_from_what_is_journalfoert() {
    let allowed = |was: &str, is: &str| match was {
        "U" => false,
        "A" => is == "U",
        "E" | "J" => matches!(is, "E" | "J" | "A" | "U"),
        _ => true,
    };
    let all = ["M", "S", "R", "F", "G", "E", "J", "A", "U"];
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    for was in all {
        for is in all.into_iter().filter(|is| *is != was) {
            let id = archive.journalpost(&sak, status(was)).await;
            let changed = post(&mut archive, &id, status(is)).await;
            assert_eq!(changed.is_ok(), allowed(was, is), "{was} -> {is}: {changed:?}");
            if changed.is_err() {
                assert_eq!(place(changed), STATUS);
            }
        }
    }
}

#[tokio::test]
async fn what_is_journalfoert_has_finished_documents_and_the_day_on_which_it_was() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let unfinished = json!([{"tittel": "D", "dokumentstatus": {"kode": "B"}, "tilknyttetRegistreringSom": {"kode": "H"},
        "dokumentobjekt": [{"filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}]}]);
    let made = json!({"journalstatus": {"kode": "M"}, "journaldato": "2026-01-01", "dokumentbeskrivelse": unfinished});
    let id = archive.journalpost(&sak, made).await;
    for kode in ["E", "J", "A"] {
        assert_eq!(place(post(&mut archive, &id, status(kode)).await), STATUS);
    }
    document(&mut archive, &id, json!({"dokumentstatus": {"kode": "F"}})).await.unwrap();
    post(&mut archive, &id, status("J")).await.unwrap();
    assert_eq!(doc(&archive, &id)["journaldato"], "2026-05-04");
    let number = doc(&archive, &id)["journalsekvensnummer"].clone();
    // Withdrawn, it keeps number and date.
    post(&mut archive, &id, status("U")).await.unwrap();
    let withdrawn = doc(&archive, &id);
    assert_eq!(
        (&withdrawn["journaldato"], &withdrawn["journalsekvensnummer"]),
        (&json!("2026-05-04"), &number)
    );
    let mut dated = status("J");
    dated["journaldato"] = json!("2026-05-02");
    let other = archive.journalpost(&sak, status("M")).await;
    post(&mut archive, &other, dated).await.unwrap();
    assert_eq!(doc(&archive, &other)["journaldato"], "2026-05-02");
}

#[tokio::test]
async fn what_is_archived_says_when_and_by_whom() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive.journalpost(&sak, json!({})).await;
    post(&mut archive, &id, status("A")).await.unwrap();
    let archived = doc(&archive, &id);
    let said = (&archived["arkivertDato"], &archived["arkivertAv"]);
    assert_eq!(said, (&json!("2026-05-04T10:00:00Z"), &json!("seljord-acos")));
}

#[tokio::test]
async fn a_letter_from_or_to_others_keeps_a_korrespondansepart() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let all = json!({"slett": [{"korrespondansepartID": "avsender"}, {"korrespondansepartID": "mottaker"}]});
    for (of, keeps) in [("I", true), ("U", true), ("N", false), ("X", false)] {
        let made = json!({"journalposttype": {"kode": of}, "journalstatus": {"kode": "M"}});
        let id = archive.journalpost(&sak, made).await;
        let changed = post(&mut archive, &id, json!({"korrespondansepartOppdateringer": all})).await;
        assert_eq!(changed.is_err(), keeps, "{of}");
        if keeps {
            assert_eq!(place(changed), "/registreringOppdateringer/korrespondansepartOppdateringer/slett");
            let mut other = all.clone();
            other["ny"] =
                json!([{"korrespondanseparttype": {"kode": "EA"}, "korrespondansepartNavn": "Kari"}]);
            post(&mut archive, &id, json!({"korrespondansepartOppdateringer": other})).await.unwrap();
        } else {
            let refused = post(&mut archive, &id, json!({"journalposttype": {"kode": "U"}})).await;
            assert_eq!(place(refused), "/registreringOppdateringer/journalposttype");
        }
    }
}
