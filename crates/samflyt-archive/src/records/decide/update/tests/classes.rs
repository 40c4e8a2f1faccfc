//! `klassifikasjonOppdateringer`.

use super::*;

const NEW: &str = "/mappeOppdateringer/klassifikasjonOppdateringer/ny/0/klasseID";

fn class(system: &str, id: &str) -> Value {
    json!({"klassifikasjonssystemID": system, "klasseID": id})
}

fn new(of: Value) -> Value {
    json!({"klassifikasjonOppdateringer": {"ny": [of]}})
}

fn ids(archive: &Archive, id: &str) -> Vec<String> {
    let all = doc(archive, id)["klassifikasjon"].clone();
    all.as_array().into_iter().flatten().map(|one| one["klasseID"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn classes_are_changed_deleted_and_added_as_the_published_case_does() {
    let mut archive = Archive::with_structure().await;
    let both = json!([class("FA", "K01"), class("GBNR", "20/19")]);
    let id = archive.saksmappe(json!({"klassifikasjon": both})).await;
    let reference = |system, id| json!({"referanseTilKlassifikasjon": class(system, id)});
    let changes = json!({"klassifikasjonOppdateringer": {
        "slett": [reference("FA", "K01"), reference("GBNR", "20/19")],
        "ny": [class("FA", "K02"), class("GBNR", "21/19")]}});
    mappe(&mut archive, &id, changes).await.unwrap();
    assert_eq!(ids(&archive, &id), ["K02", "21/19"]);
    let mut changed = reference("FA", "K02");
    extend(&mut changed, json!({"tittel": "Ny tittel", "erSkjermet": true}));
    mappe(&mut archive, &id, json!({"klassifikasjonOppdateringer": {"oppdatering": [changed]}}))
        .await
        .unwrap();
    let kept = doc(&archive, &id)["klassifikasjon"][0].clone();
    assert_eq!((&kept["tittel"], &kept["erSkjermet"]), (&json!("Ny tittel"), &json!(true)));
    let none = json!({"klassifikasjonOppdateringer": {"oppdatering": [reference("FA", "K01")]}});
    let at = "/mappeOppdateringer/klassifikasjonOppdateringer/oppdatering/0";
    assert_eq!(place(mappe(&mut archive, &id, none).await), at);
    assert_published(&archive, &id);
}

#[tokio::test]
async fn a_class_is_known_open_and_on_the_lowest_level() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    for wrong in ["K99", "K03"] {
        assert_eq!(place(mappe(&mut archive, &id, new(class("FA", wrong))).await), NEW);
    }
    let unknown = mappe(&mut archive, &id, new(class("KK", "1"))).await;
    assert_eq!(place(unknown), NEW.replace("klasseID", "klassifikasjonssystemID"));
    let system = archive.records().klassifikasjonssystem("FA").unwrap().unwrap().unit.system_id;
    let closed = archive.records().klasse(&system, "K02").unwrap().unwrap().unit.system_id;
    let end = Some(json!("2026-05-04T10:00:00Z"));
    let edits = vec![samflyt_noark::unit::Edit { path: "/avsluttetDato".to_owned(), old: None, new: end }];
    let (parent, arkivdel, numbers) = (None, None, Vec::new());
    archive
        .take(vec![crate::records::Step::Edited { system_id: closed, parent, arkivdel, numbers, edits }])
        .await;
    assert_eq!(place(mappe(&mut archive, &id, new(class("FA", "K02"))).await), NEW);
    // Without a system, the arkivdel's primary one is meant.
    mappe(&mut archive, &id, new(json!({"klasseID": "K03.1"}))).await.unwrap();
    assert_eq!(doc(&archive, &id)["klassifikasjon"][1]["klassifikasjonssystemID"], "FA");
}

#[tokio::test]
async fn a_class_of_an_open_system_is_made_once_however_often_it_is_named() {
    let mut archive = Archive::with_structure().await;
    let (id, other) = (archive.saksmappe(json!({})).await, archive.saksmappe(json!({})).await);
    let twice =
        json!({"klassifikasjonOppdateringer": {"ny": [class("GBNR", "21/19"), class("GBNR", "21/19")]}});
    for id in [&id, &id, &other] {
        mappe(&mut archive, id, twice.clone()).await.unwrap();
        assert_eq!(ids(&archive, id), ["K01", "21/19"]);
    }
    let records = archive.records();
    let system = records.klassifikasjonssystem("GBNR").unwrap().unwrap().unit.system_id;
    assert_eq!(records.children(&system, Kind::Klasse).count(), 1);
}
