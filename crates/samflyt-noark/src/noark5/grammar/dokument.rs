//! `arkivstruktur.xsd`: dokumentbeskrivelser and dokumentobjekter.

use super::NAMESPACE;
use super::felles::{GRADERING, KASSASJON, MERKNAD, PART, SKJERMING, SLETTING, UTFOERT_KASSASJON};
use crate::grammar::{Complex, Element, Simple};

pub static DOKUMENTBESKRIVELSE: Complex = Complex {
    name: "dokumentbeskrivelse",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("dokumenttype", Simple::NonEmpty),
        Element::text("dokumentstatus", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("forfatter", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("dokumentmedium", Simple::NonEmpty).optional(),
        Element::text("oppbevaringssted", Simple::NonEmpty).optional(),
        Element::text("referanseArkivdel", Simple::Uuid).optional().many(),
        Element::text("tilknyttetRegistreringSom", Simple::NonEmpty),
        Element::text("dokumentnummer", Simple::Int),
        Element::text("tilknyttetDato", Simple::DateTime),
        Element::text("tilknyttetAv", Simple::NonEmpty),
        Element::of("part", &PART).optional().many(),
        Element::of("merknad", &MERKNAD).optional().many(),
        Element::of("kassasjon", &KASSASJON).optional(),
        Element::of("utfoertKassasjon", &UTFOERT_KASSASJON).optional(),
        Element::of("sletting", &SLETTING).optional(),
        Element::of("skjerming", &SKJERMING).optional(),
        Element::of("gradering", &GRADERING).optional(),
        Element::of("elektroniskSignatur", &ELEKTRONISK_SIGNATUR).optional(),
        Element::of("dokumentobjekt", &DOKUMENTOBJEKT).optional().many(),
    ],
};

pub static DOKUMENTOBJEKT: Complex = Complex {
    name: "dokumentobjekt",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("versjonsnummer", Simple::Int),
        Element::text("variantformat", Simple::NonEmpty),
        Element::text("format", Simple::NonEmpty),
        Element::text("formatDetaljer", Simple::NonEmpty).optional(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("referanseDokumentfil", Simple::NonEmpty),
        Element::text("sjekksum", Simple::NonEmpty),
        Element::text("sjekksumAlgoritme", Simple::NonEmpty),
        Element::text("filstoerrelse", Simple::Bytes),
        Element::of("elektroniskSignatur", &ELEKTRONISK_SIGNATUR).optional(),
        Element::of("konvertering", &KONVERTERING).optional().many(),
    ],
};

pub static KONVERTERING: Complex = Complex {
    name: "konvertering",
    namespace: NAMESPACE,
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

pub static ELEKTRONISK_SIGNATUR: Complex = Complex {
    name: "elektroniskSignatur",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("elektroniskSignaturSikkerhetsnivaa", Simple::NonEmpty),
        Element::text("elektroniskSignaturVerifisert", Simple::NonEmpty),
        Element::text("verifisertDato", Simple::Date),
        Element::text("verifisertAv", Simple::NonEmpty),
    ],
};
