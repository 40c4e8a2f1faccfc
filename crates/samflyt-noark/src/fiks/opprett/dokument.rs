//! Documents and their files, as given.

use super::super::{metadatakatalog, namespaces};
use super::{deler, part};
use crate::grammar::{Complex, Element, Simple};

pub static DOKUMENTBESKRIVELSE: Complex = Complex {
    name: "dokumentbeskrivelse",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::of("dokumenttype", &metadatakatalog::DOKUMENTTYPE).optional(),
        Element::of("dokumentstatus", &metadatakatalog::DOKUMENTSTATUS).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("forfatter", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::of("tilknyttetRegistreringSom", &metadatakatalog::TILKNYTTET_REGISTRERING_SOM),
        Element::text("dokumentnummer", Simple::Int).optional(),
        Element::text("tilknyttetDato", Simple::DateTime).optional(),
        Element::text("tilknyttetAv", Simple::NonEmpty).optional(),
        Element::of("part", &part::PART).optional().many(),
        Element::of("merknad", &deler::MERKNAD).optional().many(),
        Element::of("skjerming", &deler::SKJERMING).optional(),
        Element::of("gradering", &deler::GRADERING).optional(),
        Element::of("dokumentobjekt", &DOKUMENTOBJEKT).optional().many(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static DOKUMENTOBJEKT: Complex = Complex {
    name: "dokumentobjekt",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("versjonsnummer", Simple::Int).optional(),
        Element::of("variantformat", &metadatakatalog::VARIANTFORMAT).optional(),
        Element::of("format", &metadatakatalog::FORMAT).optional(),
        Element::text("formatDetaljer", Simple::NonEmpty).optional(),
        Element::text("mimeType", Simple::String).optional(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("filnavn", Simple::String),
        Element::text("referanseDokumentfil", Simple::NonEmpty),
        Element::text("sjekksum", Simple::NonEmpty).optional(),
        Element::text("sjekksumAlgoritme", Simple::NonEmpty).optional(),
        Element::text("filstoerrelse", Simple::Count).optional(),
    ],
};
