//! `arkivstruktur.xsd`: what units of several kinds have.

use super::NAMESPACE;
use crate::grammar::{Complex, Element, Simple};

pub static PART: Complex = Complex {
    name: "part",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("partID", Simple::NonEmpty).optional(),
        Element::text("partNavn", Simple::NonEmpty),
        Element::text("partRolle", Simple::NonEmpty),
        Element::text("postadresse", Simple::NonEmpty).optional().many(),
        Element::text("postnummer", Simple::NonEmpty).optional(),
        Element::text("poststed", Simple::NonEmpty).optional(),
        Element::text("land", Simple::NonEmpty).optional(),
        Element::text("epostadresse", Simple::NonEmpty).optional(),
        Element::text("telefonnummer", Simple::NonEmpty).optional().many(),
        Element::text("kontaktperson", Simple::NonEmpty).optional(),
        Element::any("virksomhetsspesifikkeMetadata").optional(),
    ],
};

pub static KRYSSREFERANSE: Complex = Complex {
    name: "kryssreferanse",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("referanseTilKlasse", Simple::Uuid).optional(),
        Element::text("referanseTilMappe", Simple::Uuid).optional(),
        Element::text("referanseTilRegistrering", Simple::Uuid).optional(),
    ],
};

pub static MERKNAD: Complex = Complex {
    name: "merknad",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("merknadstekst", Simple::NonEmpty),
        Element::text("merknadstype", Simple::NonEmpty).optional(),
        Element::text("merknadsdato", Simple::DateTime),
        Element::text("merknadRegistrertAv", Simple::NonEmpty),
    ],
};

pub static KASSASJON: Complex = Complex {
    name: "kassasjon",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("kassasjonsvedtak", Simple::NonEmpty),
        Element::text("kassasjonshjemmel", Simple::NonEmpty).optional(),
        Element::text("bevaringstid", Simple::Int),
        Element::text("kassasjonsdato", Simple::Date),
    ],
};

pub static UTFOERT_KASSASJON: Complex = Complex {
    name: "utfoertKassasjon",
    namespace: NAMESPACE,
    base: None,
    elements: &[Element::text("kassertDato", Simple::DateTime), Element::text("kassertAv", Simple::NonEmpty)],
};

pub static SLETTING: Complex = Complex {
    name: "sletting",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("slettingstype", Simple::NonEmpty),
        Element::text("slettetDato", Simple::DateTime),
        Element::text("slettetAv", Simple::NonEmpty),
    ],
};

pub static SKJERMING: Complex = Complex {
    name: "skjerming",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("tilgangsrestriksjon", Simple::NonEmpty),
        Element::text("skjermingshjemmel", Simple::NonEmpty),
        Element::text("skjermingMetadata", Simple::NonEmpty).many(),
        Element::text("skjermingDokument", Simple::NonEmpty).optional(),
        Element::text("skjermingsvarighet", Simple::Int).optional(),
        Element::text("skjermingOpphoererDato", Simple::Date).optional(),
    ],
};

pub static GRADERING: Complex = Complex {
    name: "gradering",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("grad", Simple::NonEmpty),
        Element::text("graderingsdato", Simple::DateTime),
        Element::text("gradertAv", Simple::NonEmpty),
        Element::text("nedgraderingsdato", Simple::DateTime).optional(),
        Element::text("nedgradertAv", Simple::NonEmpty).optional(),
    ],
};

pub static PRESEDENS: Complex = Complex {
    name: "presedens",
    namespace: NAMESPACE,
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
        Element::text("presedensStatus", Simple::NonEmpty).optional(),
    ],
};
