//! What may no longer change.

use super::*;

/// Sends each change by itself, and says which of them were refused.
async fn refused(archive: &mut Archive, id: &str, changes: &[(&str, Value)]) -> Vec<String> {
    let mut refused = Vec::new();
    for (element, value) in changes {
        let before = doc(archive, id);
        let sent = if archive.unit(id).unit.kind == Kind::Mappe {
            mappe(archive, id, json!({*element: value})).await
        } else {
            let of = archive.unit(id).unit.type_name().map(str::to_owned);
            let of_type = if of.as_deref() == Some("journalpost") {
                "journalpostOppdatering"
            } else {
                "registreringOppdatering"
            };
            post(archive, id, json!({"@type": of_type, *element: value})).await
        };
        if sent.is_err() {
            assert_eq!(doc(archive, id), before, "{element}");
            assert!(place(sent).ends_with(&format!("Oppdateringer/{}", member(element))), "{element}");
            refused.push((*element).to_owned());
        } else {
            assert_ne!(doc(archive, id), before, "{element}");
        }
    }
    refused
}

/// What of the document an element changes.
fn member(element: &str) -> &str {
    match element {
        "klassifikasjonOppdateringer" => "klassifikasjon",
        other => other.strip_suffix("Oppdateringer").unwrap_or(other),
    }
}

fn shield() -> Value {
    json!({"oppdatering": {"tilgangsrestriksjon": {"kode": "13"}, "skjermingshjemmel": "offl. § 13"}})
}

fn class() -> Value {
    json!({"ny": [{"klassifikasjonssystemID": "FA", "klasseID": "K02"}]})
}

fn of_mappe() -> Vec<(&'static str, Value)> {
    vec![
        ("tittel", json!("Ny")),
        ("saksdato", json!("2025-01-01")),
        ("administrativEnhet", json!({"navn": "Skole"})),
        ("saksansvarlig", json!({"navn": "Kari"})),
        ("partOppdateringer", json!({"ny": [{"partNavn": "Kari"}]})),
        ("klassifikasjonOppdateringer", class()),
        ("merknadOppdateringer", json!({"ny": [{"merknadstekst": "m"}]})),
        ("skjermingOppdateringer", shield()),
        ("kryssreferanseOppdateringer", json!({"ny": [{"referanseTilMappe": {"mappeID": "2026/1"}}]})),
        ("referanseEksternNoekkel", json!({"fagsystem": "acos", "noekkel": "1"})),
    ]
}

#[tokio::test]
async fn of_a_closed_mappe_nothing_changes_that_says_what_it_was() {
    let mut archive = Archive::with_structure().await;
    let id = archive.saksmappe(json!({})).await;
    mappe(&mut archive, &id, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    let fixed = [
        "tittel",
        "saksdato",
        "administrativEnhet",
        "saksansvarlig",
        "partOppdateringer",
        "klassifikasjonOppdateringer",
    ];
    assert_eq!(refused(&mut archive, &id, &of_mappe()).await, fixed);
    // The message that opens it may change it too, and one that closes it as well.
    for (kode, title) in [("B", "Åpen"), ("A", "Lukket")] {
        mappe(&mut archive, &id, json!({"saksstatus": {"kode": kode}, "tittel": title})).await.unwrap();
        assert_eq!(doc(&archive, &id)["tittel"], title);
    }
}

fn of_journalpost() -> Vec<(&'static str, Value)> {
    let part = json!({"oppdatering": [{"korrespondansepartID": "mottaker", "korrespondansepartNavn": "Skolekontoret"}]});
    vec![
        ("journalposttype", json!({"kode": "X"})),
        ("journaldato", json!("2026-05-01")),
        ("dokumentetsDato", json!("2026-05-01")),
        ("mottattDato", json!("2026-05-01T00:00:00Z")),
        ("sendtDato", json!("2026-05-01T00:00:00Z")),
        ("tittel", json!("Ny")),
        ("korrespondansepartOppdateringer", part),
        ("forfallsdato", json!("2026-06-01")),
        ("offentligTittel", json!("O")),
        ("offentlighetsvurdertDato", json!("2026-05-02")),
        ("merknadOppdateringer", json!({"ny": [{"merknadstekst": "m"}]})),
        ("skjermingOppdateringer", shield()),
        ("referanseEksternNoekkel", json!({"fagsystem": "acos", "noekkel": "1"})),
    ]
}

async fn refused_of(of: &str, status: &str) -> Vec<String> {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let made = json!({"journalposttype": {"kode": of}, "journalstatus": {"kode": status}});
    let id = archive.journalpost(&sak, made).await;
    refused(&mut archive, &id, &of_journalpost()).await
}

#[tokio::test]
async fn before_it_is_journalfoert_everything_of_a_journalpost_changes() {
    assert_eq!(refused_of("I", "M").await, [""; 0]);
    assert_eq!(refused_of("U", "S").await, [""; 0]);
    assert_eq!(refused_of("N", "F").await, [""; 0]);
}

#[tokio::test]
async fn what_came_in_keeps_type_and_dates_once_it_is_journalfoert() {
    assert_eq!(refused_of("I", "J").await, ["journalposttype", "journaldato", "mottattDato"]);
}

#[tokio::test]
async fn what_was_made_here_keeps_what_went_out_once_it_is_ekspedert_or_journalfoert() {
    let fixed = [
        "journalposttype",
        "journaldato",
        "dokumentetsDato",
        "sendtDato",
        "tittel",
        "korrespondansepartOppdateringer",
    ];
    for (of, status) in [("U", "E"), ("U", "J"), ("N", "J")] {
        assert_eq!(refused_of(of, status).await, fixed, "{of} {status}");
    }
}

#[tokio::test]
async fn of_what_is_archived_or_withdrawn_only_who_sees_it_and_what_is_added_changes() {
    let fixed = [
        "journalposttype",
        "journaldato",
        "dokumentetsDato",
        "mottattDato",
        "sendtDato",
        "tittel",
        "korrespondansepartOppdateringer",
        "forfallsdato",
    ];
    for status in ["A", "U"] {
        assert_eq!(refused_of("I", status).await, fixed, "{status}");
    }
}

#[tokio::test]
async fn what_is_in_a_closed_mappe_or_archived_does_not_change_whatever_its_type() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let in_closed = archive.journalpost(&sak, json!({})).await;
    let note = json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": sak}}});
    let note = archive.make(note, &[]).await.remove(0);
    let changes =
        [("tittel", json!("Ny")), ("merknadOppdateringer", json!({"ny": [{"merknadstekst": "m"}]}))];
    post(
        &mut archive,
        &note,
        json!({"@type": "registreringOppdatering", "arkivertDato": "2026-05-04T00:00:00Z"}),
    )
    .await
    .unwrap();
    assert_eq!(refused(&mut archive, &note, &changes).await, ["tittel"]);
    mappe(&mut archive, &sak, json!({"saksstatus": {"kode": "A"}})).await.unwrap();
    assert_eq!(refused(&mut archive, &in_closed, &changes).await, ["tittel"]);
    // Its document as little.
    let refused = document(&mut archive, &in_closed, json!({"dokumenttype": {"kode": "RUND"}})).await;
    assert_eq!(place(refused), "/dokumentbeskrivelseOppdateringer/dokumenttype");
    document(&mut archive, &in_closed, json!({"tittel": "Ny", "skjerming": shield()})).await.unwrap();
}
