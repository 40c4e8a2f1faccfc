//! Meetings of elected bodies, as changed.

use super::super::{metadatakatalog, namespaces, opprett};
use super::{deler, registrering};
use crate::grammar::{Complex, Element, Simple};

pub static MOETEDELTAKER_OPPDATERINGER: Complex = Complex {
    name: "moetedeltakerOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &MOETEDELTAKER_OPPDATERING).optional().many(),
        Element::of("slett", &MOETEDELTAKER_SLETT).optional().many(),
        Element::of("ny", &metadatakatalog::MOETEDELTAKER).optional().many(),
    ],
};

pub static MOETEDELTAKER_OPPDATERING: Complex = Complex {
    name: "moetedeltakerOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("personid", Simple::NonEmpty),
        Element::text("navn", Simple::NonEmpty).optional(),
        Element::of("funksjon", &metadatakatalog::MOETEDELTAKER_FUNKSJON).optional(),
        Element::of("representerer", &metadatakatalog::REPRESENTERER).optional(),
    ],
};

pub static MOETEDELTAKER_SLETT: Complex = Complex {
    name: "moetedeltakerSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("personid", Simple::NonEmpty)],
};

pub static MOETESAK_OPPDATERING: Complex = Complex {
    name: "moetesakOppdatering",
    namespace: namespaces::OPPDATER,
    base: Some(&registrering::REGISTRERING_OPPDATERING),
    elements: &[
        Element::of("moetesakstype", &metadatakatalog::MOETESAKSTYPE).optional(),
        Element::text("moetesaksaar", Simple::Int).optional(),
        Element::text("moetesakssekvensnummer", Simple::Int).optional(),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET).optional(),
        Element::of("utredning", &UTREDNING_OPPDATERING).optional(),
        Element::of("innstillingOppdatering", &deler::INNSTILLING_OPPDATERING).optional(),
        Element::of("vedtakOppdatering", &VEDTAK_OPPDATERING).optional(),
    ],
};

pub static UTREDNING_OPPDATERING: Complex = Complex {
    name: "utredningOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("oppdateringstype", metadatakatalog::SLETT_ELLER_OPPDATER),
        Element::of("saksbeskrivelse", &metadatakatalog::MOETESAKS_BESKRIVELSE).optional(),
        Element::of("innstilling", &metadatakatalog::MOETESAKS_BESKRIVELSE).optional(),
        Element::of("utredningsdokumenter", &opprett::dokument::DOKUMENTBESKRIVELSE).optional().many(),
    ],
};

pub static VEDTAK_OPPDATERING: Complex = Complex {
    name: "vedtakOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("oppdateringstype", metadatakatalog::SLETT_ELLER_OPPDATER).choice(1),
        Element::of("vedtakstekst", &metadatakatalog::MOETESAKS_BESKRIVELSE).choice(1),
        Element::of("votering", &opprett::moete::VOTERING).many().choice(1),
        Element::of("behandlingsprotokoll", &metadatakatalog::BEHANDLINGSPROTOKOLL).choice(1),
        Element::of("vedtaksdokumenter", &opprett::dokument::DOKUMENTBESKRIVELSE).many().choice(1),
        Element::text("dato", Simple::DateTime).choice(1),
    ],
};
