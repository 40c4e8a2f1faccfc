//! The receipt of an arkivmelding: what was created or was there already, and what failed.

use super::{feilmelding, metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static ARKIVMELDING_KVITTERING: Complex = Complex {
    name: "arkivmeldingKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: None,
    elements: &[
        Element::derived("mappeKvittering", &[&MAPPE_KVITTERING, &SAKSMAPPE_KVITTERING]).choice(1),
        Element::of("mappeFeilet", &feilmelding::FEILMELDING_BASE).choice(1),
        Element::derived("registreringKvittering", &[&REGISTRERING_KVITTERING, &JOURNALPOST_KVITTERING])
            .choice(2),
        Element::of("registreringFeilet", &feilmelding::FEILMELDING_BASE).choice(2),
    ],
};

pub static MAPPE_KVITTERING: Complex = Complex {
    name: "mappeKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("mappeID", Simple::NonEmpty).optional(),
        Element::of("referanseForeldermappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
        Element::text("opprettetEllerEksisterende", OPPRETTET_ELLER_EKSISTERENDE),
    ],
};

pub static SAKSMAPPE_KVITTERING: Complex = Complex {
    name: "saksmappeKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: Some(&MAPPE_KVITTERING),
    elements: &[
        Element::text("saksaar", Simple::Int).optional(),
        Element::text("sakssekvensnummer", Simple::Int).optional(),
        Element::text("saksdato", Simple::Date).optional(),
    ],
};

pub static REGISTRERING_KVITTERING: Complex = Complex {
    name: "registreringKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("arkivertDato", Simple::DateTime).optional(),
        Element::text("arkivertAv", Simple::NonEmpty).optional(),
        Element::of("dokumentbeskrivelseKvittering", &DOKUMENTBESKRIVELSE_KVITTERING).optional().many(),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
        Element::text("opprettetEllerEksisterende", OPPRETTET_ELLER_EKSISTERENDE),
    ],
};

pub static JOURNALPOST_KVITTERING: Complex = Complex {
    name: "journalpostKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: Some(&REGISTRERING_KVITTERING),
    elements: &[
        Element::text("journalaar", Simple::Int).optional(),
        Element::text("journalsekvensnummer", Simple::Int).optional(),
        Element::text("journalpostnummer", Simple::Int).optional(),
        Element::of("journalposttype", &metadatakatalog::JOURNALPOSTTYPE).optional(),
        Element::of("journalstatus", &metadatakatalog::JOURNALSTATUS).optional(),
        Element::text("journaldato", Simple::Date).optional(),
        Element::text("forfallsdato", Simple::Date).optional(),
    ],
};

pub static DOKUMENTBESKRIVELSE_KVITTERING: Complex = Complex {
    name: "dokumentbeskrivelseKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
        Element::text("dokumentnummer", Simple::Int).optional(),
        Element::of("dokumentobjekt", &DOKUMENTOBJEKT_KVITTERING).optional().many(),
    ],
};

pub static DOKUMENTOBJEKT_KVITTERING: Complex = Complex {
    name: "dokumentobjektKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("versjonsnummer", Simple::Int).optional(),
        Element::of("variantformat", &metadatakatalog::VARIANTFORMAT).optional(),
        Element::text("opprettetDato", Simple::DateTime).optional(),
        Element::text("opprettetAv", Simple::NonEmpty).optional(),
    ],
};

pub const OPPRETTET_ELLER_EKSISTERENDE: Simple = Simple::OneOf(&["Opprettet", "Eksisterende"]);
