//! Meetings of elected bodies, as given.

use super::super::{arkivstruktur, metadatakatalog, namespaces};
use super::{dokument, registrering};
use crate::grammar::{Complex, Element, Simple};

pub static MOETESAK: Complex = Complex {
    name: "moetesak",
    namespace: namespaces::OPPRETT,
    base: Some(&registrering::REGISTRERING),
    elements: &[
        Element::of("moetesakstype", &metadatakatalog::MOETESAKSTYPE),
        Element::text("moetesaksaar", Simple::Int),
        Element::text("moetesakssekvensnummer", Simple::Int),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET).optional(),
        Element::of("utredning", &UTREDNING).optional(),
        Element::of("innstilling", &metadatakatalog::MOETESAKS_BESKRIVELSE).optional(),
        Element::of("vedtak", &VEDTAK).optional(),
    ],
};

pub static UTREDNING: Complex = Complex {
    name: "utredning",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::of("saksbeskrivelse", &metadatakatalog::MOETESAKS_BESKRIVELSE),
        Element::of("innstilling", &metadatakatalog::MOETESAKS_BESKRIVELSE),
        Element::of("utredningsdokumenter", &dokument::DOKUMENTBESKRIVELSE).optional().many(),
    ],
};

pub static VEDTAK: Complex = Complex {
    name: "vedtak",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::of("vedtakstekst", &metadatakatalog::MOETESAKS_BESKRIVELSE),
        Element::of("votering", &VOTERING).optional().many(),
        Element::of("behandlingsprotokoll", &metadatakatalog::BEHANDLINGSPROTOKOLL).optional(),
        Element::of("vedtaksdokumenter", &dokument::DOKUMENTBESKRIVELSE).optional().many(),
        Element::text("dato", Simple::DateTime),
    ],
};

pub static VOTERING: Complex = arkivstruktur::moete::VOTERING.in_namespace(namespaces::OPPRETT);

pub static MOETEDOKUMENT: Complex = Complex {
    name: "moetedokument",
    namespace: namespaces::OPPRETT,
    base: Some(&registrering::REGISTRERING),
    elements: &[Element::of("moetedokumenttype", &metadatakatalog::MOETEDOKUMENTTYPE)],
};
