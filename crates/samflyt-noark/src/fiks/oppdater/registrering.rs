//! Registreringer, as changed.

use super::super::{metadatakatalog, namespaces, opprett};
use super::{deler, part};
use crate::grammar::{Complex, Element, Simple};

pub static DOKUMENTBESKRIVELSE_OPPDATERING: Complex = Complex {
    name: "dokumentbeskrivelseOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("referanseTilDokumentbeskrivelse", &metadatakatalog::REFERANSE_TIL_DOKUMENTBESKRIVELSE),
        Element::of("dokumenttype", &metadatakatalog::DOKUMENTTYPE).optional(),
        Element::of("dokumentstatus", &metadatakatalog::DOKUMENTSTATUS).optional(),
        Element::text("tittel", Simple::NonEmpty).optional(),
        Element::of("beskrivelse", &deler::BESKRIVELSE_OPPDATERINGER).optional(),
        Element::of("forfatterOppdateringer", &deler::FORFATTER_OPPDATERINGER).optional().many(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::of("dokumentmedium", &metadatakatalog::DOKUMENTMEDIUM).optional(),
        Element::of("tilknyttetRegistreringSom", &metadatakatalog::TILKNYTTET_REGISTRERING_SOM),
        Element::text("dokumentnummer", Simple::Int).optional(),
        Element::text("tilknyttetDato", Simple::DateTime).optional(),
        Element::text("tilknyttetAv", Simple::NonEmpty).optional(),
        Element::of("partOppdateringer", &part::PART_OPPDATERINGER).optional(),
        Element::of("merknadOppdateringer", &deler::MERKNAD_OPPDATERINGER).optional(),
        Element::of("skjerming", &deler::SKJERMING_OPPDATERINGER).optional(),
        Element::of("gradering", &deler::GRADERING_OPPDATERINGER).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static REGISTRERING_OPPDATERING: Complex = Complex {
    name: "registreringOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("referanseTilRegistrering", &metadatakatalog::REFERANSE_TIL_REGISTRERING),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("arkivertDato", Simple::DateTime).optional(),
        Element::text("arkivertAv", Simple::NonEmpty).optional(),
        Element::of("referanseForelderMappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::of("partOppdateringer", &part::PART_OPPDATERINGER).optional(),
        Element::of("kryssreferanseOppdateringer", &deler::KRYSSREFERANSE_OPPDATERINGER).optional(),
        Element::of("skjermingOppdateringer", &deler::SKJERMING_OPPDATERINGER).optional(),
        Element::of("gradering", &deler::GRADERING_OPPDATERINGER).optional(),
        Element::text("tittel", Simple::NonEmpty).optional(),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::of("beskrivelse", &deler::BESKRIVELSE_OPPDATERINGER).optional(),
        Element::of("noekkelord", &deler::NOEKKELORD_OPPDATERINGER).optional().many(),
        Element::of("forfatterOppdateringer", &deler::FORFATTER_OPPDATERINGER).optional(),
        Element::of(
            "virksomhetsspesifikkeMetadataOppdateringer",
            &deler::VIRKSOMHETSSPESIFIKKE_METADATA_OPPDATERINGER,
        )
        .optional(),
        Element::of("merknadOppdateringer", &deler::MERKNAD_OPPDATERINGER).optional(),
        Element::of("korrespondansepartOppdateringer", &part::KORRESPONDANSEPART_OPPDATERINGER).optional(),
        Element::of("klassifikasjonOppdateringer", &deler::KLASSIFIKASJON_OPPDATERINGER).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static JOURNALPOST_OPPDATERING: Complex = Complex {
    name: "journalpostOppdatering",
    namespace: namespaces::OPPDATER,
    base: Some(&REGISTRERING_OPPDATERING),
    elements: &[
        Element::of("journalposttype", &metadatakatalog::JOURNALPOSTTYPE).optional(),
        Element::of("journalstatus", &metadatakatalog::JOURNALSTATUS).optional(),
        Element::text("journaldato", Simple::Date).optional(),
        Element::text("dokumentetsDato", Simple::Date).optional(),
        Element::text("mottattDato", Simple::DateTime).optional(),
        Element::text("sendtDato", Simple::DateTime).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
        Element::text("offentlighetsvurdertDato", Simple::Date).optional(),
        Element::text("journalenhet", Simple::NonEmpty).optional(),
        Element::of("dokumentflyt", &opprett::registrering::DOKUMENTFLYT).optional().many(),
        Element::of("presedens", &opprett::deler::PRESEDENS).optional().many(),
        Element::text("avskrivningsdato", Simple::Date).optional(),
    ],
};
