//! What is searched for, and how much of it is answered.

use super::super::{arkivstruktur, namespaces};
use super::{felt, parameter, sortering};
use crate::grammar::{Complex, Element, Simple};

pub static SOK: Complex = Complex {
    name: "sok",
    namespace: namespaces::SOK,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::text("take", Simple::Int),
        Element::text("skip", Simple::Int),
        Element::derived(
            "sokdefinisjon",
            &[
                &MAPPE_SOKDEFINISJON,
                &MAPPE_FRITEKST_SOKDEFINISJON,
                &SAKSMAPPE_SOKDEFINISJON,
                &SAKSMAPPE_FRITEKST_SOKDEFINISJON,
                &REGISTRERING_SOKDEFINISJON,
                &REGISTRERING_FRITEKST_SOKDEFINISJON,
                &JOURNALPOST_SOKDEFINISJON,
                &JOURNALPOST_FRITEKST_SOKDEFINISJON,
                &JOURNALPOST_MED_SAKSMAPPE_SOKDEFINISJON,
                &JOURNALPOST_MED_SAKSMAPPE_FRITEKST_SOKDEFINISJON,
                &DOKUMENTBESKRIVELSE_SOKDEFINISJON,
                &DOKUMENTBESKRIVELSE_FRITEKST_SOKDEFINISJON,
            ],
        ),
        Element::text("spraak", Simple::String).optional(),
    ],
};

pub static SOKDEFINISJON: Complex = Complex {
    name: "sokdefinisjon",
    namespace: namespaces::SOK,
    base: None,
    elements: &[Element::text("responstype", arkivstruktur::deler::RESPONSTYPE)],
};

pub static MAPPE_SOKDEFINISJON: Complex = Complex {
    name: "mappeSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::MAPPE_INKLUDER).optional().many(),
        Element::of("parametere", &parameter::MAPPE_PARAMETER).many(),
        Element::of("sortering", &sortering::MAPPE_SORTERING).optional().many(),
    ],
};

pub static MAPPE_FRITEKST_SOKDEFINISJON: Complex = Complex {
    name: "mappeFritekstSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::MAPPE_INKLUDER).optional().many(),
        Element::text("soketekst", Simple::String),
    ],
};

pub static SAKSMAPPE_SOKDEFINISJON: Complex = Complex {
    name: "saksmappeSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::SAKSMAPPE_INKLUDER).optional().many(),
        Element::of("parametere", &parameter::SAKSMAPPE_PARAMETER).many(),
        Element::of("sortering", &sortering::SAKSMAPPE_SORTERING).optional().many(),
    ],
};

pub static SAKSMAPPE_FRITEKST_SOKDEFINISJON: Complex = Complex {
    name: "saksmappeFritekstSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::SAKSMAPPE_INKLUDER).optional().many(),
        Element::text("soketekst", Simple::String),
    ],
};

pub static REGISTRERING_SOKDEFINISJON: Complex = Complex {
    name: "registreringSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::REGISTRERING_INKLUDER).optional().many(),
        Element::of("parametere", &parameter::REGISTRERING_PARAMETER).many(),
        Element::of("sortering", &sortering::REGISTRERING_SORTERING).optional().many(),
    ],
};

pub static REGISTRERING_FRITEKST_SOKDEFINISJON: Complex = Complex {
    name: "registreringFritekstSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::REGISTRERING_INKLUDER).optional().many(),
        Element::text("soketekst", Simple::String),
    ],
};

pub static JOURNALPOST_SOKDEFINISJON: Complex = Complex {
    name: "journalpostSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::JOURNALPOST_INKLUDER).optional().many(),
        Element::of("parametere", &parameter::JOURNALPOST_PARAMETER).many(),
        Element::of("sortering", &sortering::JOURNALPOST_SORTERING).optional().many(),
    ],
};

pub static JOURNALPOST_FRITEKST_SOKDEFINISJON: Complex = Complex {
    name: "journalpostFritekstSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::JOURNALPOST_INKLUDER).optional().many(),
        Element::text("soketekst", Simple::String),
    ],
};

pub static JOURNALPOST_MED_SAKSMAPPE_SOKDEFINISJON: Complex = Complex {
    name: "journalpostMedSaksmappeSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::JOURNALPOST_INKLUDER).optional().many(),
        Element::of("parametere", &parameter::JOURNALPOST_PARAMETER).many(),
        Element::of("sortering", &sortering::JOURNALPOST_SORTERING).optional().many(),
    ],
};

pub static JOURNALPOST_MED_SAKSMAPPE_FRITEKST_SOKDEFINISJON: Complex = Complex {
    name: "journalpostMedSaksmappeFritekstSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::JOURNALPOST_INKLUDER).optional().many(),
        Element::text("soketekst", Simple::String),
    ],
};

pub static DOKUMENTBESKRIVELSE_SOKDEFINISJON: Complex = Complex {
    name: "dokumentbeskrivelseSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::DOKUMENTBESKRIVELSE_INKLUDER).optional().many(),
        Element::of("parametere", &parameter::DOKUMENTBESKRIVELSE_PARAMETER).many(),
        Element::of("sortering", &sortering::DOKUMENTBESKRIVELSE_SORTERING).optional().many(),
    ],
};

pub static DOKUMENTBESKRIVELSE_FRITEKST_SOKDEFINISJON: Complex = Complex {
    name: "dokumentbeskrivelseFritekstSokdefinisjon",
    namespace: namespaces::SOK,
    base: Some(&SOKDEFINISJON),
    elements: &[
        Element::text("inkluder", felt::DOKUMENTBESKRIVELSE_INKLUDER).optional().many(),
        Element::text("soketekst", Simple::String),
    ],
};
