//! Places: properties, buildings, plans, points, addresses, as changed.

use super::super::{metadatakatalog, namespaces, opprett};
use crate::grammar::{Complex, Element, Simple};

pub static PUNKT_OPPDATERINGER: Complex = Complex {
    name: "punktOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &PUNKT_OPPDATERING).optional().many(),
        Element::of("slett", &PUNKT_SLETT).optional().many(),
        Element::of("ny", &opprett::sted::PUNKT).optional().many(),
    ],
};

pub static PUNKT_OPPDATERING: Complex = Complex {
    name: "punktOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("punktID", Simple::NonEmpty),
        Element::of("koordinatsystem", &metadatakatalog::KOORDINATSYSTEM).optional(),
        Element::text("x", Simple::Double).optional(),
        Element::text("y", Simple::Double).optional(),
        Element::text("z", Simple::Double).optional(),
    ],
};

pub static PUNKT_SLETT: Complex = Complex {
    name: "punktSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("punktID", Simple::NonEmpty)],
};

pub static ADRESSE_OPPDATERINGER: Complex = Complex {
    name: "adresseOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("slett", &opprett::sted::ADRESSE).optional().many(),
        Element::of("ny", &opprett::sted::ADRESSE).optional().many(),
    ],
};

pub static MATRIKKELNUMMER_OPPDATERINGER: Complex = Complex {
    name: "matrikkelnummerOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("ny", &opprett::sted::MATRIKKELNUMMER).optional().many(),
        Element::of("slett", &MATRIKKELNUMMER_SLETT).optional().many(),
    ],
};

pub static MATRIKKELNUMMER_SLETT: Complex = Complex {
    name: "matrikkelnummerSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("kommunenummer", Simple::NonEmpty),
        Element::text("gardsnummer", Simple::Int),
        Element::text("bruksnummer", Simple::Int),
        Element::text("festenummer", Simple::Int).optional(),
        Element::text("seksjonsnummer", Simple::Int).optional(),
    ],
};

pub static BYGGIDENT_OPPDATERINGER: Complex = Complex {
    name: "byggidentOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("Oppdatering", &BYGGIDENT_OPPDATERING).optional().many(),
        Element::of("Slett", &BYGGIDENT_SLETT).optional().many(),
        Element::of("Ny", &opprett::sted::BYGGIDENT).optional().many(),
    ],
};

pub static BYGGIDENT_OPPDATERING: Complex = Complex {
    name: "byggidentOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("opprinneligBygningsnummer", Simple::Int),
        Element::text("bygningsnummer", Simple::Int).optional(),
        Element::text("endringsloepenummer", Simple::Int).optional(),
    ],
};

pub static BYGGIDENT_SLETT: Complex = Complex {
    name: "byggidentSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("bygningsnummer", Simple::Int)],
};

pub static PLANIDENT_OPPDATERINGER: Complex = Complex {
    name: "planidentOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &PLANIDENT_OPPDATERING).optional().many(),
        Element::of("slett", &PLANIDENT_SLETT).optional().many(),
        Element::of("ny", &opprett::sted::PLANIDENT).optional().many(),
    ],
};

pub static PLANIDENT_OPPDATERING: Complex = Complex {
    name: "planidentOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("planidentifikasjon", Simple::NonEmpty),
        Element::text("kommunenummer", Simple::NonEmpty).choice(1),
        Element::text("fylkesnummer", Simple::NonEmpty).choice(1),
        Element::of("landkode", &metadatakatalog::LANDKODE).choice(1),
    ],
};

pub static PLANIDENT_SLETT: Complex = Complex {
    name: "planidentSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("planidentifikasjon", Simple::NonEmpty)],
};
