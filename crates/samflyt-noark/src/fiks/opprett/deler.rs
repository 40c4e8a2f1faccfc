//! Parts that several kinds of unit have, as given.

use super::super::{arkivstruktur, metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static HENDELSESLOGG: Complex = Complex {
    name: "hendelseslogg",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("referanseArkivenhet", Simple::Uuid),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("hendelsestype", Simple::NonEmpty),
        Element::text("hendelsesdato", Simple::DateTime),
        Element::text("utfortAv", Simple::NonEmpty).optional(),
    ],
};

pub static MERKNAD: Complex = arkivstruktur::deler::MERKNAD.in_namespace(namespaces::OPPRETT);

pub static SKJERMING: Complex = arkivstruktur::deler::SKJERMING.in_namespace(namespaces::OPPRETT);

pub static GRADERING: Complex = arkivstruktur::deler::GRADERING.in_namespace(namespaces::OPPRETT);

pub static PRESEDENS: Complex = arkivstruktur::deler::PRESEDENS.in_namespace(namespaces::OPPRETT);

pub static KRYSSREFERANSE: Complex = Complex {
    name: "kryssreferanse",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("kryssreferanseID", Simple::NonEmpty).optional(),
        Element::of("referanseTilMappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::of("referanseTilRegistrering", &metadatakatalog::REFERANSE_TIL_REGISTRERING).optional(),
        Element::of("referanseTilDokumentbeskrivelse", &metadatakatalog::REFERANSE_TIL_DOKUMENTBESKRIVELSE)
            .optional(),
    ],
};

pub static KASSASJON: Complex = arkivstruktur::deler::KASSASJON.in_namespace(namespaces::OPPRETT);
