//! The upper levels: arkiv, arkivdel, classification, in full answers.

use super::super::{metadatakatalog, namespaces};
use super::{deler, dokument, mappe, moete, registrering};
use crate::grammar::{Complex, Element, Simple};

pub static ARKIV: Complex = Complex {
    name: "arkiv",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::of("arkivstatus", &metadatakatalog::ARKIVSTATUS).optional(),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime),
        Element::text("avsluttetAv", Simple::NonEmpty),
        Element::of("arkivskaper", &ARKIVSKAPER).many(),
        Element::of("arkiv", &ARKIV).many().one_of(1),
        Element::of("arkivdel", &ARKIVDEL).many().one_of(1),
    ],
};

pub static ARKIVSKAPER: Complex = Complex {
    name: "arkivskaper",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("arkivskaperID", Simple::NonEmpty),
        Element::text("arkivskaperNavn", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
    ],
};

pub static ARKIVDEL: Complex = Complex {
    name: "arkivdel",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::of("arkivdelstatus", &metadatakatalog::ARKIVDELSTATUS),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime),
        Element::text("avsluttetAv", Simple::NonEmpty),
        Element::text("arkivperiodeStartDato", Simple::Date).optional(),
        Element::text("arkivperiodeSluttDato", Simple::Date).optional(),
        Element::text("referanseForloeper", Simple::Uuid).optional(),
        Element::text("referanseArvtaker", Simple::Uuid).optional(),
        Element::of("kassasjon", &deler::KASSASJON).optional(),
        Element::of("utfoertKassasjon", &dokument::UTFOERT_KASSASJON).optional(),
        Element::of("sletting", &dokument::SLETTING).optional(),
        Element::of("skjerming", &deler::SKJERMING).optional(),
        Element::of("gradering", &deler::GRADERING).optional(),
        Element::of("klassifikasjonssystem", &KLASSIFIKASJONSSYSTEM).many().choice(1),
        Element::derived("mappe", &[&mappe::MAPPE, &mappe::SAKSMAPPE, &mappe::MOETEMAPPE]).many().choice(1),
        Element::derived(
            "registrering",
            &[
                &registrering::REGISTRERING,
                &moete::MOETESAK,
                &moete::MOETEDOKUMENT,
                &registrering::JOURNALPOST,
                &registrering::JOURNALPOST_MED_SAKSMAPPE,
                &registrering::ARKIVNOTAT,
            ],
        )
        .many()
        .choice(1),
    ],
};

pub static KLASSIFIKASJONSSYSTEM: Complex = Complex {
    name: "klassifikasjonssystem",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("klassifikasjonssystemID", Simple::NonEmpty),
        Element::of("klassifikasjonstype", &metadatakatalog::KLASSIFIKASJONSTYPE).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("klasse", &KLASSE).many(),
    ],
};

pub static KLASSE: Complex = Complex {
    name: "klasse",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("klasseID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("noekkelord", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("kryssreferanse", &deler::KRYSSREFERANSE).optional().many(),
        Element::of("kassasjon", &deler::KASSASJON).optional(),
        Element::of("skjerming", &deler::SKJERMING).optional(),
        Element::of("gradering", &deler::GRADERING).optional(),
        Element::of("klasse", &KLASSE).many().choice(1),
        Element::derived("mappe", &[&mappe::MAPPE, &mappe::SAKSMAPPE, &mappe::MOETEMAPPE]).many().choice(1),
        Element::derived(
            "registrering",
            &[
                &registrering::REGISTRERING,
                &moete::MOETESAK,
                &moete::MOETEDOKUMENT,
                &registrering::JOURNALPOST,
                &registrering::JOURNALPOST_MED_SAKSMAPPE,
                &registrering::ARKIVNOTAT,
            ],
        )
        .many()
        .choice(1),
    ],
};
