//! Registreringer, in full answers.

use super::super::{metadatakatalog, namespaces};
use super::{deler, dokument, mappe, part};
use crate::grammar::{Complex, Element, Simple};

pub static REGISTRERING: Complex = Complex {
    name: "registrering",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("arkivertDato", Simple::DateTime).optional(),
        Element::text("arkivertAv", Simple::NonEmpty).optional(),
        Element::of("referanseForelderMappe", &metadatakatalog::REFERANSE_TIL_MAPPE).choice(1),
        Element::of("arkivdel", &metadatakatalog::KODE).choice(1),
        Element::of("part", &part::PART).optional().many(),
        Element::of("kassasjon", &deler::KASSASJON).optional(),
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
    namespace: namespaces::ARKIVSTRUKTUR,
    base: Some(&REGISTRERING),
    elements: &[
        Element::text("journalaar", Simple::Int),
        Element::text("journalsekvensnummer", Simple::Int),
        Element::text("journalpostnummer", Simple::Int),
        Element::of("journalposttype", &metadatakatalog::JOURNALPOSTTYPE),
        Element::of("journalstatus", &metadatakatalog::JOURNALSTATUS),
        Element::text("journaldato", Simple::Date),
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("mottattDato", Simple::DateTime).optional(),
        Element::text("sendtDato", Simple::DateTime).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("antallVedlegg", Simple::Int).optional(),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::of("dokumentflyt", &DOKUMENTFLYT).optional().many(),
        Element::of("presedens", &deler::PRESEDENS).optional().many(),
        Element::of("elektroniskSignatur", &dokument::ELEKTRONISK_SIGNATUR).optional(),
        Element::text("avskrivningsdato", Simple::Date).optional(),
    ],
};

pub static JOURNALPOST_MED_SAKSMAPPE: Complex = Complex {
    name: "journalpostMedSaksmappe",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: Some(&JOURNALPOST),
    elements: &[
        Element::text("saksaar", Simple::Int),
        Element::text("sakssekvensnummer", Simple::Int),
        Element::text("saksdato", Simple::Date),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET),
        Element::of("saksansvarlig", &metadatakatalog::SAKSANSVARLIG),
        Element::of("saksstatus", &metadatakatalog::SAKSSTATUS),
    ],
};

pub static AVSKRIVNING: Complex = Complex {
    name: "avskrivning",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("avskrivningsdato", Simple::Date),
        Element::of("avskrevetAv", &metadatakatalog::SAKSBEHANDLER),
        Element::of("avskrivningsmaate", &metadatakatalog::AVSKRIVNINGSMAATE),
        Element::of("referanseAvskrivesAvJournalpost", &metadatakatalog::REFERANSE_TIL_JOURNALPOST)
            .optional(),
        Element::of("referanseAvskriverJournalpost", &metadatakatalog::REFERANSE_TIL_JOURNALPOST).optional(),
    ],
};

pub static ARKIVNOTAT: Complex = Complex {
    name: "arkivnotat",
    namespace: namespaces::ARKIVSTRUKTUR,
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

pub static DOKUMENTFLYT: Complex = Complex {
    name: "dokumentflyt",
    namespace: namespaces::ARKIVSTRUKTUR,
    base: None,
    elements: &[
        Element::text("flytTil", Simple::NonEmpty),
        Element::text("flytFra", Simple::NonEmpty),
        Element::text("flytMottattDato", Simple::DateTime),
        Element::text("flytSendtDato", Simple::DateTime),
        Element::of("flytStatus", &metadatakatalog::FLYT_STATUS),
        Element::text("flytMerknad", Simple::NonEmpty).optional(),
    ],
};
