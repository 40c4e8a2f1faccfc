//! Mapper, as changed.

use super::super::{metadatakatalog, namespaces, opprett};
use super::{deler, moete, part, registrering, sted};
use crate::grammar::{Complex, Element, Simple};

pub static ARKIVMELDING_OPPDATERING: Complex = Complex {
    name: "arkivmeldingOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::derived(
            "mappeOppdateringer",
            &[&MAPPE_OPPDATERING, &SAKSMAPPE_OPPDATERING, &MOETEMAPPE_OPPDATERING],
        )
        .choice(1),
        Element::derived(
            "registreringOppdateringer",
            &[
                &registrering::REGISTRERING_OPPDATERING,
                &registrering::JOURNALPOST_OPPDATERING,
                &moete::MOETESAK_OPPDATERING,
            ],
        )
        .choice(1),
        Element::of("dokumentbeskrivelseOppdateringer", &registrering::DOKUMENTBESKRIVELSE_OPPDATERING)
            .choice(1),
    ],
};

pub static MAPPE_OPPDATERING: Complex = Complex {
    name: "mappeOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("referanseTilMappe", &metadatakatalog::REFERANSE_TIL_MAPPE),
        Element::text("tittel", Simple::NonEmpty).optional(),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::of("beskrivelse", &deler::BESKRIVELSE_OPPDATERINGER).optional(),
        Element::of("noekkelord", &deler::NOEKKELORD_OPPDATERINGER).optional(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("arkivdel", &metadatakatalog::KODE).optional(),
        Element::of(
            "virksomhetsspesifikkeMetadataOppdateringer",
            &deler::VIRKSOMHETSSPESIFIKKE_METADATA_OPPDATERINGER,
        )
        .optional(),
        Element::of("partOppdateringer", &part::PART_OPPDATERINGER).optional(),
        Element::of("kryssreferanseOppdateringer", &deler::KRYSSREFERANSE_OPPDATERINGER).optional(),
        Element::of("merknadOppdateringer", &deler::MERKNAD_OPPDATERINGER).optional(),
        Element::of("skjermingOppdateringer", &deler::SKJERMING_OPPDATERINGER).optional(),
        Element::of("graderingOppdateringer", &deler::GRADERING_OPPDATERINGER).optional(),
        Element::of("klassifikasjonOppdateringer", &deler::KLASSIFIKASJON_OPPDATERINGER).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
        Element::of("mappetype", &metadatakatalog::KODE).optional(),
    ],
};

pub static SAKSMAPPE_OPPDATERING: Complex = Complex {
    name: "saksmappeOppdatering",
    namespace: namespaces::OPPDATER,
    base: Some(&MAPPE_OPPDATERING),
    elements: &[
        Element::text("saksdato", Simple::Date).optional(),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET).optional(),
        Element::of("saksansvarlig", &metadatakatalog::SAKSANSVARLIG).optional(),
        Element::of("saksstatus", &metadatakatalog::SAKSSTATUS).optional(),
        Element::of("presedens", &opprett::deler::PRESEDENS).optional().many(),
        Element::of("matrikkelnummerOppdateringer", &sted::MATRIKKELNUMMER_OPPDATERINGER).optional(),
        Element::of("byggidentOppdateringer", &sted::BYGGIDENT_OPPDATERINGER).optional(),
        Element::of("planidentOppdateringer", &sted::PLANIDENT_OPPDATERINGER).optional(),
        Element::of("punktOppdateringer", &sted::PUNKT_OPPDATERINGER).optional(),
        Element::of("adresseOppdateringer", &sted::ADRESSE_OPPDATERINGER).optional(),
    ],
};

pub static MOETEMAPPE_OPPDATERING: Complex = Complex {
    name: "moetemappeOppdatering",
    namespace: namespaces::OPPDATER,
    base: Some(&MAPPE_OPPDATERING),
    elements: &[
        Element::text("moetenummer", Simple::NonEmpty).optional(),
        Element::of("utvalg", &metadatakatalog::UTVALG).optional(),
        Element::text("moetedato", Simple::Date).optional(),
        Element::text("moetested", Simple::NonEmpty).optional(),
        Element::text("referanseForrigeMoete", Simple::Uuid).optional(),
        Element::text("referanseNesteMoete", Simple::Uuid).optional(),
        Element::of("moetedeltakerOppdateringer", &moete::MOETEDELTAKER_OPPDATERINGER).optional().many(),
    ],
};
