//! `saksstatus`, `avsluttetDato`, `avsluttetAv`.

use serde_json::json;

use super::*;

fn status(kode: &str) -> Value {
    json!({"saksstatus": {"kode": kode}})
}

const STATUS: &str = "/mappeOppdateringer/saksstatus";

#[tokio::test]
async fn a_saksmappe_is_closed_by_its_status_and_opened_by_it() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    mappe(&mut archive, &id, status("A")).await.unwrap();
    let closed = doc(&archive, &id);
    assert_eq!(
        (&closed["avsluttetDato"], &closed["avsluttetAv"]),
        (&json!("2026-05-04T10:00:00Z"), &json!("seljord-acos"))
    );
    assert_published(&archive, &id);
    // When it was closed can be corrected.
    mappe(&mut archive, &id, json!({"avsluttetDato": "2026-05-03T00:00:00Z", "avsluttetAv": "Kari"}))
        .await
        .unwrap();
    let closed = doc(&archive, &id);
    assert_eq!(
        (&closed["avsluttetDato"], &closed["avsluttetAv"]),
        (&json!("2026-05-03T00:00:00Z"), &json!("Kari"))
    );
    mappe(&mut archive, &id, status("B")).await.unwrap();
    let open = doc(&archive, &id);
    assert!(open.get("avsluttetDato").is_none() && open.get("avsluttetAv").is_none());
    assert_published(&archive, &id);
}

#[tokio::test]
async fn another_mappe_is_closed_by_its_date_and_a_date_alone_closes_no_saksmappe() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    for member in ["avsluttetDato", "avsluttetAv"] {
        let changes = json!({member: if member == "avsluttetAv" { "Kari" } else { "2026-05-03T00:00:00Z" }});
        assert_eq!(place(mappe(&mut archive, &sak, changes).await), format!("/mappeOppdateringer/{member}"));
    }
    let id = archive.make(json!({"mappe": {"tittel": "Mappe"}}), &[]).await.remove(0);
    let by = json!({"@type": "mappeOppdatering", "avsluttetAv": "Kari"});
    assert_eq!(place(mappe(&mut archive, &id, by).await), "/mappeOppdateringer/avsluttetAv");
    let closing = json!({"@type": "mappeOppdatering", "avsluttetDato": "2026-05-03T00:00:00Z"});
    mappe(&mut archive, &id, closing).await.unwrap();
    assert_eq!(doc(&archive, &id)["avsluttetAv"], "seljord-acos");
    assert_published(&archive, &id);
}

#[tokio::test]
async fn a_saksmappe_in_no_class_is_not_closed_but_may_get_its_class_by_the_same_message() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({"klassifikasjon": []})).await;
    assert_eq!(place(mappe(&mut archive, &id, status("A")).await), STATUS);
    let mut with_class = status("A");
    with_class["klassifikasjonOppdateringer"] =
        json!({"ny": [{"klassifikasjonssystemID": "FA", "klasseID": "K02"}]});
    mappe(&mut archive, &id, with_class).await.unwrap();
    assert_eq!(doc(&archive, &id)["klassifikasjon"][0]["klasseID"], "K02");
}

#[tokio::test]
async fn a_mappe_is_closed_after_those_in_it_and_opened_before_them() {
    let mut archive = Archive::with_structure().await;
    let above = archive.saksmappe(json!({})).await;
    let below = archive.saksmappe(json!({"referanseForeldermappe": {"systemID": above}})).await;
    assert_eq!(place(mappe(&mut archive, &above, status("A")).await), STATUS);
    for id in [&below, &above] {
        mappe(&mut archive, id, status("A")).await.unwrap();
    }
    assert_eq!(place(mappe(&mut archive, &below, status("B")).await), STATUS);
    for id in [&above, &below] {
        mappe(&mut archive, id, status("B")).await.unwrap();
    }
}

#[tokio::test]
async fn journalposter_must_be_done_with_before_their_saksmappe_is_closed() {
    for (kode, done) in [("M", false), ("S", false), ("R", false), ("F", true), ("J", true), ("U", true)] {
        let mut archive = Archive::with_structure().await;
        let id = archive.saksmappe(json!({})).await;
        archive.journalpost(&id, json!({"journalstatus": {"kode": kode}})).await;
        let closed = mappe(&mut archive, &id, status("A")).await;
        assert_eq!(closed.is_ok(), done, "{kode}");
        if !done {
            assert_eq!(place(closed), STATUS);
        }
    }
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    let v = json!([{"tittel": "V", "tilknyttetRegistreringSom": {"kode": "V"}}]);
    let without = json!({"registrering": {"@type": "journalpost", "tittel": "B", "dokumentbeskrivelse": v,
        "referanseForelderMappe": {"systemID": id}, "journalposttype": {"kode": "X"}}});
    archive.make(without, &[]).await;
    assert_eq!(place(mappe(&mut archive, &id, status("A")).await), STATUS);
}

#[tokio::test]
async fn what_is_owing_is_written_off_when_its_saksmappe_is_closed() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    let incoming = archive.journalpost(&id, json!({})).await;
    let outgoing = archive.journalpost(&id, json!({"journalposttype": {"kode": "U"}})).await;
    let two = json!([
        {"korrespondanseparttype": {"kode": "IA"}, "korrespondansepartNavn": "a"},
        {"korrespondanseparttype": {"kode": "IM"}, "korrespondansepartNavn": "b"},
        {"korrespondanseparttype": {"kode": "IK"}, "korrespondansepartNavn": "c"},
        {"korrespondanseparttype": {"kode": "IM"}, "korrespondansepartNavn": "d"}]);
    let internal =
        archive.journalpost(&id, json!({"journalposttype": {"kode": "N"}, "korrespondansepart": two})).await;
    let withdrawn = archive.journalpost(&id, json!({"journalstatus": {"kode": "U"}})).await;
    mappe(&mut archive, &id, status("A")).await.unwrap();
    let written_off = |id: &str| {
        let parts = doc(&archive, id)["korrespondansepart"].clone();
        let is = |part: &Value| part["avskrivning"][0]["avskrivningsmaate"]["kode"] == json!("SA");
        parts.as_array().unwrap().iter().map(is).collect::<Vec<_>>()
    };
    assert_eq!(written_off(&incoming), [false, true]);
    assert_eq!(written_off(&outgoing), [false, false]);
    assert_eq!(written_off(&internal), [false, true, false, true]);
    assert_eq!(written_off(&withdrawn), [false, false]);
    assert_published(&archive, &internal);
}

#[tokio::test]
async fn a_saksmappe_is_withdrawn_only_with_all_its_journalposter() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    let letter = archive.journalpost(&id, json!({})).await;
    assert_eq!(place(mappe(&mut archive, &id, status("U")).await), STATUS);
    // Nor by closing it first.
    mappe(&mut archive, &id, status("A")).await.unwrap();
    assert_eq!(place(mappe(&mut archive, &id, status("U")).await), STATUS);
    post(&mut archive, &letter, json!({"journalstatus": {"kode": "U"}})).await.unwrap();
    mappe(&mut archive, &id, status("U")).await.unwrap();
    assert_eq!(doc(&archive, &id)["saksstatus"]["kode"], "U");
}

#[tokio::test]
async fn a_mappe_is_not_opened_in_an_arkivdel_that_is_closed() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    mappe(&mut archive, &id, status("A")).await.unwrap();
    close_arkivdel(&mut archive, "SAK").await;
    assert_eq!(place(mappe(&mut archive, &id, status("B")).await), STATUS);
}

/// As the import of a changed structure does.
pub(crate) async fn close_arkivdel(archive: &mut Archive, kode: &str) {
    let id = archive.records().arkivdel(kode).unwrap().unwrap().unit.system_id;
    let new = Some(json!("2026-05-04T10:00:00Z"));
    let edits = vec![samflyt_noark::unit::Edit { path: "/avsluttetDato".to_owned(), old: None, new }];
    let step = crate::records::Step::Edited {
        system_id: id,
        parent: None,
        arkivdel: None,
        numbers: Vec::new(),
        edits,
    };
    archive.take(vec![step]).await;
}
