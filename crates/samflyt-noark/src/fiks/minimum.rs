//! What the archive holds, in answers with the most important (`arkivstrukturMinimum.xsd`).

use super::{metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static KLASSIFIKASJONSSYSTEM_MINIMUM: Complex = Complex {
    name: "klassifikasjonssystemMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("klassifikasjonssystemID", Simple::NonEmpty),
        Element::of("klassifikasjonstype", &metadatakatalog::KLASSIFIKASJONSTYPE).optional(),
        Element::text("tittel", Simple::NonEmpty),
    ],
};

pub static KLASSIFIKASJON: Complex = Complex {
    name: "klassifikasjon",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("klassifikasjonID", Simple::NonEmpty).optional(),
        Element::of("klassifikasjonssystem", &KLASSIFIKASJONSSYSTEM_MINIMUM),
        Element::text("klasseID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty).optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
    ],
};

pub static KLASSE_MINIMUM: Complex = Complex {
    name: "klasseMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("klasseID", Simple::NonEmpty),
        Element::text("tittel", Simple::NonEmpty),
        Element::of("skjerming", &SKJERMING_MINIMUM).optional(),
        Element::of("gradering", &GRADERING_MINIMUM).optional(),
        Element::of("klassifikasjonssystem", &KLASSIFIKASJONSSYSTEM_MINIMUM),
    ],
};

pub static MAPPE_MINIMUM: Complex = Complex {
    name: "mappeMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("mappeID", Simple::NonEmpty),
        Element::of("referanseForeldermappe", &metadatakatalog::REFERANSE_TIL_MAPPE).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::of("skjerming", &SKJERMING_MINIMUM).optional(),
        Element::of("gradering", &GRADERING_MINIMUM).optional(),
        Element::of("klassifikasjon", &KLASSIFIKASJON).optional().many(),
        Element::of("referanseEksternNoekkel", &metadatakatalog::EKSTERN_NOEKKEL).optional(),
    ],
};

pub static SAKSMAPPE_MINIMUM: Complex = Complex {
    name: "saksmappeMinimum",
    namespace: namespaces::MINIMUM,
    base: Some(&MAPPE_MINIMUM),
    elements: &[
        Element::text("saksaar", Simple::Int),
        Element::text("sakssekvensnummer", Simple::Int),
        Element::text("saksdato", Simple::Date),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET),
        Element::of("saksansvarlig", &metadatakatalog::SAKSANSVARLIG),
        Element::of("saksstatus", &metadatakatalog::SAKSSTATUS),
    ],
};

pub static REGISTRERING_MINIMUM: Complex = Complex {
    name: "registreringMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::of("skjerming", &SKJERMING_MINIMUM).optional(),
        Element::of("gradering", &GRADERING_MINIMUM).optional(),
        Element::of("dokumentbeskrivelse", &DOKUMENTBESKRIVELSE_MINIMUM).optional().many(),
        Element::text("registreringsID", Simple::NonEmpty).optional(),
        Element::text("tittel", Simple::NonEmpty),
        Element::text("offentligTittel", Simple::NonEmpty).optional(),
        Element::of("korrespondansepart", &KORRESPONDANSEPART_MINIMUM).optional().many(),
    ],
};

pub static JOURNALPOST_MINIMUM: Complex = Complex {
    name: "journalpostMinimum",
    namespace: namespaces::MINIMUM,
    base: Some(&REGISTRERING_MINIMUM),
    elements: &[
        Element::text("journalaar", Simple::Int),
        Element::text("journalsekvensnummer", Simple::Int),
        Element::text("journalpostnummer", Simple::Int),
        Element::of("journalposttype", &metadatakatalog::JOURNALPOSTTYPE),
        Element::of("journalstatus", &metadatakatalog::JOURNALSTATUS),
        Element::text("journaldato", Simple::Date),
        Element::text("dokumentetsDato", Simple::Date).optional(),
    ],
};

pub static JOURNALPOST_MED_SAKSMAPPE_MINIMUM: Complex = Complex {
    name: "journalpostMedSaksmappeMinimum",
    namespace: namespaces::MINIMUM,
    base: Some(&JOURNALPOST_MINIMUM),
    elements: &[
        Element::text("saksaar", Simple::Int),
        Element::text("sakssekvensnummer", Simple::Int),
        Element::text("saksdato", Simple::Date),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET),
        Element::of("saksansvarlig", &metadatakatalog::SAKSANSVARLIG),
        Element::of("saksstatus", &metadatakatalog::SAKSSTATUS),
    ],
};

pub static KORRESPONDANSEPART_MINIMUM: Complex = Complex {
    name: "korrespondansepartMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::of("korrespondanseparttype", &metadatakatalog::KORRESPONDANSEPARTTYPE),
        Element::text("korrespondansepartNavn", Simple::NonEmpty),
    ],
};

pub static DOKUMENTBESKRIVELSE_MINIMUM: Complex = Complex {
    name: "dokumentbeskrivelseMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::of("dokumenttype", &metadatakatalog::DOKUMENTTYPE),
        Element::of("dokumentstatus", &metadatakatalog::DOKUMENTSTATUS),
        Element::text("tittel", Simple::NonEmpty),
        Element::of("skjerming", &SKJERMING_MINIMUM).optional(),
        Element::of("gradering", &GRADERING_MINIMUM).optional(),
        Element::of("dokumentobjekt", &DOKUMENTOBJEKT_MINIMUM).optional().many(),
    ],
};

pub static DOKUMENTOBJEKT_MINIMUM: Complex = Complex {
    name: "dokumentobjektMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::text("systemID", Simple::Uuid),
        Element::text("versjonsnummer", Simple::Int),
        Element::of("variantformat", &metadatakatalog::VARIANTFORMAT),
        Element::of("format", &metadatakatalog::FORMAT),
        Element::text("formatDetaljer", Simple::NonEmpty).optional(),
        Element::text("referanseDokumentfil", Simple::NonEmpty),
        Element::text("filstoerrelse", Simple::Count),
    ],
};

pub static SKJERMING_MINIMUM: Complex = Complex {
    name: "skjermingMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::of("tilgangsrestriksjon", &metadatakatalog::TILGANGSRESTRIKSJON),
        Element::text("skjermingshjemmel", Simple::NonEmpty),
        Element::text("skjermingOpphoererDato", Simple::Date).optional(),
        Element::of("skjermingOpphoererAksjon", &metadatakatalog::SKJERMING_OPPHOERER_AKSJON).optional(),
    ],
};

pub static GRADERING_MINIMUM: Complex = Complex {
    name: "graderingMinimum",
    namespace: namespaces::MINIMUM,
    base: None,
    elements: &[
        Element::of("grad", &metadatakatalog::GRAD),
        Element::text("graderingsdato", Simple::DateTime),
        Element::text("gradertAv", Simple::NonEmpty),
        Element::text("nedgraderingsdato", Simple::DateTime).optional(),
        Element::text("nedgradertAv", Simple::NonEmpty).optional(),
    ],
};
