//! `arkivstruktur.xsd`: mapper.

use super::NAMESPACE;
use super::felles::{GRADERING, KASSASJON, KRYSSREFERANSE, MERKNAD, PART, PRESEDENS, SKJERMING};
use super::registrering::REGISTRERING_TYPES;
use crate::grammar::{Complex, Element, Simple};

/// What an element `mappe` may be; the first is what one without `xsi:type` is.
pub static MAPPE_TYPES: &[&Complex] = &[&MAPPE, &SAKSMAPPE, &MOETEMAPPE];

pub static MAPPE: Complex = Complex {
    name: "mappe",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("mappeID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("noekkelord", Simple::NonEmpty).optional().many(),
        Element::text("dokumentmedium", Simple::NonEmpty).optional(),
        Element::text("oppbevaringssted", Simple::NonEmpty).optional().many(),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("avsluttetDato", Simple::DateTime),
        Element::text("avsluttetAv", Simple::NonEmpty),
        Element::text("referanseArkivdel", Simple::Uuid).optional().many(),
        Element::any("virksomhetsspesifikkeMetadata").optional(),
        Element::of("part", &PART).optional().many(),
        Element::of("kryssreferanse", &KRYSSREFERANSE).optional().many(),
        Element::of("merknad", &MERKNAD).optional().many(),
        Element::of("kassasjon", &KASSASJON).optional(),
        Element::of("skjerming", &SKJERMING).optional(),
        Element::of("gradering", &GRADERING).optional(),
        Element::derived("mappe", MAPPE_TYPES).choice(1).many(),
        Element::derived("registrering", REGISTRERING_TYPES).choice(1).many(),
    ],
};

pub static SAKSMAPPE: Complex = Complex {
    name: "saksmappe",
    namespace: NAMESPACE,
    base: Some(&MAPPE),
    elements: &[
        Element::text("saksaar", Simple::Int),
        Element::text("sakssekvensnummer", Simple::Int),
        Element::text("saksdato", Simple::Date),
        Element::text("administrativEnhet", Simple::NonEmpty),
        Element::text("saksansvarlig", Simple::NonEmpty),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::text("saksstatus", Simple::NonEmpty),
        Element::text("utlaantDato", Simple::Date).optional(),
        Element::text("utlaantTil", Simple::NonEmpty).optional(),
        Element::text("referanseSekundaerKlassifikasjon", Simple::Uuid).optional().many(),
        Element::of("presedens", &PRESEDENS).optional().many(),
    ],
};

pub static MOETEMAPPE: Complex = Complex {
    name: "moetemappe",
    namespace: NAMESPACE,
    base: Some(&MAPPE),
    elements: &[
        Element::text("moetenummer", Simple::NonEmpty),
        Element::text("utvalg", Simple::NonEmpty),
        Element::text("moetedato", Simple::Date),
        Element::text("moetested", Simple::NonEmpty).optional(),
        Element::text("referanseForrigeMoete", Simple::Uuid).optional(),
        Element::text("referanseNesteMoete", Simple::Uuid).optional(),
        Element::of("moetedeltaker", &MOETEDELTAKER).optional().many(),
    ],
};

pub static MOETEDELTAKER: Complex = Complex {
    name: "moetedeltaker",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("moetedeltakerNavn", Simple::NonEmpty),
        Element::text("moetedeltakerFunksjon", Simple::NonEmpty).optional(),
    ],
};
