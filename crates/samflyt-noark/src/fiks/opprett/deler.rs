//! Parts that several kinds of unit have, as given.

use super::super::{metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static HENDELSESLOGG: Complex = Complex {
    name: "hendelseslogg",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("referanseArkivenhet", Simple::Uuid),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("hendelsestype", Simple::NonEmpty),
        Element::text("hendelsesdato", Simple::DateTime),
        Element::text("utfortAv", Simple::NonEmpty).optional(),
    ],
};

pub static MERKNAD: Complex = Complex {
    name: "merknad",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("merknadID", Simple::NonEmpty).optional(),
        Element::text("merknadstekst", Simple::NonEmpty),
        Element::of("merknadstype", &metadatakatalog::MERKNADSTYPE).optional(),
        Element::text("merknadsdato", Simple::DateTime).optional(),
        Element::text("merknadRegistrertAv", Simple::NonEmpty).optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
    ],
};

pub static SKJERMING: Complex = Complex {
    name: "skjerming",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::of("tilgangsrestriksjon", &metadatakatalog::TILGANGSRESTRIKSJON),
        Element::text("skjermingshjemmel", Simple::NonEmpty),
        Element::text("skjermingOpphoererDato", Simple::Date).optional(),
        Element::of("skjermingOpphoererAksjon", &metadatakatalog::SKJERMING_OPPHOERER_AKSJON).optional(),
    ],
};

pub static GRADERING: Complex = Complex {
    name: "gradering",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::of("grad", &metadatakatalog::GRAD),
        Element::text("graderingsdato", Simple::DateTime),
        Element::text("gradertAv", Simple::NonEmpty),
        Element::text("nedgraderingsdato", Simple::DateTime).optional(),
        Element::text("nedgradertAv", Simple::NonEmpty).optional(),
    ],
};

pub static PRESEDENS: Complex = Complex {
    name: "presedens",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("presedensDato", Simple::Date),
        Element::text("opprettetDato", Simple::DateTime),
        Element::text("opprettetAv", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("beskrivelse", Simple::NonEmpty).optional(),
        Element::text("presedensHjemmel", Simple::NonEmpty).optional(),
        Element::text("rettskildefaktor", Simple::NonEmpty),
        Element::text("presedensGodkjentDato", Simple::DateTime).optional(),
        Element::text("presedensGodkjentAv", Simple::NonEmpty).optional(),
        Element::text("avsluttetDato", Simple::DateTime).optional(),
        Element::text("avsluttetAv", Simple::NonEmpty).optional(),
        Element::of("presedensStatus", &metadatakatalog::PRESEDENS_STATUS).optional(),
    ],
};

pub static KRYSSREFERANSE: Complex = Complex {
    name: "kryssreferanse",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("kryssreferanseID", Simple::NonEmpty).optional(),
        Element::of("referanseTilMappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::of("referanseTilRegistrering", &metadatakatalog::REFERANSE_TIL_REGISTRERING).optional(),
        Element::of("referanseTilDokumentbeskrivelse", &metadatakatalog::REFERANSE_TIL_DOKUMENTBESKRIVELSE)
            .optional(),
    ],
};

pub static KASSASJON: Complex = Complex {
    name: "kassasjon",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::of("kassasjonsvedtak", &metadatakatalog::KASSASJONSVEDTAK),
        Element::text("kassasjonshjemmel", Simple::NonEmpty).optional(),
        Element::text("bevaringstid", Simple::Int),
        Element::text("kassasjonsdato", Simple::Date),
    ],
};
