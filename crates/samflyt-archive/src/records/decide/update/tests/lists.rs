//! Lists: what is new gets an id, what is named must be there, what is gone is gone.

use super::*;

#[tokio::test]
async fn what_is_new_gets_an_id_of_its_own_and_an_id_that_is_in_use_is_refused() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({"part": [{"partID": "1", "partNavn": "Kari"}]})).await;
    let new = json!({"partOppdateringer": {"ny": [{"partNavn": "Ola"}, {"partNavn": "Ola"}, {"partID": "x", "partNavn": "Per"}]}});
    mappe(&mut archive, &id, new).await.unwrap();
    let parts = doc(&archive, &id)["part"].clone();
    let ids: std::collections::BTreeSet<_> =
        parts.as_array().unwrap().iter().map(|part| part["partID"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 4, "{parts:#}");
    assert!(ids.contains("x"));
    let again = json!({"partOppdateringer": {"ny": [{"partID": "1", "partNavn": "Ola"}]}});
    let refused = mappe(&mut archive, &id, again).await;
    assert_eq!(place(refused), "/mappeOppdateringer/partOppdateringer/ny/0");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed_and_deleting_it_is_no_error() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    let missing =
        json!({"merknadOppdateringer": {"oppdatering": [{"merknadID": "9", "merknadstekst": "x"}]}});
    assert_eq!(
        place(mappe(&mut archive, &id, missing).await),
        "/mappeOppdateringer/merknadOppdateringer/oppdatering/0"
    );
    let gone = json!({"merknadOppdateringer": {"slett": [{"merknadID": "9"}]}, "noekkelord": {"slett": ["x"]},
        "beskrivelse": {"slett": true}, "skjermingOppdateringer": {"slett": true},
        "klassifikasjonOppdateringer": {"slett": [{"referanseTilKlassifikasjon":
            {"klassifikasjonssystemID": "FA", "klasseID": "K02"}}]}});
    assert_eq!(mappe(&mut archive, &id, gone).await.unwrap().steps, []);
}

#[tokio::test]
async fn one_message_changes_deletes_and_adds_in_that_order() {
    let mut archive = Archive::with_structure().await;
    let three = json!([{"merknadID": "1", "merknadstekst": "a"}, {"merknadID": "2", "merknadstekst": "b"}]);
    let id = archive.saksmappe(json!({"merknad": three, "noekkelord": ["a", "b"]})).await;
    let changes = json!({
        "merknadOppdateringer": {
            "oppdatering": [{"merknadID": "1", "merknadstekst": "c"}],
            "slett": [{"merknadID": "2"}],
            "ny": [{"merknadID": "2", "merknadstekst": "d"}]},
        "noekkelord": {"slett": ["a"], "ny": ["c", "b", "a"]}});
    mappe(&mut archive, &id, changes).await.unwrap();
    let doc = doc(&archive, &id);
    let texts = doc["merknad"].as_array().unwrap().iter().map(|one| one["merknadstekst"].clone());
    assert_eq!(texts.collect::<Vec<_>>(), ["c", "d"]);
    // A word that is there is not said twice.
    assert_eq!(doc["noekkelord"], json!(["b", "c", "a"]));
}

#[tokio::test]
async fn a_list_without_items_is_no_member_any_more() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({"noekkelord": ["a"]})).await;
    mappe(&mut archive, &id, json!({"noekkelord": {"slett": ["a"]}, "partOppdateringer": {}})).await.unwrap();
    let doc = doc(&archive, &id);
    assert!(doc.get("noekkelord").is_none() && doc.get("part").is_none());
}

#[tokio::test]
async fn what_has_no_id_is_told_apart_by_all_of_it() {
    let mut archive = Archive::with_structure().await;
    let property = |number: i32| json!({"kommunenummer": "4022", "gardsnummer": number, "bruksnummer": 1});
    let home = |number: i32| json!({"adresse": format!("Vegen {number}"), "postnummer": "3840", "poststed": "Seljord"});
    let id = archive
        .saksmappe(json!({"matrikkelnummer": [property(1), property(2)], "adresse": [home(1), home(2)]}))
        .await;
    let changes = json!({
        "matrikkelnummerOppdateringer": {"slett": [property(1)], "ny": [property(2), property(3)]},
        "adresseOppdateringer": {"slett": [home(1)], "ny": [home(2), home(3)]},
        "planidentOppdateringer": {"ny": [{"planidentifikasjon": "p", "kommunenummer": "4022"},
            {"planidentifikasjon": "p", "kommunenummer": "4024"}, {"planidentifikasjon": "p", "kommunenummer": "4024"}]}});
    mappe(&mut archive, &id, changes).await.unwrap();
    let doc = doc(&archive, &id);
    assert_eq!(doc["matrikkelnummer"], json!([property(2), property(3)]));
    assert_eq!(doc["adresse"], json!([home(2), home(3)]));
    // Plans of two municipalities may have one number.
    assert_eq!(doc["planident"].as_array().unwrap().len(), 2);
    assert_published(&archive, &id);
}

#[tokio::test]
async fn a_shield_or_grade_is_whole_or_is_not_there() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    let part = json!({"skjermingOppdateringer": {"oppdatering": {"skjermingshjemmel": "offl. § 13"}}});
    let missing = "/mappeOppdateringer/skjermingOppdateringer/oppdatering/tilgangsrestriksjon";
    assert_eq!(place(mappe(&mut archive, &id, part).await), missing);
    let part = json!({"graderingOppdateringer": {"oppdatering": {"gradertAv": "Kari"}}});
    let missing = "/mappeOppdateringer/graderingOppdateringer/oppdatering/grad";
    assert_eq!(place(mappe(&mut archive, &id, part).await), missing);
}

#[tokio::test]
async fn a_presedens_is_added_or_changed_also_of_what_is_closed_and_never_goes_away() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let letter = archive.journalpost(&sak, json!({"journalstatus": {"kode": "A"}})).await;
    mappe(&mut archive, &sak, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    let one = |title: &str, status: &str| {
        json!({"presedensDato": "2026-01-01", "opprettetDato": "2026-01-01T00:00:00Z",
        "opprettetAv": "Kari", "tittel": title, "rettskildefaktor": "R", "presedensStatus": {"kode": status}})
    };
    for all in [json!([one("a", "G"), one("b", "G")]), json!([one("a", "F")])] {
        mappe(&mut archive, &sak, json!({"presedens": all})).await.unwrap();
        post(&mut archive, &letter, json!({"presedens": all})).await.unwrap();
    }
    for id in [&sak, &letter] {
        assert_eq!(doc(&archive, id)["presedens"], json!([one("a", "F"), one("b", "G")]));
        assert_published(&archive, id);
    }
}
