//! Answers to a search: with keys, with the most important, with everything.

use super::{arkivstruktur, minimum, namespaces, noekler};
use crate::grammar::{Complex, Element, Simple};

pub static SOKERESULTAT_MINIMUM: Complex = Complex {
    name: "sokeresultatMinimum",
    namespace: namespaces::SOK_MINIMUM,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::text("take", Simple::Int),
        Element::text("skip", Simple::Int),
        Element::text("count", Simple::Int),
        Element::text("resultattype", RESULTAT_TYPE_MINIMUM),
        Element::of("resultatListe", &RESULTAT_LISTE_MINIMUM),
    ],
};

pub static RESULTAT_LISTE_MINIMUM: Complex = Complex {
    name: "resultatListeMinimum",
    namespace: namespaces::SOK_MINIMUM,
    base: None,
    elements: &[Element::of("resultatMinimum", &RESULTAT_MINIMUM).optional().many()],
};

pub static RESULTAT_MINIMUM: Complex = Complex {
    name: "resultatMinimum",
    namespace: namespaces::SOK_MINIMUM,
    base: None,
    elements: &[
        Element::derived("mappe", &[&minimum::MAPPE_MINIMUM, &minimum::SAKSMAPPE_MINIMUM]).one_of(1),
        Element::of("saksmappe", &minimum::SAKSMAPPE_MINIMUM).one_of(1),
        Element::derived(
            "registrering",
            &[
                &minimum::REGISTRERING_MINIMUM,
                &minimum::JOURNALPOST_MINIMUM,
                &minimum::JOURNALPOST_MED_SAKSMAPPE_MINIMUM,
            ],
        )
        .one_of(1),
        Element::derived(
            "journalpost",
            &[&minimum::JOURNALPOST_MINIMUM, &minimum::JOURNALPOST_MED_SAKSMAPPE_MINIMUM],
        )
        .one_of(1),
        Element::of("journalpostMedSaksmappe", &minimum::JOURNALPOST_MED_SAKSMAPPE_MINIMUM).one_of(1),
        Element::of("dokumentbeskrivelse", &minimum::DOKUMENTBESKRIVELSE_MINIMUM).one_of(1),
    ],
};

pub const RESULTAT_TYPE_MINIMUM: Simple = Simple::OneOf(&[
    "mappe",
    "saksmappe",
    "registrering",
    "journalpost",
    "journalpostMedSaksmappe",
    "dokumentbeskrivelse",
]);

pub static SOKERESULTAT_NOEKLER: Complex = Complex {
    name: "sokeresultatNoekler",
    namespace: namespaces::SOK_NOEKLER,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::text("take", Simple::Int),
        Element::text("skip", Simple::Int),
        Element::text("count", Simple::Int),
        Element::text("resultattype", RESULTAT_TYPE_NOEKLER),
        Element::of("resultatListe", &RESULTAT_LISTE_NOEKLER),
    ],
};

pub static RESULTAT_LISTE_NOEKLER: Complex = Complex {
    name: "resultatListeNoekler",
    namespace: namespaces::SOK_NOEKLER,
    base: None,
    elements: &[Element::of("resultatNoekler", &RESULTAT_NOEKLER).optional().many()],
};

pub static RESULTAT_NOEKLER: Complex = Complex {
    name: "resultatNoekler",
    namespace: namespaces::SOK_NOEKLER,
    base: None,
    elements: &[
        Element::derived("mappe", &[&noekler::MAPPE_NOEKLER, &noekler::SAKSMAPPE_NOEKLER]).one_of(1),
        Element::of("saksmappe", &noekler::SAKSMAPPE_NOEKLER).one_of(1),
        Element::derived("registrering", &[&noekler::REGISTRERING_NOEKLER, &noekler::JOURNALPOST_NOEKLER])
            .one_of(1),
        Element::of("journalpost", &noekler::JOURNALPOST_NOEKLER).one_of(1),
        Element::of("dokumentbeskrivelse", &noekler::DOKUMENTBESKRIVELSE_NOEKLER).one_of(1),
    ],
};

pub const RESULTAT_TYPE_NOEKLER: Simple =
    Simple::OneOf(&["mappe", "saksmappe", "registrering", "journalpost", "dokumentbeskrivelse"]);

pub static SOKERESULTAT: Complex = Complex {
    name: "sokeresultat",
    namespace: namespaces::SOK_UTVIDET,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::text("take", Simple::Int),
        Element::text("skip", Simple::Int),
        Element::text("count", Simple::Int),
        Element::text("resultattype", RESULTAT_TYPE),
        Element::of("resultatListe", &RESULTAT_LISTE),
    ],
};

pub static RESULTAT_LISTE: Complex = Complex {
    name: "resultatListe",
    namespace: namespaces::SOK_UTVIDET,
    base: None,
    elements: &[Element::of("resultat", &RESULTAT).optional().many()],
};

pub static RESULTAT: Complex = Complex {
    name: "resultat",
    namespace: namespaces::SOK_UTVIDET,
    base: None,
    elements: &[
        Element::derived(
            "mappe",
            &[
                &arkivstruktur::mappe::MAPPE,
                &arkivstruktur::mappe::SAKSMAPPE,
                &arkivstruktur::mappe::MOETEMAPPE,
            ],
        )
        .one_of(1),
        Element::of("saksmappe", &arkivstruktur::mappe::SAKSMAPPE).one_of(1),
        Element::derived(
            "registrering",
            &[
                &arkivstruktur::registrering::REGISTRERING,
                &arkivstruktur::moete::MOETESAK,
                &arkivstruktur::moete::MOETEDOKUMENT,
                &arkivstruktur::registrering::JOURNALPOST,
                &arkivstruktur::registrering::JOURNALPOST_MED_SAKSMAPPE,
                &arkivstruktur::registrering::ARKIVNOTAT,
            ],
        )
        .one_of(1),
        Element::derived(
            "journalpost",
            &[
                &arkivstruktur::registrering::JOURNALPOST,
                &arkivstruktur::registrering::JOURNALPOST_MED_SAKSMAPPE,
            ],
        )
        .one_of(1),
        Element::of("journalpostMedSaksmappe", &arkivstruktur::registrering::JOURNALPOST_MED_SAKSMAPPE)
            .one_of(1),
        Element::of("dokumentbeskrivelse", &arkivstruktur::dokument::DOKUMENTBESKRIVELSE).one_of(1),
    ],
};

pub const RESULTAT_TYPE: Simple = Simple::OneOf(&[
    "mappe",
    "saksmappe",
    "registrering",
    "journalpost",
    "journalpostMedSaksmappe",
    "dokumentbeskrivelse",
]);
