//! `loependeJournal.xsd`.

use super::arkiv;
use crate::grammar::{Complex, Element, Root, Simple};

pub const NAMESPACE: &str = "http://www.arkivverket.no/standarder/noark5/loependeJournal";

pub static ROOT: Root = Root { name: "loependeJournal", namespace: NAMESPACE, content: &LOEPENDE_JOURNAL };

pub static LOEPENDE_JOURNAL: Complex = Complex {
    name: "loependeJournal",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::of("journalhode", &JOURNALHODE),
        Element::of("journalregistrering", &JOURNALREGISTRERING).many(),
    ],
};

pub static JOURNALHODE: Complex = Complex {
    name: "journalhode",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("journalStartDato", Simple::Date),
        Element::text("journalSluttDato", Simple::Date),
        Element::text("seleksjon", Simple::NonEmpty).optional(),
        Element::text("antallJournalposter", Simple::Int),
        Element::of("arkivskaper", &ARKIVSKAPER).many(),
    ],
};

pub static ARKIVSKAPER: Complex = arkiv::ARKIVSKAPER.in_namespace(NAMESPACE);

pub static JOURNALREGISTRERING: Complex = Complex {
    name: "journalregistrering",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::of("klasse", &KLASSE).optional(),
        Element::of("saksmappe", &SAKSMAPPE),
        Element::of("journalpost", &JOURNALPOST),
    ],
};

pub static KLASSE: Complex = Complex {
    name: "klasse",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("klasseID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("skjermingMetadata", Simple::NonEmpty).optional().many(),
    ],
};

pub static SAKSMAPPE: Complex = Complex {
    name: "saksmappe",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("mappeID", Simple::NonEmpty).optional(),
        Element::text("saksaar", Simple::Int),
        Element::text("sakssekvensnummer", Simple::Int),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::text("skjermingMetadata", Simple::NonEmpty).optional(),
        Element::text("administrativEnhet", Simple::NonEmpty).optional(),
        Element::text("saksansvarlig", Simple::NonEmpty).optional(),
        Element::text("referanseArkivdel", Simple::Uuid).optional(),
    ],
};

pub static JOURNALPOST: Complex = Complex {
    name: "journalpost",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::text("journalaar", Simple::Int),
        Element::text("journalsekvensnummer", Simple::Int),
        Element::text("journalpostnummer", Simple::Int),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("skjermingMetadata", Simple::NonEmpty).optional(),
        Element::text("journaldato", Simple::Date),
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("antallVedlegg", Simple::Int).optional(),
        Element::text("avskrivningsdato", Simple::Date).optional(),
        Element::text("avskrivningsmaate", Simple::NonEmpty).optional(),
        Element::text("administrativEnhet", Simple::NonEmpty).optional(),
        Element::text("saksbehandler", Simple::NonEmpty).optional(),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::text("referanseAvskrivesAvJournalpost", Simple::Uuid).optional(),
        Element::text("tilgangsrestriksjon", Simple::NonEmpty).optional(),
        Element::text("grad", Simple::NonEmpty).optional(),
        Element::text("skjermingshjemmel", Simple::NonEmpty).optional(),
        Element::of("korrespondansepart", &KORRESPONDANSEPART).many(),
    ],
};

pub static KORRESPONDANSEPART: Complex = Complex {
    name: "korrespondansepart",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("korrespondanseparttype", Simple::NonEmpty),
        Element::text("korrespondansepartNavn", Simple::NonEmpty),
        Element::text("skjermingMetadata", Simple::NonEmpty).optional(),
    ],
};
