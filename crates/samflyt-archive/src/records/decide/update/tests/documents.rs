//! `dokumentbeskrivelseOppdateringer`.

use super::*;

const AT: &str = "/dokumentbeskrivelseOppdateringer";

/// A journalpost with a main document and an attachment that are not finished.
async fn with_two(archive: &mut Archive, more: Value) -> String {
    let sak = archive.saksmappe(json!({})).await;
    let one = |role: &str| {
        json!({"tittel": role, "dokumentstatus": {"kode": "B"}, "tilknyttetRegistreringSom": {"kode": role},
        "referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": role}})
    };
    let mut made = json!({"@type": "journalpost", "tittel": "B", "journalposttype": {"kode": "X"},
        "journalstatus": {"kode": "S"}, "referanseForelderMappe": {"systemID": sak}, "dokumentbeskrivelse": [one("H"), one("V")]});
    extend(&mut made, more);
    archive.make(json!({"registrering": made}), &[]).await.remove(0)
}

#[tokio::test]
async fn there_is_one_main_document_and_each_number_once() {
    let mut archive = Archive::with_structure().await;
    let id = with_two(&mut archive, json!({})).await;
    let second = json!({"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": "V"}});
    let change = |role: &str, number: i32| {
        json!({"referanseTilDokumentbeskrivelse": second,
        "tilknyttetRegistreringSom": {"kode": role}, "dokumentnummer": number})
    };
    let refused = document(&mut archive, &id, change("H", 2)).await;
    assert_eq!(place(refused), format!("{AT}/tilknyttetRegistreringSom"));
    assert_eq!(place(document(&mut archive, &id, change("V", 1)).await), format!("{AT}/dokumentnummer"));
    document(&mut archive, &id, json!({"tilknyttetRegistreringSom": {"kode": "V"}})).await.unwrap();
    document(&mut archive, &id, change("H", 3)).await.unwrap();
    let described = doc(&archive, &id)["dokumentbeskrivelse"].clone();
    assert_eq!((&described[0]["dokumentnummer"], &described[1]["dokumentnummer"]), (&json!(1), &json!(3)));
    assert_eq!(doc(&archive, &id)["antallVedlegg"], 1);
}

#[tokio::test]
async fn the_key_of_another_document_is_not_taken() {
    let mut archive = Archive::with_structure().await;
    let id = with_two(&mut archive, json!({})).await;
    let key = |noekkel: &str| json!({"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": noekkel}});
    assert_eq!(place(document(&mut archive, &id, key("V")).await), format!("{AT}/referanseEksternNoekkel"));
    for own in ["H", "ny"] {
        document(&mut archive, &id, key(own)).await.unwrap();
    }
    let first = doc(&archive, &id)["dokumentbeskrivelse"][0]["systemID"].clone();
    let found = archive.records().description_by_external_key("acos", "ny").unwrap();
    assert_eq!(found.map(Value::from), Some(first));
}

#[tokio::test]
async fn what_is_finished_stays_finished_and_may_get_another_title() {
    let mut archive = Archive::with_structure().await;
    let id = with_two(&mut archive, json!({})).await;
    let status = |kode: &str| json!({"dokumentstatus": {"kode": kode}});
    document(&mut archive, &id, status("F")).await.unwrap();
    assert_eq!(place(document(&mut archive, &id, status("B")).await), format!("{AT}/dokumentstatus"));
    document(&mut archive, &id, json!({"tittel": "Ny"})).await.unwrap();
    assert_eq!(doc(&archive, &id)["dokumentbeskrivelse"][0]["tittel"], "Ny");
}

#[tokio::test]
async fn a_document_of_what_is_journalfoert_is_finished_or_becomes_so() {
    let mut archive = Archive::with_structure().await;
    // Deposited so: the archive takes what its sender has.
    let id = with_two(&mut archive, json!({"journalstatus": {"kode": "J"}})).await;
    document(&mut archive, &id, json!({"tittel": "Ny"})).await.unwrap();
    let unfinished = document(&mut archive, &id, json!({"dokumentstatus": {"kode": "B"}})).await;
    assert_eq!(place(unfinished), format!("{AT}/dokumentstatus"));
    document(&mut archive, &id, json!({"dokumentstatus": {"kode": "F"}})).await.unwrap();
}

#[tokio::test]
async fn only_the_document_that_is_named_changes() {
    let mut archive = Archive::with_structure().await;
    let id =
        with_two(&mut archive, json!({"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": "r"}}))
            .await;
    let before = doc(&archive, &id);
    // The key of a journalpost means its main document (decision 0022).
    let main = json!({"referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": "r"}});
    document(&mut archive, &id, json!({"referanseTilDokumentbeskrivelse": main, "tittel": "Ny"}))
        .await
        .unwrap();
    let mut expected = before;
    expected["dokumentbeskrivelse"][0]["tittel"] = json!("Ny");
    assert_eq!(doc(&archive, &id), expected);
}
