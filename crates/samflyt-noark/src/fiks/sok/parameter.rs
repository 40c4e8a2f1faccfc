//! One condition of a search.

use super::super::{metadatakatalog, namespaces};
use super::felt;
use crate::grammar::{Complex, Element, Simple};

pub static PARAMETER: Complex = Complex {
    name: "parameter",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("operator", felt::OPERATOR_TYPE), Element::of("sokVerdier", &SOK_VERDIER)],
};

pub static MAPPE_PARAMETER: Complex = Complex {
    name: "mappeParameter",
    namespace: namespaces::SOK,
    base: Some(&PARAMETER),
    elements: &[Element::text("felt", felt::MAPPE_SOKEFELT)],
};

pub static SAKSMAPPE_PARAMETER: Complex = Complex {
    name: "saksmappeParameter",
    namespace: namespaces::SOK,
    base: Some(&PARAMETER),
    elements: &[Element::text("felt", felt::SAKSMAPPE_SOKEFELT)],
};

pub static REGISTRERING_PARAMETER: Complex = Complex {
    name: "registreringParameter",
    namespace: namespaces::SOK,
    base: Some(&PARAMETER),
    elements: &[Element::text("felt", felt::REGISTRERING_SOKEFELT)],
};

pub static JOURNALPOST_PARAMETER: Complex = Complex {
    name: "journalpostParameter",
    namespace: namespaces::SOK,
    base: Some(&PARAMETER),
    elements: &[Element::text("felt", felt::JOURNALPOST_SOKEFELT)],
};

pub static DOKUMENTBESKRIVELSE_PARAMETER: Complex = Complex {
    name: "dokumentbeskrivelseParameter",
    namespace: namespaces::SOK,
    base: Some(&PARAMETER),
    elements: &[Element::text("felt", felt::DOKUMENTBESKRIVELSE_SOKEFELT)],
};

pub static SOK_VERDIER: Complex = Complex {
    name: "sokVerdier",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::of("stringvalues", &STRINGVALUES).choice(1),
        Element::of("datevalues", &DATEVALUES).choice(1),
        Element::of("intvalues", &INTVALUES).choice(1),
        Element::of("eksternNoekkel", &EKSTERN_NOEKKEL).choice(1),
        Element::repeated("mappeKlassifikasjon", &MAPPE_KLASSIFIKASJON).choice(1),
        Element::of("bbox", &BBOX).choice(1),
    ],
};

pub static STRINGVALUES: Complex = Complex {
    name: "stringvalues",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("value", Simple::String).optional().many()],
};

pub static DATEVALUES: Complex = Complex {
    name: "datevalues",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("value", Simple::DateTime).optional().many()],
};

pub static INTVALUES: Complex = Complex {
    name: "intvalues",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("value", Simple::Int).optional().many()],
};

pub static MAPPE_KLASSIFIKASJON: Complex = Complex {
    name: "mappeKlassifikasjon",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("klassifikasjonssystemID", Simple::String).optional(),
        Element::text("klasseID", Simple::String).optional(),
    ],
};

pub static EKSTERN_NOEKKEL: Complex = Complex {
    name: "eksternNoekkel",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("fagsystem", Simple::String), Element::text("noekkel", Simple::String)],
};

pub static BBOX: Complex = Complex {
    name: "bbox",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::of("koordinatsystem", &metadatakatalog::KOORDINATSYSTEM),
        Element::of("nedreVenstre", &BBOX_KOORDINATER),
        Element::of("oevreHoeyre", &BBOX_KOORDINATER),
    ],
};

pub static BBOX_KOORDINATER: Complex = Complex {
    name: "bboxKoordinater",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("x", Simple::Double), Element::text("y", Simple::Double)],
};
