//! A journalpost as it is written, whole.

use samflyt_noark::noark5::say;
use samflyt_noark::noark5::structure::{Level, Structure};
use serde_json::json;

use crate::{extraction, units};

const EXPECTED: &str = r#"      <registrering xsi:type="journalpost">
        <systemID>0f8fad5b-d9cb-469f-a165-70867728950e</systemID>
        <opprettetDato>2026-03-02T10:11:12+01:00</opprettetDato>
        <opprettetAv>Kari</opprettetAv>
        <arkivertDato>2026-11-25T05:00:00Z</arkivertDato>
        <arkivertAv>Uttrekk</arkivertAv>
        <dokumentbeskrivelse>
          <systemID>7c9e6679-7425-40de-944b-e07fc1f90ae7</systemID>
          <dokumenttype>Søknad</dokumenttype>
          <dokumentstatus>Dokumentet er ferdigstilt</dokumentstatus>
          <tittel>Søknad</tittel>
          <opprettetDato>2026-03-02T10:11:12+01:00</opprettetDato>
          <opprettetAv>K</opprettetAv>
          <tilknyttetRegistreringSom>Hoveddokument</tilknyttetRegistreringSom>
          <dokumentnummer>1</dokumentnummer>
          <tilknyttetDato>2026-03-02T10:11:12+01:00</tilknyttetDato>
          <tilknyttetAv>K</tilknyttetAv>
          <dokumentobjekt>
            <systemID>0f8fad5b-d9cb-469f-a165-70867728950e</systemID>
            <versjonsnummer>1</versjonsnummer>
            <variantformat>Arkivformat</variantformat>
            <format>RA-PDF</format>
            <opprettetDato>2026-03-02T10:11:12+01:00</opprettetDato>
            <opprettetAv>K</opprettetAv>
            <referanseDokumentfil>DOKUMENT/0f/0f8fad5b-d9cb-469f-a165-70867728950e.pdf</referanseDokumentfil>
            <sjekksum>ab12</sjekksum>
            <sjekksumAlgoritme>SHA-256</sjekksumAlgoritme>
            <filstoerrelse>1000</filstoerrelse>
          </dokumentobjekt>
        </dokumentbeskrivelse>
        <tittel>Om plass</tittel>
        <korrespondansepart>
          <korrespondanseparttype>Avsender</korrespondanseparttype>
          <korrespondansepartNavn>Prøve Testesen</korrespondansepartNavn>
        </korrespondansepart>
        <journalaar>2026</journalaar>
        <journalsekvensnummer>5</journalsekvensnummer>
        <journalpostnummer>1</journalpostnummer>
        <journalposttype>Inngående dokument</journalposttype>
        <journalstatus>Journalført</journalstatus>
        <journaldato>2026-03-02</journaldato>
        <avskrivning>
          <avskrivningsdato>2026-03-03</avskrivningsdato>
          <avskrevetAv>KN</avskrevetAv>
          <avskrivningsmaate>Besvart med brev</avskrivningsmaate>
          <referanseAvskrivesAvJournalpost>7c9e6679-7425-40de-944b-e07fc1f90ae7</referanseAvskrivesAvJournalpost>
        </avskrivning>
      </registrering>
"#;

#[test]
fn a_journalpost_is_written_in_the_standards_words_with_its_avskrivning_and_the_place_of_its_file() {
    let at = "2026-03-02T10:11:12+01:00";
    let object = json!({"systemID": units::ID, "versjonsnummer": 1, "variantformat": {"kode": "A"},
        "format": {"kode": "RA-PDF"}, "filnavn": "søknad.PDF", "opprettetDato": at, "opprettetAv": "K",
        "referanseDokumentfil": "1.pdf", "sjekksum": "AB12", "sjekksumAlgoritme": "SHA-256", "filstoerrelse": 1000});
    let described = json!({"systemID": units::OTHER, "dokumenttype": {"kode": "SØKNAD"},
        "dokumentstatus": {"kode": "F"}, "tittel": "Søknad", "opprettetDato": at, "opprettetAv": "K",
        "tilknyttetRegistreringSom": {"kode": "H"}, "dokumentnummer": 1, "tilknyttetDato": at, "tilknyttetAv": "K",
        "dokumentobjekt": [object]});
    let written_off = json!({"avskrivningsdato": "2026-03-03", "avskrevetAv": {"initialer": "KN"},
        "avskrivningsmaate": {"kode": "BU"}, "referanseAvskrivesAvJournalpost": {"systemID": units::OTHER}});
    let post = json!({"@type": "journalpost", "systemID": units::ID, "opprettetDato": at, "opprettetAv": "Kari",
        "tittel": "Om plass", "journalaar": 2026, "journalsekvensnummer": 5, "journalpostnummer": 1,
        "journaldato": "2026-03-02", "journalposttype": {"kode": "I"}, "journalstatus": {"kode": "J"},
        "korrespondansepart": [{"korrespondanseparttype": {"kode": "EA"}, "korrespondansepartNavn": "Prøve Testesen",
            "avskrivning": [written_off]}],
        "dokumentbeskrivelse": [described]});
    let mut structure = Structure::begin(say::arkiv(&units::arkiv(), &extraction())).unwrap();
    let arkivdel =
        json!({"systemID": units::OTHER, "tittel": "Sakarkiv", "opprettetDato": at, "opprettetAv": "K"});
    structure.open(Level::Arkivdel, say::arkivdel(&arkivdel, &extraction())).unwrap();
    let mappe = json!({"systemID": units::ID, "mappeID": "2026/M1", "tittel": "Mappe", "opprettetDato": at,
        "opprettetAv": "K"});
    structure.open(Level::Mappe, say::mappe(&mappe, &[], &extraction())).unwrap();
    structure.take();
    structure.registrering(&say::registrering(&post, &extraction())).unwrap();
    assert_eq!(structure.take(), EXPECTED);
}

#[test]
fn what_was_disposed_of_keeps_its_metadata_and_has_no_file_and_what_lost_a_version_has_the_others() {
    let object = json!({"systemID": units::ID, "filnavn": "a.pdf", "sjekksum": "ab", "filstoerrelse": 1});
    let of = |members: serde_json::Value| {
        let mut described = json!({"systemID": units::OTHER, "tittel": "Brev", "dokumentobjekt": [object]});
        described.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        json!({ "dokumentbeskrivelse": [described] })
    };
    let disposed = of(json!({"utfoertKassasjon": {"kassertDato": "2026-01-01T00:00:00Z"}}));
    assert_eq!(say::files(&disposed).count(), 0);
    let said = say::registrering(&disposed, &extraction());
    let described = &said["dokumentbeskrivelse"][0];
    assert_eq!((&described["tittel"], described.get("dokumentobjekt")), (&json!("Brev"), None));
    let deleted = |kind: &str| of(json!({"sletting": {"slettingstype": {"kode": kind}}}));
    assert_eq!(say::files(&deleted("SP")).count(), 1);
    assert_eq!(say::files(&deleted("SA")).count(), 0);
}
