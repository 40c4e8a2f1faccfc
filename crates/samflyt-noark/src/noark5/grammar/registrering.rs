//! `arkivstruktur.xsd`: registreringer.

use super::NAMESPACE;
use super::dokument::{DOKUMENTBESKRIVELSE, ELEKTRONISK_SIGNATUR};
use super::felles::{GRADERING, KASSASJON, KRYSSREFERANSE, MERKNAD, PART, PRESEDENS, SKJERMING};
use crate::grammar::{Complex, Element, Simple};

/// What an element `registrering` may be; the first is what one without `xsi:type` is.
pub static REGISTRERING_TYPES: &[&Complex] = &[&REGISTRERING, &JOURNALPOST, &ARKIVNOTAT, &MOETEREGISTRERING];

pub static REGISTRERING: Complex = Complex {
    name: "registrering",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("arkivertDato", Simple::DateTime),
        Element::text("arkivertAv", Simple::NonEmpty),
        Element::text("referanseArkivdel", Simple::Uuid).optional().many(),
        Element::of("part", &PART).optional().many(),
        Element::of("kassasjon", &KASSASJON).optional(),
        Element::of("skjerming", &SKJERMING).optional(),
        Element::of("gradering", &GRADERING).optional(),
        Element::of("dokumentbeskrivelse", &DOKUMENTBESKRIVELSE).optional().many(),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("noekkelord", Simple::NonEmpty).optional().many(),
        Element::text("forfatter", Simple::NonEmpty).optional().many(),
        Element::text("dokumentmedium", Simple::NonEmpty).optional(),
        Element::text("oppbevaringssted", Simple::NonEmpty).optional().many(),
        Element::any("virksomhetsspesifikkeMetadata").optional(),
        Element::of("merknad", &MERKNAD).optional().many(),
        Element::of("kryssreferanse", &KRYSSREFERANSE).optional().many(),
        Element::of("korrespondansepart", &KORRESPONDANSEPART).optional().many(),
    ],
};

pub static JOURNALPOST: Complex = Complex {
    name: "journalpost",
    namespace: NAMESPACE,
    base: Some(&REGISTRERING),
    elements: &[
        Element::text("journalaar", Simple::Int),
        Element::text("journalsekvensnummer", Simple::Int),
        Element::text("journalpostnummer", Simple::Int),
        Element::text("journalposttype", Simple::NonEmpty),
        Element::text("journalstatus", Simple::NonEmpty),
        Element::text("journaldato", Simple::Date),
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("mottattDato", Simple::DateTime).optional(),
        Element::text("sendtDato", Simple::DateTime).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("antallVedlegg", Simple::Int).optional(),
        Element::text("utlaantDato", Simple::Date).optional(),
        Element::text("utlaantTil", Simple::NonEmpty).optional(),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::of("avskrivning", &AVSKRIVNING).optional().many(),
        Element::of("dokumentflyt", &DOKUMENTFLYT).optional().many(),
        Element::of("presedens", &PRESEDENS).optional().many(),
        Element::of("elektroniskSignatur", &ELEKTRONISK_SIGNATUR).optional(),
    ],
};

pub static KORRESPONDANSEPART: Complex = Complex {
    name: "korrespondansepart",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("korrespondanseparttype", Simple::NonEmpty),
        Element::text("korrespondansepartNavn", Simple::NonEmpty),
        Element::text("postadresse", Simple::NonEmpty).optional().many(),
        Element::text("postnummer", Simple::NonEmpty).optional(),
        Element::text("poststed", Simple::NonEmpty).optional(),
        Element::text("land", Simple::NonEmpty).optional(),
        Element::text("epostadresse", Simple::NonEmpty).optional(),
        Element::text("telefonnummer", Simple::NonEmpty).optional().many(),
        Element::text("kontaktperson", Simple::NonEmpty).optional(),
        Element::text("administrativEnhet", Simple::NonEmpty).optional(),
        Element::text("saksbehandler", Simple::NonEmpty).optional(),
    ],
};

pub static AVSKRIVNING: Complex = Complex {
    name: "avskrivning",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("avskrivningsdato", Simple::Date),
        Element::text("avskrevetAv", Simple::NonEmpty),
        Element::text("avskrivningsmaate", Simple::NonEmpty),
        Element::text("referanseAvskrivesAvJournalpost", Simple::Uuid).optional(),
    ],
};

pub static ARKIVNOTAT: Complex = Complex {
    name: "arkivnotat",
    namespace: NAMESPACE,
    base: Some(&REGISTRERING),
    elements: &[
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("mottattDato", Simple::DateTime).optional(),
        Element::text("sendtDato", Simple::DateTime).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("antallVedlegg", Simple::Int).optional(),
        Element::text("utlaantDato", Simple::Date).optional(),
        Element::text("utlaantTil", Simple::NonEmpty).optional(),
        Element::of("dokumentflyt", &DOKUMENTFLYT).optional().many(),
    ],
};

pub static DOKUMENTFLYT: Complex = Complex {
    name: "dokumentflyt",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("flytTil", Simple::NonEmpty),
        Element::text("flytFra", Simple::NonEmpty),
        Element::text("flytMottattDato", Simple::DateTime),
        Element::text("flytSendtDato", Simple::DateTime),
        Element::text("flytStatus", Simple::NonEmpty),
        Element::text("flytMerknad", Simple::NonEmpty).optional(),
    ],
};

pub static MOETEREGISTRERING: Complex = Complex {
    name: "moeteregistrering",
    namespace: NAMESPACE,
    base: Some(&REGISTRERING),
    elements: &[
        Element::text("moeteregistreringstype", Simple::NonEmpty),
        Element::text("moetesakstype", Simple::NonEmpty).optional(),
        Element::text("moeteregistreringsstatus", Simple::NonEmpty).optional(),
        Element::text("administrativEnhet", Simple::NonEmpty),
        Element::text("saksbehandler", Simple::NonEmpty),
        Element::text("referanseTilMoeteregistrering", Simple::Uuid).optional().many(),
        Element::text("referanseFraMoeteregistrering", Simple::Uuid).optional().many(),
    ],
};
