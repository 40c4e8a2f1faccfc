//! `arkivstruktur.xsd`: arkiv, arkivdel, klassifikasjonssystem, klasse.

use super::NAMESPACE;
use super::felles::{GRADERING, KASSASJON, KRYSSREFERANSE, SKJERMING, SLETTING, UTFOERT_KASSASJON};
use super::mappe::MAPPE_TYPES;
use super::registrering::REGISTRERING_TYPES;
use crate::grammar::{Complex, Element, Simple};

pub static ARKIV: Complex = Complex {
    name: "arkiv",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("arkivstatus", Simple::NonEmpty).optional(),
        Element::text("dokumentmedium", Simple::NonEmpty).optional(),
        Element::text("oppbevaringssted", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime),
        Element::text("avsluttetAv", Simple::NonEmpty),
        Element::of("arkivskaper", &ARKIVSKAPER).many(),
        Element::of("arkiv", &ARKIV).choice(1).many(),
        Element::of("arkivdel", &ARKIVDEL).choice(1).many(),
    ],
};

pub static ARKIVSKAPER: Complex = Complex {
    name: "arkivskaper",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("arkivskaperID", Simple::NonEmpty),
        Element::text("arkivskaperNavn", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
    ],
};

pub static ARKIVDEL: Complex = Complex {
    name: "arkivdel",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("arkivdelstatus", Simple::NonEmpty),
        Element::text("dokumentmedium", Simple::NonEmpty).optional(),
        Element::text("oppbevaringssted", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime),
        Element::text("avsluttetAv", Simple::NonEmpty),
        Element::text("arkivperiodeStartDato", Simple::Date).optional(),
        Element::text("arkivperiodeSluttDato", Simple::Date).optional(),
        Element::text("referanseForloeper", Simple::Uuid).optional(),
        Element::text("referanseArvtaker", Simple::Uuid).optional(),
        Element::of("kassasjon", &KASSASJON).optional(),
        Element::of("utfoertKassasjon", &UTFOERT_KASSASJON).optional(),
        Element::of("sletting", &SLETTING).optional(),
        Element::of("skjerming", &SKJERMING).optional(),
        Element::of("gradering", &GRADERING).optional(),
        Element::of("klassifikasjonssystem", &KLASSIFIKASJONSSYSTEM).choice(1).many(),
        Element::derived("mappe", MAPPE_TYPES).choice(1).many(),
        Element::derived("registrering", REGISTRERING_TYPES).choice(1).many(),
    ],
};

pub static KLASSIFIKASJONSSYSTEM: Complex = Complex {
    name: "klassifikasjonssystem",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("klassifikasjonstype", Simple::NonEmpty).optional(),
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
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("klasseID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("noekkelord", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("kryssreferanse", &KRYSSREFERANSE).optional().many(),
        Element::of("kassasjon", &KASSASJON).optional(),
        Element::of("skjerming", &SKJERMING).optional(),
        Element::of("gradering", &GRADERING).optional(),
        Element::of("klasse", &KLASSE).choice(1).many(),
        Element::derived("mappe", MAPPE_TYPES).choice(1).many(),
        Element::derived("registrering", REGISTRERING_TYPES).choice(1).many(),
    ],
};
