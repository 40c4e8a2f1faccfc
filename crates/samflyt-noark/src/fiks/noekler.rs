//! What the archive holds, in answers with keys only (`arkivstrukturNoekler.xsd`).

use super::{metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static MAPPE_NOEKLER: Complex = Complex {
    name: "mappeNoekler",
    namespace: namespaces::NOEKLER,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("mappeID", Simple::NonEmpty).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static SAKSMAPPE_NOEKLER: Complex = Complex {
    name: "saksmappeNoekler",
    namespace: namespaces::NOEKLER,
    base: Some(&MAPPE_NOEKLER),
    elements: &[Element::of("saksnummer", &metadatakatalog::SAKSNUMMER).optional()],
};

pub static PART_NOEKLER: Complex = Complex {
    name: "partNoekler",
    namespace: namespaces::NOEKLER,
    base: None,
    elements: &[Element::text("partID", Simple::NonEmpty).optional()],
};

pub static REGISTRERING_NOEKLER: Complex = Complex {
    name: "registreringNoekler",
    namespace: namespaces::NOEKLER,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static JOURNALPOST_NOEKLER: Complex = Complex {
    name: "journalpostNoekler",
    namespace: namespaces::NOEKLER,
    base: Some(&REGISTRERING_NOEKLER),
    elements: &[
        Element::text("journalaar", Simple::Int).optional(),
        Element::text("journalsekvensnummer", Simple::Int).optional(),
        Element::text("journalpostnummer", Simple::Int).optional(),
    ],
};

pub static DOKUMENTBESKRIVELSE_NOEKLER: Complex = Complex {
    name: "dokumentbeskrivelseNoekler",
    namespace: namespaces::NOEKLER,
    base: None,
    elements: &[Element::text("systemID", Simple::Uuid).optional()],
};
