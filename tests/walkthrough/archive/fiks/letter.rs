//! A message with a document, `brev.txt`.

use samflyt_noark::fiks::Schema;
use samflyt_noark::write;
use samflyt_testkit::hub::SELJORD;
use serde_json::{Value, json};

/// A letter in a new case.
pub fn letter(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut letter = json!({
        "system": SELJORD.system, "antallFiler": 1,
        "mappe": {
            "@type": "saksmappe", "tittel": "Sak",
            "klassifikasjon": [{"klassifikasjonssystemID": "K", "klasseID": "A10"}],
        },
        "registrering": journalpost(),
    });
    change(&mut letter);
    write::document(Schema::ArkivmeldingOpprett.root(), &letter).unwrap().into_bytes()
}

/// The letter by itself, with its document.
pub fn journalpost() -> Value {
    json!({
        "@type": "journalpost", "tittel": "Brev",
        "dokumentbeskrivelse": [{
            "dokumenttype": {"kode": "BREV"}, "dokumentstatus": {"kode": "F"}, "tittel": "Brev",
            "tilknyttetRegistreringSom": {"kode": "H"},
            "dokumentobjekt": [{
                "variantformat": {"kode": "P"}, "format": {"kode": "TXT"}, "filnavn": "brev.txt",
                "referanseDokumentfil": "brev.txt",
            }],
        }],
        "korrespondansepart": [
            {"korrespondanseparttype": {"kode": "EM"}, "korrespondansepartNavn": "Prøve Testesen"}],
        "journalposttype": {"kode": "U"}, "journalstatus": {"kode": "J"},
    })
}
