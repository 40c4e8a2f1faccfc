//! The order of what is found.

use super::super::namespaces;
use super::felt;
use crate::grammar::{Complex, Element};

pub static MAPPE_SORTERING: Complex = Complex {
    name: "mappeSortering",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("felt", felt::MAPPE_SORTERINGSFELT),
        Element::text("type", felt::SORTERING_TYPE),
    ],
};

pub static SAKSMAPPE_SORTERING: Complex = Complex {
    name: "saksmappeSortering",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("felt", felt::SAKSMAPPE_SORTERINGSFELT),
        Element::text("type", felt::SORTERING_TYPE),
    ],
};

pub static REGISTRERING_SORTERING: Complex = Complex {
    name: "registreringSortering",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("felt", felt::REGISTRERING_SORTERINGSFELT),
        Element::text("type", felt::SORTERING_TYPE),
    ],
};

pub static JOURNALPOST_SORTERING: Complex = Complex {
    name: "journalpostSortering",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("felt", felt::JOURNALPOST_SORTERINGSFELT),
        Element::text("type", felt::SORTERING_TYPE),
    ],
};

pub static DOKUMENTBESKRIVELSE_SORTERING: Complex = Complex {
    name: "dokumentbeskrivelseSortering",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("felt", felt::DOKUMENTBESKRIVELSE_SORTERINGSFELT),
        Element::text("type", felt::SORTERING_TYPE),
    ],
};
