//! Mapper, as given.

use super::super::{metadatakatalog, namespaces};
use super::{deler, moete, part, registrering, sted};
use crate::grammar::{Complex, Element, Simple};

pub static ARKIVMELDING: Complex = Complex {
    name: "arkivmelding",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("system", Simple::String),
        Element::text("regel", Simple::String).optional(),
        Element::text("antallFiler", Simple::Int),
        Element::derived("mappe", &[&MAPPE, &SAKSMAPPE, &MOETEMAPPE]).optional(),
        Element::derived(
            "registrering",
            &[
                &registrering::REGISTRERING,
                &registrering::JOURNALPOST,
                &registrering::ARKIVNOTAT,
                &moete::MOETESAK,
                &moete::MOETEDOKUMENT,
            ],
        )
        .optional(),
    ],
};

pub static MAPPE: Complex = Complex {
    name: "mappe",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("mappeID", Simple::NonEmpty).optional(),
        Element::of("referanseForeldermappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("noekkelord", Simple::NonEmpty).optional().many(),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("arkivdel", &metadatakatalog::KODE).optional(),
        Element::any("virksomhetsspesifikkeMetadata").optional(),
        Element::of("part", &part::PART).optional().many(),
        Element::of("kryssreferanse", &deler::KRYSSREFERANSE).optional().many(),
        Element::of("merknad", &deler::MERKNAD).optional().many(),
        Element::of("skjerming", &deler::SKJERMING).optional(),
        Element::of("gradering", &deler::GRADERING).optional(),
        Element::of("klassifikasjon", &KLASSIFIKASJON).optional().many(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
        Element::of("mappetype", &metadatakatalog::KODE).optional(),
    ],
};

pub static SAKSMAPPE: Complex = Complex {
    name: "saksmappe",
    namespace: namespaces::OPPRETT,
    base: Some(&MAPPE),
    elements: &[
        Element::text("saksaar", Simple::Int).optional(),
        Element::text("sakssekvensnummer", Simple::Int).optional(),
        Element::text("saksdato", Simple::Date).optional(),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET).optional(),
        Element::of("saksansvarlig", &metadatakatalog::SAKSANSVARLIG).optional(),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::of("saksstatus", &metadatakatalog::SAKSSTATUS).optional(),
        Element::of("presedens", &deler::PRESEDENS).optional().many(),
        Element::of("matrikkelnummer", &sted::MATRIKKELNUMMER).optional().many(),
        Element::of("byggident", &sted::BYGGIDENT).optional().many(),
        Element::of("planident", &sted::PLANIDENT).optional().many(),
        Element::of("punkt", &sted::PUNKT).optional().many(),
        Element::of("adresse", &sted::ADRESSE).optional().many(),
    ],
};

pub static KLASSIFIKASJON: Complex = Complex {
    name: "klassifikasjon",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("klassifikasjonssystemID", Simple::NonEmpty).optional(),
        Element::text("klasseID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty).optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
    ],
};

pub static MOETEMAPPE: Complex = Complex {
    name: "moetemappe",
    namespace: namespaces::OPPRETT,
    base: Some(&MAPPE),
    elements: &[
        Element::text("moetenummer", Simple::NonEmpty),
        Element::of("utvalg", &metadatakatalog::UTVALG),
        Element::text("moetedato", Simple::Date),
        Element::text("moetested", Simple::NonEmpty).optional(),
        Element::text("referanseForrigeMoete", Simple::Uuid).optional(),
        Element::text("referanseNesteMoete", Simple::Uuid).optional(),
        Element::of("moetedeltaker", &metadatakatalog::MOETEDELTAKER).optional().many(),
    ],
};
