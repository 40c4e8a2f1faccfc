//! Places: properties, buildings, plans, points, addresses, in full answers.

use super::super::{metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static ADRESSE: Complex = Complex {
    name: "adresse",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("adresse", Simple::NonEmpty),
        Element::text("postnummer", Simple::NonEmpty),
        Element::text("poststed", Simple::NonEmpty),
    ],
};

pub static MATRIKKELNUMMER: Complex = Complex {
    name: "matrikkelnummer",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("kommunenummer", Simple::NonEmpty),
        Element::text("gardsnummer", Simple::Int),
        Element::text("bruksnummer", Simple::Int),
        Element::text("festenummer", Simple::Int).optional(),
        Element::text("seksjonsnummer", Simple::Int).optional(),
    ],
};

pub static BYGGIDENT: Complex = Complex {
    name: "byggident",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("bygningsnummer", Simple::Int),
        Element::text("endringsloepenummer", Simple::Int).optional(),
    ],
};

pub static PLANIDENT: Complex = Complex {
    name: "planident",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("planidentifikasjon", Simple::NonEmpty),
        Element::text("kommunenummer", Simple::NonEmpty).choice(1),
        Element::text("fylkesnummer", Simple::NonEmpty).choice(1),
        Element::of("landkode", &metadatakatalog::LANDKODE).choice(1),
    ],
};

pub static PUNKT: Complex = Complex {
    name: "punkt",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("punktID", Simple::NonEmpty).optional(),
        Element::of("koordinatsystem", &metadatakatalog::KOORDINATSYSTEM),
        Element::text("x", Simple::Double),
        Element::text("y", Simple::Double),
        Element::text("z", Simple::Double).optional(),
    ],
};
