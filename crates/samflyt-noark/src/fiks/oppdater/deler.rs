//! Parts that several kinds of unit have, as changed.

use super::super::{metadatakatalog, namespaces, opprett};
use crate::grammar::{Complex, Element, Simple};

pub static KRYSSREFERANSE_OPPDATERINGER: Complex = Complex {
    name: "kryssreferanseOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &KRYSSREFERANSE_OPPDATERING).optional().many(),
        Element::of("slett", &KRYSSREFERANSE_SLETT).optional().many(),
        Element::of("ny", &opprett::deler::KRYSSREFERANSE).optional().many(),
    ],
};

pub static KRYSSREFERANSE_OPPDATERING: Complex = Complex {
    name: "kryssreferanseOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("kryssreferanseID", Simple::NonEmpty),
        Element::of("referanseTilMappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::of("referanseTilRegistrering", &metadatakatalog::REFERANSE_TIL_REGISTRERING).optional(),
        Element::of("referanseTilDokumentbeskrivelse", &metadatakatalog::REFERANSE_TIL_DOKUMENTBESKRIVELSE)
            .optional(),
    ],
};

pub static KRYSSREFERANSE_SLETT: Complex = Complex {
    name: "kryssreferanseSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("kryssreferanseID", Simple::NonEmpty)],
};

pub static MERKNAD_OPPDATERINGER: Complex = Complex {
    name: "merknadOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &MERKNAD_OPPDATERING).optional().many(),
        Element::of("slett", &MERKNAD_SLETT).optional().many(),
        Element::of("ny", &opprett::deler::MERKNAD).optional().many(),
    ],
};

pub static MERKNAD_OPPDATERING: Complex = Complex {
    name: "merknadOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("merknadID", Simple::NonEmpty),
        Element::text("merknadstekst", Simple::NonEmpty).optional(),
        Element::of("merknadstype", &metadatakatalog::MERKNADSTYPE).optional(),
        Element::text("merknadsdato", Simple::DateTime).optional(),
        Element::text("merknadRegistrertAv", Simple::NonEmpty).optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
    ],
};

pub static MERKNAD_SLETT: Complex = Complex {
    name: "merknadSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("merknadID", Simple::NonEmpty)],
};

pub static SKJERMING_OPPDATERINGER: Complex = Complex {
    name: "skjermingOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("slett", Simple::Boolean).optional(),
        Element::of("oppdatering", &SKJERMING_OPPDATERING).optional(),
    ],
};

pub static SKJERMING_OPPDATERING: Complex = Complex {
    name: "skjermingOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("tilgangsrestriksjon", &metadatakatalog::TILGANGSRESTRIKSJON).optional(),
        Element::text("skjermingshjemmel", Simple::NonEmpty).optional(),
        Element::text("skjermingOpphoererDato", Simple::Date).optional(),
        Element::of("skjermingOpphoererAksjon", &metadatakatalog::SKJERMING_OPPHOERER_AKSJON).optional(),
    ],
};

pub static GRADERING_OPPDATERINGER: Complex = Complex {
    name: "graderingOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("slett", Simple::Boolean).optional(),
        Element::of("oppdatering", &GRADERING_OPPDATERING).optional(),
    ],
};

pub static GRADERING_OPPDATERING: Complex = Complex {
    name: "graderingOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("grad", &metadatakatalog::GRAD).optional(),
        Element::text("graderingsdato", Simple::DateTime).optional(),
        Element::text("gradertAv", Simple::NonEmpty).optional(),
        Element::text("nedgraderingsdato", Simple::DateTime).optional(),
        Element::text("nedgradertAv", Simple::NonEmpty).optional(),
    ],
};

pub static NOEKKELORD_OPPDATERINGER: Complex = Complex {
    name: "noekkelordOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("slett", Simple::NonEmpty).optional().many(),
        Element::text("ny", Simple::NonEmpty).optional().many(),
    ],
};

pub static BESKRIVELSE_OPPDATERINGER: Complex = Complex {
    name: "beskrivelseOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("slett", Simple::Boolean).optional(),
        Element::text("oppdatering", Simple::NonEmpty).optional(),
    ],
};

pub static FORFATTER_OPPDATERINGER: Complex = Complex {
    name: "forfatterOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("slett", Simple::NonEmpty).optional().many(),
        Element::text("ny", Simple::NonEmpty).optional().many(),
    ],
};

pub static KLASSIFIKASJON_OPPDATERINGER: Complex = Complex {
    name: "klassifikasjonOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &KLASSIFIKASJON_OPPDATERING).optional().many(),
        Element::of("slett", &KLASSIFIKASJON_SLETT).optional().many(),
        Element::of("ny", &opprett::mappe::KLASSIFIKASJON).optional().many(),
    ],
};

pub static KLASSIFIKASJON_OPPDATERING: Complex = Complex {
    name: "klassifikasjonOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("referanseTilKlassifikasjon", &metadatakatalog::REFERANSE_TIL_KLASSIFIKASJON),
        Element::text("tittel", Simple::NonEmpty).optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
    ],
};

pub static KLASSIFIKASJON_SLETT: Complex = Complex {
    name: "klassifikasjonSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::of("referanseTilKlassifikasjon", &metadatakatalog::REFERANSE_TIL_KLASSIFIKASJON)],
};

pub static INNSTILLING_OPPDATERING: Complex = Complex {
    name: "innstillingOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("oppdateringstype", metadatakatalog::SLETT_ELLER_OPPDATER).one_of(1),
        Element::of("innstilling", &metadatakatalog::MOETESAKS_BESKRIVELSE).one_of(1),
    ],
};

pub static VIRKSOMHETSSPESIFIKKE_METADATA_OPPDATERINGER: Complex = Complex {
    name: "virksomhetsspesifikkeMetadataOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("slett", Simple::Boolean).optional(), Element::any("ny").optional()],
};
