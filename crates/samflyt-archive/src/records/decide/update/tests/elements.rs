//! Every element of the message changes what it is for, and what it leaves behind is of the protocol.

use std::collections::BTreeSet;

use samflyt_noark::fiks::oppdater::{mappe as mapper, moete, registrering};
use samflyt_noark::grammar::Complex;

use super::*;

/// An element, what is sent in it, the member of the record, and what that holds then; `null`: nothing.
type Row = (&'static str, Value, &'static str, Value);

fn of_every_unit(skjerming: &'static str, gradering: &'static str) -> Vec<Row> {
    let shield = json!({"tilgangsrestriksjon": {"kode": "13"}, "skjermingshjemmel": "offl. § 13",
        "skjermingOpphoererDato": "2086-01-01", "skjermingOpphoererAksjon": {"kode": "S"}});
    let grade = json!({"grad": {"kode": "B"}, "graderingsdato": "2026-05-01T00:00:00Z", "gradertAv": "Kari",
        "nedgraderingsdato": "2056-05-01T00:00:00Z", "nedgradertAv": "Ola"});
    vec![
        ("tittel", json!("Ny"), "tittel", json!("Ny")),
        ("beskrivelse", json!({"oppdatering": "B"}), "beskrivelse", json!("B")),
        ("beskrivelse", json!({"slett": true}), "beskrivelse", json!(null)),
        ("opprettetDato", json!("2025-01-01T00:00:00Z"), "opprettetDato", json!("2025-01-01T00:00:00Z")),
        ("opprettetAv", json!("Kari"), "opprettetAv", json!("Kari")),
        ("partOppdateringer", json!({"ny": [{"partNavn": "Kari"}]}), "part", json!([{"partNavn": "Kari"}])),
        (
            "merknadOppdateringer",
            json!({"ny": [{"merknadstekst": "m"}]}),
            "merknad",
            json!([{"merknadstekst": "m", "merknadRegistrertAv": "seljord-acos"}]),
        ),
        (skjerming, json!({"oppdatering": shield}), "skjerming", shield),
        (
            skjerming,
            json!({"oppdatering": {"skjermingshjemmel": "fvl. § 13"}}),
            "skjerming",
            json!({"tilgangsrestriksjon": {"kode": "13"}, "skjermingshjemmel": "fvl. § 13"}),
        ),
        (skjerming, json!({"slett": true}), "skjerming", json!(null)),
        (gradering, json!({"oppdatering": grade}), "gradering", grade),
        (
            gradering,
            json!({"slett": true, "oppdatering": {"grad": {"kode": "F"}}}),
            "gradering",
            json!({"grad": {"kode": "F"}, "gradertAv": "seljord-acos", "graderingsdato": "2026-05-04T10:00:00Z"}),
        ),
        (gradering, json!({"slett": true}), "gradering", json!(null)),
        (
            "referanseEksternNoekkel",
            json!({"fagsystem": "acos", "noekkel": "1"}),
            "referanseEksternNoekkel",
            json!({"fagsystem": "acos", "noekkel": "1"}),
        ),
    ]
}

fn of_units(gradering: &'static str) -> Vec<Row> {
    let own = "virksomhetsspesifikkeMetadata";
    let changes = "virksomhetsspesifikkeMetadataOppdateringer";
    let mut rows = of_every_unit("skjermingOppdateringer", gradering);
    rows.extend([
        ("offentligTittel", json!("O"), "offentligTittel", json!("O")),
        (changes, json!({"ny": "<a xmlns=\"urn:a\">1</a>"}), own, json!("<a xmlns=\"urn:a\">1</a>")),
        (
            changes,
            json!({"ny": "<b xmlns=\"urn:a\"/>"}),
            own,
            json!("<a xmlns=\"urn:a\">1</a><b xmlns=\"urn:a\"/>"),
        ),
        (changes, json!({"slett": true, "ny": "<c xmlns=\"urn:a\"/>"}), own, json!("<c xmlns=\"urn:a\"/>")),
        (changes, json!({"slett": true}), own, json!(null)),
        (
            "kryssreferanseOppdateringer",
            json!({"ny": [{"referanseTilMappe": {"mappeID": "2026/1"}}]}),
            "kryssreferanse",
            json!([{"referanseTilMappe": {"mappeID": "2026/1"}}]),
        ),
        (
            "klassifikasjonOppdateringer",
            json!({"ny": [{"klassifikasjonssystemID": "FA", "klasseID": "K02"}]}),
            "klassifikasjon",
            json!([{"klasseID": "K01"}, {"klasseID": "K02"}]),
        ),
    ]);
    rows
}

fn of_mapper() -> Vec<Row> {
    let mut rows = of_units("graderingOppdateringer");
    rows.extend([
        ("noekkelord", json!({"ny": ["a", "b"]}), "noekkelord", json!(["a", "b"])),
        ("mappetype", json!({"kode": "BYGG"}), "mappetype", json!({"kode": "BYGG"})),
        ("arkivdel", json!({"kode": "PERSONAL"}), "", json!({})),
    ]);
    rows
}

fn presedens() -> Value {
    json!([{"presedensDato": "2026-01-01", "opprettetDato": "2026-01-01T00:00:00Z", "opprettetAv": "Kari",
        "tittel": "P", "rettskildefaktor": "R"}])
}

fn of_saksmapper() -> Vec<Row> {
    let bygg = json!([{"bygningsnummer": 1, "endringsloepenummer": 2}]);
    let plan = json!([{"planidentifikasjon": "p", "kommunenummer": "4022"}]);
    let matrikkel = json!([{"kommunenummer": "4022", "gardsnummer": 1, "bruksnummer": 2}]);
    let punkt = json!([{"punktID": "1", "koordinatsystem": {"kode": "22"}, "x": 1.0, "y": 2.0}]);
    let adresse = json!([{"adresse": "a", "postnummer": "3840", "poststed": "Seljord"}]);
    let mut rows = of_mapper();
    rows.extend([
        ("saksdato", json!("2025-01-01"), "saksdato", json!("2025-01-01")),
        ("administrativEnhet", json!({"navn": "Skole"}), "administrativEnhet", json!({"navn": "Skole"})),
        ("saksansvarlig", json!({"navn": "Kari"}), "saksansvarlig", json!({"navn": "Kari"})),
        ("presedens", presedens(), "presedens", presedens()),
        ("matrikkelnummerOppdateringer", json!({"ny": matrikkel}), "matrikkelnummer", matrikkel),
        ("byggidentOppdateringer", json!({"Ny": bygg}), "byggident", bygg),
        ("planidentOppdateringer", json!({"ny": plan}), "planident", plan),
        ("punktOppdateringer", json!({"ny": punkt}), "punkt", punkt),
        ("adresseOppdateringer", json!({"ny": adresse}), "adresse", adresse),
        ("saksstatus", json!({"kode": "A"}), "saksstatus", json!({"kode": "A"})),
        ("avsluttetDato", json!("2026-05-03T00:00:00Z"), "avsluttetDato", json!("2026-05-03T00:00:00Z")),
        ("avsluttetAv", json!("Kari"), "avsluttetAv", json!("Kari")),
    ]);
    rows
}

fn of_moetemapper() -> Vec<Row> {
    let other = "00000000-0000-4000-8000-00000000aaaa";
    let new = json!([{"identifikator": {"navn": "Kari", "identifikator": "1"}, "funksjon": {"kode": "M"}}]);
    let mut rows = of_mapper();
    rows.extend([
        ("moetenummer", json!("2"), "moetenummer", json!("2")),
        ("utvalg", json!({"navn": "Kommunestyret"}), "utvalg", json!({"navn": "Kommunestyret"})),
        ("moetedato", json!("2026-06-01"), "moetedato", json!("2026-06-01")),
        ("moetested", json!("Salen"), "moetested", json!("Salen")),
        ("referanseForrigeMoete", json!(other), "referanseForrigeMoete", json!(other)),
        ("referanseNesteMoete", json!(other), "referanseNesteMoete", json!(other)),
        ("moetedeltakerOppdateringer", json!([{"ny": new}]), "moetedeltaker", new),
        ("avsluttetDato", json!("2026-05-03T00:00:00Z"), "avsluttetDato", json!("2026-05-03T00:00:00Z")),
        ("avsluttetAv", json!("Kari"), "avsluttetAv", json!("Kari")),
    ]);
    rows
}

fn of_registreringer() -> Vec<Row> {
    let part = json!([{"korrespondansepartID": "m", "korrespondanseparttype": {"kode": "EM"},
        "korrespondansepartNavn": "Kari"}]);
    let mut rows = of_units("gradering");
    rows.extend([
        ("noekkelord", json!([{"ny": ["a"]}, {"ny": ["b"]}]), "noekkelord", json!(["a", "b"])),
        ("forfatterOppdateringer", json!({"ny": ["Kari"]}), "forfatter", json!(["Kari"])),
        ("korrespondansepartOppdateringer", json!({"ny": part}), "korrespondansepart", part),
        ("referanseForelderMappe", json!({"mappeID": "2026/2"}), "registreringsID", json!("2026/2-1")),
        ("arkivertDato", json!("2026-05-03T00:00:00Z"), "arkivertDato", json!("2026-05-03T00:00:00Z")),
        ("arkivertAv", json!("Kari"), "arkivertAv", json!("Kari")),
    ]);
    rows
}

fn of_journalposter() -> Vec<Row> {
    let flyt = json!([{"flytTil": "a", "flytFra": "b", "flytMottattDato": "2026-05-01T00:00:00Z",
        "flytSendtDato": "2026-05-01T00:00:00Z", "flytStatus": {"kode": "G"}}]);
    let mut rows = of_registreringer();
    rows.extend([
        ("journalposttype", json!({"kode": "X"}), "journalposttype", json!({"kode": "X"})),
        ("journaldato", json!("2026-05-02"), "journaldato", json!("2026-05-02")),
        ("dokumentetsDato", json!("2026-05-02"), "dokumentetsDato", json!("2026-05-02")),
        ("mottattDato", json!("2026-05-02T00:00:00Z"), "mottattDato", json!("2026-05-02T00:00:00Z")),
        ("sendtDato", json!("2026-05-02T00:00:00Z"), "sendtDato", json!("2026-05-02T00:00:00Z")),
        ("forfallsdato", json!("2026-06-02"), "forfallsdato", json!("2026-06-02")),
        ("offentlighetsvurdertDato", json!("2026-05-02"), "offentlighetsvurdertDato", json!("2026-05-02")),
        ("journalenhet", json!("J"), "journalenhet", json!("J")),
        ("dokumentflyt", flyt.clone(), "dokumentflyt", flyt),
        ("presedens", presedens(), "presedens", presedens()),
        ("avskrivningsdato", json!("2026-05-02"), "avskrivningsdato", json!("2026-05-02")),
        ("journalstatus", json!({"kode": "J"}), "journalstatus", json!({"kode": "J"})),
    ]);
    rows
}

fn of_moetesaker() -> Vec<Row> {
    let text = json!({"tekstInnhold": "t", "tekstFormat": {"kode": "text/plain"}});
    let begun = json!({"oppdateringstype": "Oppdater", "saksbeskrivelse": text, "innstilling": text});
    let mut rows = of_registreringer();
    rows.retain(|(element, ..)| !element.starts_with("arkivert"));
    rows.extend([
        ("moetesakstype", json!({"kode": "PS"}), "moetesakstype", json!({"kode": "PS"})),
        ("moetesaksaar", json!(2027), "moetesaksaar", json!(2027)),
        ("moetesakssekvensnummer", json!(7), "moetesakssekvensnummer", json!(7)),
        ("administrativEnhet", json!({"navn": "Skole"}), "administrativEnhet", json!({"navn": "Skole"})),
        ("utredning", begun, "utredning", json!({"saksbeskrivelse": text, "innstilling": text})),
        ("innstillingOppdatering", json!({"innstilling": text}), "innstilling", text.clone()),
        (
            "vedtakOppdatering",
            json!({"vedtakstekst": text}),
            "vedtak",
            json!({"vedtakstekst": text, "dato": "2026-05-04T10:00:00Z"}),
        ),
        ("arkivertDato", json!("2026-05-03T00:00:00Z"), "arkivertDato", json!("2026-05-03T00:00:00Z")),
        ("arkivertAv", json!("Kari"), "arkivertAv", json!("Kari")),
    ]);
    rows
}

fn of_documents() -> Vec<Row> {
    let mut rows = of_every_unit("skjerming", "gradering");
    rows.extend([
        ("dokumenttype", json!({"kode": "RUND"}), "dokumenttype", json!({"kode": "RUND"})),
        ("dokumentstatus", json!({"kode": "F"}), "dokumentstatus", json!({"kode": "F"})),
        (
            "forfatterOppdateringer",
            json!([{"ny": ["Kari"]}, {"ny": ["Ola"]}]),
            "forfatter",
            json!(["Kari", "Ola"]),
        ),
        ("dokumentmedium", json!({"kode": "E"}), "dokumentmedium", json!({"kode": "E"})),
        (
            "tilknyttetRegistreringSom",
            json!({"kode": "V"}),
            "tilknyttetRegistreringSom",
            json!({"kode": "V"}),
        ),
        ("dokumentnummer", json!(7), "dokumentnummer", json!(7)),
        ("tilknyttetDato", json!("2026-05-02T00:00:00Z"), "tilknyttetDato", json!("2026-05-02T00:00:00Z")),
        ("tilknyttetAv", json!("Kari"), "tilknyttetAv", json!("Kari")),
    ]);
    rows
}

/// All elements of a type have a row.
fn assert_all(of: &'static Complex, rows: &[Row]) {
    let all: BTreeSet<&str> = of.all().into_iter().map(|(_, element)| element.name).collect();
    let rows: BTreeSet<&str> = rows.iter().map(|(element, ..)| *element).collect();
    let left: Vec<_> = all.symmetric_difference(&rows).collect();
    assert!(left.iter().all(|element| element.starts_with("referanseTil")), "{left:?}");
}

fn assert_row(doc: &Value, (element, given, member, expected): &Row) {
    let is = doc.get(member).unwrap_or(&Value::Null);
    assert!(member.is_empty() || holds(is, expected), "{element}: {given:#} made {is:#}");
}

async fn change_mappe(make: Value, of: &'static Complex, rows: Vec<Row>) {
    assert_all(of, &rows);
    let mut archive = Archive::with_structure().await;
    let id = archive.make(json!({"mappe": make}), &[]).await.remove(0);
    for row in rows {
        mappe(&mut archive, &id, json!({"@type": of.name, row.0: row.1})).await.unwrap();
        assert_row(&doc(&archive, &id), &row);
        assert_written(&archive, &id);
    }
    assert_eq!(shown(&archive, &id).2["mappe"]["arkivdel"]["kode"], "PERSONAL");
    assert_published(&archive, &id);
}

#[tokio::test]
async fn every_element_changes_a_mappe_and_each_is_written_again() {
    let class = json!([{"klassifikasjonssystemID": "FA", "klasseID": "K01"}]);
    let mut rows = of_mapper();
    rows.extend(of_saksmapper().into_iter().filter(|(element, ..)| element.starts_with("avsluttet")));
    change_mappe(json!({"tittel": "M", "klassifikasjon": class}), &mapper::MAPPE_OPPDATERING, rows).await;
    let sak = json!({"@type": "saksmappe", "tittel": "S", "klassifikasjon": class});
    change_mappe(sak, &mapper::SAKSMAPPE_OPPDATERING, of_saksmapper()).await;
    let moete = json!({"@type": "moetemappe", "tittel": "M", "moetenummer": "1", "utvalg": {"navn": "U"},
        "moetedato": "2026-05-01", "klassifikasjon": class});
    change_mappe(moete, &mapper::MOETEMAPPE_OPPDATERING, of_moetemapper()).await;
}

async fn change_registrering(make: Value, of: &'static Complex, rows: Vec<Row>) {
    assert_all(of, &rows);
    let mut archive = Archive::with_structure().await;
    let first = archive.saksmappe(json!({})).await;
    archive.saksmappe(json!({})).await;
    let mut made = json!({"tittel": "R", "referanseForelderMappe": {"systemID": first},
        "klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K01"}]});
    extend(&mut made, make);
    let id = archive.make(json!({"registrering": made}), &[]).await.remove(0);
    for row in rows {
        post(&mut archive, &id, json!({"@type": of.name, row.0: row.1})).await.unwrap();
        assert_row(&doc(&archive, &id), &row);
        assert_written(&archive, &id);
    }
    assert_published(&archive, &id);
}

#[tokio::test]
async fn every_element_changes_a_registrering_and_each_is_written_again() {
    change_registrering(json!({}), &registrering::REGISTRERING_OPPDATERING, of_registreringer()).await;
    let letter =
        json!({"@type": "journalpost", "journalposttype": {"kode": "N"}, "journalstatus": {"kode": "S"}});
    change_registrering(letter, &registrering::JOURNALPOST_OPPDATERING, of_journalposter()).await;
    let case = json!({"@type": "moetesak", "moetesakstype": {"kode": "RS"}, "moetesaksaar": 2026,
        "moetesakssekvensnummer": 1});
    change_registrering(case, &moete::MOETESAK_OPPDATERING, of_moetesaker()).await;
}

#[tokio::test]
async fn every_element_changes_a_dokumentbeskrivelse_and_each_is_written_again() {
    let rows = of_documents();
    assert_all(&registrering::DOKUMENTBESKRIVELSE_OPPDATERING, &rows);
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let id = archive
        .journalpost(
            &sak,
            json!({"journalstatus": {"kode": "M"}, "dokumentbeskrivelse": [{"tittel": "D",
            "dokumentstatus": {"kode": "B"}, "tilknyttetRegistreringSom": {"kode": "H"},
            "dokumentobjekt": [{"filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}]}]}),
        )
        .await;
    let mut role = json!({"kode": "H"});
    for row in rows {
        if row.0 == "tilknyttetRegistreringSom" {
            role = row.1.clone();
        }
        document(&mut archive, &id, json!({"tilknyttetRegistreringSom": role, row.0: row.1})).await.unwrap();
        assert_row(&doc(&archive, &id)["dokumentbeskrivelse"][0], &row);
        assert_written(&archive, &id);
    }
    assert_published(&archive, &id);
    // What was the main document counts as an attachment now.
    assert_eq!(doc(&archive, &id)["antallVedlegg"], 1);
}
