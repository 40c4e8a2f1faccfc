//! Documents and their files, in full answers.

use super::super::{metadatakatalog, namespaces};
use super::{deler, part};
use crate::grammar::{Complex, Element, Simple};

pub static DOKUMENTBESKRIVELSE: Complex = Complex {
    name: "dokumentbeskrivelse",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::of("dokumenttype", &metadatakatalog::DOKUMENTTYPE),
        Element::of("dokumentstatus", &metadatakatalog::DOKUMENTSTATUS),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("forfatter", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::of("arkivdel", &metadatakatalog::KODE).optional(),
        Element::of("tilknyttetRegistreringSom", &metadatakatalog::TILKNYTTET_REGISTRERING_SOM),
        Element::text("dokumentnummer", Simple::Int),
        Element::text("tilknyttetDato", Simple::DateTime),
        Element::text("tilknyttetAv", Simple::NonEmpty),
        Element::of("part", &part::PART).optional().many(),
        Element::of("merknad", &deler::MERKNAD).optional().many(),
        Element::of("kassasjon", &deler::KASSASJON).optional(),
        Element::of("utfoertKassasjon", &UTFOERT_KASSASJON).optional(),
        Element::of("sletting", &SLETTING).optional(),
        Element::of("skjerming", &deler::SKJERMING).optional(),
        Element::of("gradering", &deler::GRADERING).optional(),
        Element::of("elektroniskSignatur", &ELEKTRONISK_SIGNATUR).optional(),
        Element::of("dokumentobjekt", &DOKUMENTOBJEKT).optional().many(),
    ],
};

pub static DOKUMENTOBJEKT: Complex = Complex {
    name: "dokumentobjekt",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("versjonsnummer", Simple::Int),
        Element::of("variantformat", &metadatakatalog::VARIANTFORMAT),
        Element::text("filnavn", Simple::String),
        Element::of("format", &metadatakatalog::FORMAT),
        Element::text("mimeType", Simple::String).optional(),
        Element::text("formatDetaljer", Simple::NonEmpty).optional(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("referanseDokumentfil", Simple::NonEmpty),
        Element::text("sjekksum", Simple::NonEmpty),
        Element::text("sjekksumAlgoritme", Simple::NonEmpty),
        Element::text("filstoerrelse", Simple::Count),
        Element::of("elektroniskSignatur", &ELEKTRONISK_SIGNATUR).optional(),
        Element::of("konvertering", &KONVERTERING).optional().many(),
    ],
};

pub static KONVERTERING: Complex = Complex {
    name: "konvertering",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("konvertertDato", Simple::DateTime),
        Element::text("konvertertAv", Simple::NonEmpty),
        Element::text("konvertertFraFormat", Simple::NonEmpty),
        Element::text("konvertertTilFormat", Simple::NonEmpty),
        Element::text("konverteringsverktoey", Simple::NonEmpty).optional(),
        Element::text("konverteringskommentar", Simple::NonEmpty).optional(),
    ],
};

pub static UTFOERT_KASSASJON: Complex = Complex {
    name: "utfoertKassasjon",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[Element::text("kassertDato", Simple::DateTime), Element::text("kassertAv", Simple::NonEmpty)],
};

pub static SLETTING: Complex = Complex {
    name: "sletting",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::of("slettingstype", &metadatakatalog::SLETTINGSTYPE),
        Element::text("slettetDato", Simple::DateTime),
        Element::text("slettetAv", Simple::NonEmpty),
    ],
};

pub static ELEKTRONISK_SIGNATUR: Complex = Complex {
    name: "elektroniskSignatur",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::of(
            "elektroniskSignaturSikkerhetsnivaa",
            &metadatakatalog::ELEKTRONISK_SIGNATUR_SIKKERHETSNIVAA,
        ),
        Element::of("elektroniskSignaturVerifisert", &metadatakatalog::ELEKTRONISK_SIGNATUR_VERIFISERT),
        Element::text("verifisertDato", Simple::Date),
        Element::text("verifisertAv", Simple::NonEmpty),
    ],
};
