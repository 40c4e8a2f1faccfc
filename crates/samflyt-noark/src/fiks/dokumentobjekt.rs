//! A further document file of a dokumentbeskrivelse, and its receipt.

use super::{metadatakatalog, namespaces, opprett};
use crate::grammar::{Complex, Element, Simple};

pub static DOKUMENTOBJEKT_OPPRETT_KVITTERING: Complex = Complex {
    name: "dokumentobjektOpprettKvittering",
    namespace: namespaces::DOKUMENTOBJEKT_KVITTERING,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
    ],
};

pub static DOKUMENTOBJEKT_OPPRETT: Complex = Complex {
    name: "dokumentobjektOpprett",
    namespace: namespaces::DOKUMENTOBJEKT_OPPRETT,
    base: None,
    elements: &[
        Element::of("referanseTilDokumentbeskrivelse", &metadatakatalog::REFERANSE_TIL_DOKUMENTBESKRIVELSE),
        Element::of("dokumentobjekt", &opprett::dokument::DOKUMENTOBJEKT),
    ],
};
