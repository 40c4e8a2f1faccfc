//! Asking for one thing, and what is answered: mappe, registrering, dokumentfil, kodeliste.

use super::{arkivstruktur, metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub const KODELISTER: Simple = Simple::OneOf(&[
    "arkivdel",
    "avskrivningsmaate",
    "dokumentmedium",
    "dokumentstatus",
    "dokumenttype",
    "flytsatus",
    "format",
    "forsendelsesmaate",
    "grad",
    "journalposttype",
    "journalstatus",
    "kassasjonsvedtak",
    "klassifikasjonstype",
    "koordinatsystem",
    "korrespondanseparttype",
    "landkode",
    "mappetype",
    "merknadstype",
    "moetedokumenttype",
    "moetesakstype",
    "partrolle",
    "presedensstatus",
    "saksstatus",
    "skjermingopphoereraksjon",
    "tilgangsrestriksjon",
    "tilknyttetregistreringsom",
    "variantformat",
]);

pub static DOKUMENTFIL_HENT: Complex = Complex {
    name: "dokumentfilHent",
    namespace: namespaces::DOKUMENTFIL_HENT,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::of("dokumentfilNoekkel", &DOKUMENTFIL_NOEKKEL),
    ],
};

pub static DOKUMENTFIL_NOEKKEL: Complex = Complex {
    name: "dokumentfilNoekkel",
    namespace: namespaces::DOKUMENTFIL_HENT,
    base: None,
    elements: &[Element::text("systemID", Simple::Uuid)],
};

pub static KODE_LISTE: Complex = Complex {
    name: "KodeListe",
    namespace: namespaces::KODELISTE_RESULTAT,
    base: None,
    elements: &[Element::of("liste", &metadatakatalog::KODE).many()],
};

pub static HENT_KODELISTE: Complex = Complex {
    name: "HentKodeliste",
    namespace: namespaces::KODELISTE_HENT,
    base: None,
    elements: &[Element::text("kodelistenavn", KODELISTER).optional()],
};

pub static MAPPE_HENT_RESULTAT: Complex = Complex {
    name: "mappeHentResultat",
    namespace: namespaces::MAPPE_RESULTAT,
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
        .optional(),
        Element::of("saksmappe", &arkivstruktur::mappe::SAKSMAPPE).optional(),
    ],
};

pub static MAPPE_HENT: Complex = Complex {
    name: "mappeHent",
    namespace: namespaces::MAPPE_HENT,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::of("referanseTilMappe", &metadatakatalog::REFERANSE_TIL_MAPPE),
        Element::text("inkluder", INKLUDER).optional().many(),
        Element::text("spraak", Simple::String).optional(),
    ],
};

pub const INKLUDER: Simple = Simple::OneOf(&[
    "merknad",
    "noekkelord",
    "kryssreferanse",
    "klasse",
    "part",
    "presedens",
    "moetedeltaker",
]);

pub static REGISTRERING_HENT_RESULTAT: Complex = Complex {
    name: "registreringHentResultat",
    namespace: namespaces::REGISTRERING_RESULTAT,
    base: None,
    elements: &[
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
        .optional(),
        Element::derived(
            "journalpost",
            &[
                &arkivstruktur::registrering::JOURNALPOST,
                &arkivstruktur::registrering::JOURNALPOST_MED_SAKSMAPPE,
            ],
        )
        .optional(),
    ],
};

pub static REGISTRERING_HENT: Complex = Complex {
    name: "registreringHent",
    namespace: namespaces::REGISTRERING_HENT,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::of("referanseTilRegistrering", &metadatakatalog::REFERANSE_TIL_REGISTRERING),
        Element::text("inkluder", REGISTRERING_HENT_INKLUDER).optional().many(),
        Element::text("spraak", Simple::String).optional(),
    ],
};

pub const REGISTRERING_HENT_INKLUDER: Simple = Simple::OneOf(&[
    "merknad",
    "noekkelord",
    "kryssreferanse",
    "dokumentbeskrivelse",
    "korrespondansepart",
    "avskrivning",
    "dokumentflyt",
    "dokumentobjekt",
]);
