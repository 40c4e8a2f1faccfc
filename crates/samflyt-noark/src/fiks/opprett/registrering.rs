//! Registreringer, as given.

use super::super::{arkivstruktur, metadatakatalog, namespaces};
use super::{deler, dokument, mappe, part};
use crate::grammar::{Complex, Element, Simple};

pub static REGISTRERING: Complex = Complex {
    name: "registrering",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid).optional(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("arkivertDato", Simple::DateTime).optional(),
        Element::text("arkivertAv", Simple::NonEmpty).optional(),
        Element::of("referanseForelderMappe", &metadatakatalog::REFERANSE_TIL_MAPPE).choice(1),
        Element::of("arkivdel", &metadatakatalog::KODE).choice(1),
        Element::of("part", &part::PART).optional().many(),
        Element::of("skjerming", &deler::SKJERMING).optional(),
        Element::of("gradering", &deler::GRADERING).optional(),
        Element::of("dokumentbeskrivelse", &dokument::DOKUMENTBESKRIVELSE).optional().many(),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("noekkelord", Simple::NonEmpty).optional().many(),
        Element::text("forfatter", Simple::NonEmpty).optional().many(),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::any("virksomhetsspesifikkeMetadata").optional(),
        Element::of("merknad", &deler::MERKNAD).optional().many(),
        Element::of("kryssreferanse", &deler::KRYSSREFERANSE).optional().many(),
        Element::of("korrespondansepart", &part::KORRESPONDANSEPART).optional().many(),
        Element::of("klassifikasjon", &mappe::KLASSIFIKASJON).optional().many(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static JOURNALPOST: Complex = Complex {
    name: "journalpost",
    namespace: namespaces::OPPRETT,
    base: Some(&REGISTRERING),
    elements: &[
        Element::text("journalaar", Simple::Int).optional(),
        Element::text("journalsekvensnummer", Simple::Int).optional(),
        Element::text("journalpostnummer", Simple::Int).optional(),
        Element::of("journalposttype", &metadatakatalog::JOURNALPOSTTYPE),
        Element::of("journalstatus", &metadatakatalog::JOURNALSTATUS).optional(),
        Element::text("journaldato", Simple::Date).optional(),
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("mottattDato", Simple::DateTime).optional(),
        Element::text("sendtDato", Simple::DateTime).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("antallVedlegg", Simple::Int).optional(),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::of("dokumentflyt", &DOKUMENTFLYT).optional().many(),
        Element::of("presedens", &deler::PRESEDENS).optional().many(),
        Element::text("avskrivningsdato", Simple::Date).optional(),
    ],
};

pub static ARKIVNOTAT: Complex = Complex {
    name: "arkivnotat",
    namespace: namespaces::OPPRETT,
    base: Some(&REGISTRERING),
    elements: &[
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("mottattDato", Simple::DateTime).optional(),
        Element::text("sendtDato", Simple::DateTime).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("antallVedlegg", Simple::Int).optional(),
        Element::of("dokumentflyt", &DOKUMENTFLYT).optional().many(),
    ],
};

pub static AVSKRIVNING: Complex = arkivstruktur::registrering::AVSKRIVNING.in_namespace(namespaces::OPPRETT);

pub static DOKUMENTFLYT: Complex =
    arkivstruktur::registrering::DOKUMENTFLYT.in_namespace(namespaces::OPPRETT);
