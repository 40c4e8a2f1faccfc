//! The metadata catalogue: codes, references and keys that all messages share.
//!
//! A type that extends `kode` without adding to it is kept as a type of its own: its name says which code list its code is of.

use super::namespaces;
use crate::grammar::{Complex, Element, Simple};

/// A type that is a code of a list: its name is the list's.
const fn kode(name: &'static str) -> Complex {
    Complex { name, namespace: namespaces::METADATAKATALOG, base: Some(&KODE), elements: &[] }
}

/// A type that points to a person or a unit of the organisation.
const fn identifikatorer(name: &'static str) -> Complex {
    Complex { name, namespace: namespaces::METADATAKATALOG, base: Some(&IDENTIFIKATORER), elements: &[] }
}

pub static ARKIVSTATUS: Complex = kode("arkivstatus");
pub static ARKIVDELSTATUS: Complex = kode("arkivdelstatus");
pub static SAKSSTATUS: Complex = kode("saksstatus");
pub static JOURNALSTATUS: Complex = kode("journalstatus");
pub static DOKUMENTSTATUS: Complex = kode("dokumentstatus");
pub static MOETEREGISTRERINGSSTATUS: Complex = kode("moeteregistreringsstatus");
pub static PRESEDENS_STATUS: Complex = kode("presedensStatus");
pub static JOURNALPOSTTYPE: Complex = kode("journalposttype");
pub static DOKUMENTTYPE: Complex = kode("dokumenttype");
pub static MERKNADSTYPE: Complex = kode("merknadstype");
pub static MOETEREGISTRERINGSTYPE: Complex = kode("moeteregistreringstype");
pub static KLASSIFIKASJONSTYPE: Complex = kode("klassifikasjonstype");
pub static KORRESPONDANSEPARTTYPE: Complex = kode("korrespondanseparttype");
pub static MOETESAKSTYPE: Complex = kode("moetesakstype");
pub static SLETTINGSTYPE: Complex = kode("slettingstype");
pub static SKJERMING_OPPHOERER_AKSJON: Complex = kode("skjermingOpphoererAksjon");
pub static REFERANSE_TIL_MAPPE: Complex = Complex {
    name: "referanseTilMappe",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("mappeID", Simple::NonEmpty).optional(),
        Element::of("saksnummer", &SAKSNUMMER).optional(),
        Element::of("referanseEksternNoekkel", &EKSTERN_NOEKKEL).optional(),
    ],
};

pub static REFERANSE_TIL_REGISTRERING: Complex = Complex {
    name: "referanseTilRegistrering",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::of("journalnummer", &JOURNALNUMMER).optional(),
        Element::of("saksJournalpostnummer", &SAKS_JOURNALPOSTNUMMER).optional(),
        Element::of("referanseEksternNoekkel", &EKSTERN_NOEKKEL).optional(),
    ],
};

pub static TILKNYTTET_REGISTRERING_SOM: Complex = kode("tilknyttetRegistreringSom");
pub static REFERANSE_TIL_DOKUMENTBESKRIVELSE: Complex = Complex {
    name: "referanseTilDokumentbeskrivelse",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::of("referanseEksternNoekkel", &EKSTERN_NOEKKEL).optional(),
        Element::of("journalpostDokumentnummer", &JOURNALPOST_DOKUMENTNUMMER).optional(),
    ],
};

pub static REFERANSE_TIL_KLASSIFIKASJON: Complex = Complex {
    name: "referanseTilKlassifikasjon",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("klassifikasjonssystemID", Simple::NonEmpty),
        Element::text("klasseID", Simple::NonEmpty),
    ],
};

pub static REFERANSE_TIL_JOURNALPOST: Complex = Complex {
    name: "referanseTilJournalpost",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::of("journalnummer", &JOURNALNUMMER).optional(),
        Element::of("saksJournalpostnummer", &SAKS_JOURNALPOSTNUMMER).optional(),
        Element::of("referanseEksternNoekkel", &EKSTERN_NOEKKEL).optional(),
    ],
};

pub static DOKUMENTMEDIUM: Complex = kode("dokumentmedium");
pub static PART_ROLLE: Complex = kode("partRolle");
pub static ADMINISTRATIV_ENHET: Complex = identifikatorer("administrativEnhet");
pub static SAKSANSVARLIG: Complex = identifikatorer("saksansvarlig");
pub static SAKSBEHANDLER: Complex = identifikatorer("saksbehandler");
pub static LANDKODE: Complex = kode("landkode");
pub static KOORDINATSYSTEM: Complex = kode("koordinatsystem");
pub static UTVALG: Complex = identifikatorer("utvalg");
pub static MOETEDELTAKER_FUNKSJON: Complex = kode("moetedeltakerFunksjon");
pub static REPRESENTERER: Complex = identifikatorer("representerer");
pub static MOETESAKS_BESKRIVELSE: Complex = Complex {
    name: "moetesaksBeskrivelse",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[Element::text("tekstInnhold", Simple::String), Element::of("tekstFormat", &KODE)],
};

pub static BEHANDLINGSPROTOKOLL: Complex = Complex {
    name: "behandlingsprotokoll",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[Element::text("tekstInnhold", Simple::String), Element::of("tekstFormat", &KODE)],
};

pub static MOETEDELTAKER: Complex = Complex {
    name: "moetedeltaker",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::of("identifikator", &IDENTIFIKATORER).optional(),
        Element::of("funksjon", &MOETEDELTAKER_FUNKSJON).optional(),
        Element::of("representerer", &REPRESENTERER).optional(),
    ],
};

pub static MOETEDOKUMENTTYPE: Complex = kode("moetedokumenttype");
pub static FORSENDELSESMAATE: Complex = kode("forsendelsesmaate");
pub static KASSASJONSVEDTAK: Complex = kode("kassasjonsvedtak");
pub static TILGANGSRESTRIKSJON: Complex = kode("tilgangsrestriksjon");
pub static SKJERMING_METADATA: Complex = kode("skjermingMetadata");
pub static SKJERMING_DOKUMENT: Complex = kode("skjermingDokument");
pub static GRAD: Complex = kode("grad");
pub static ELEKTRONISK_SIGNATUR_SIKKERHETSNIVAA: Complex = kode("elektroniskSignaturSikkerhetsnivaa");
pub static ELEKTRONISK_SIGNATUR_VERIFISERT: Complex = kode("elektroniskSignaturVerifisert");
pub static AVSKRIVNINGSMAATE: Complex = kode("avskrivningsmaate");
pub static FLYT_STATUS: Complex = kode("flytStatus");
pub static VARIANTFORMAT: Complex = kode("variantformat");
pub static FORMAT: Complex = kode("format");
pub static KODE: Complex = Complex {
    name: "kode",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("kode", Simple::String),
        Element::text("beskrivelse", Simple::String).optional(),
    ],
};

pub static IDENTIFIKATORER: Complex = Complex {
    name: "identifikatorer",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::text("navn", Simple::String).optional(),
        Element::text("identifikator", Simple::String).optional(),
        Element::text("initialer", Simple::String).optional(),
        Element::text("epostadresse", Simple::NonEmpty).optional(),
    ],
};

pub static SAKSNUMMER: Complex = Complex {
    name: "saksnummer",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[Element::text("saksaar", Simple::Int), Element::text("sakssekvensnummer", Simple::Int)],
};

pub static EKSTERN_NOEKKEL: Complex = Complex {
    name: "eksternNoekkel",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[Element::text("fagsystem", Simple::NonEmpty), Element::text("noekkel", Simple::NonEmpty)],
};

pub static JOURNALNUMMER: Complex = Complex {
    name: "journalnummer",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[Element::text("journalaar", Simple::Int), Element::text("journalsekvensnummer", Simple::Int)],
};

pub static SAKS_JOURNALPOSTNUMMER: Complex = Complex {
    name: "saksJournalpostnummer",
    namespace: namespaces::METADATAKATALOG,
    base: Some(&SAKSNUMMER),
    elements: &[Element::text("journalpostnummer", Simple::Int)],
};

pub static JOURNALPOST_DOKUMENTNUMMER: Complex = Complex {
    name: "journalpostDokumentnummer",
    namespace: namespaces::METADATAKATALOG,
    base: None,
    elements: &[
        Element::of("referanseTilJournalpost", &REFERANSE_TIL_JOURNALPOST),
        Element::text("dokumentnummer", Simple::Int),
    ],
};

pub const MOETE_STEMME: Simple = Simple::OneOf(&["Ja", "Nei", "Blankt"]);

pub const SLETT_ELLER_OPPDATER: Simple = Simple::OneOf(&["Slett", "Oppdater"]);
