//! Settling a journalpost, and taking that back.

use super::{metadatakatalog, namespaces};
use crate::grammar::{Complex, Element, Simple};

pub static NY_AVSKRIVNING: Complex = Complex {
    name: "nyAvskrivning",
    namespace: namespaces::AVSKRIVNING_OPPRETT,
    base: None,
    elements: &[
        Element::of("avskrivning", &AVSKRIVNING),
        Element::of("referanseTilJournalpost", &metadatakatalog::REFERANSE_TIL_JOURNALPOST),
        Element::text("korrespondansepartID", Simple::NonEmpty),
    ],
};

pub static AVSKRIVNING: Complex = Complex {
    name: "avskrivning",
    namespace: namespaces::AVSKRIVNING_OPPRETT,
    base: None,
    elements: &[
        Element::text("avskrivningsdato", Simple::Date),
        Element::of("avskrevetAv", &metadatakatalog::SAKSBEHANDLER),
        Element::of("avskrivningsmaate", &metadatakatalog::AVSKRIVNINGSMAATE),
        Element::of("referanseAvskrivesAvJournalpost", &metadatakatalog::REFERANSE_TIL_JOURNALPOST)
            .optional(),
        Element::of("referanseAvskriverJournalpost", &metadatakatalog::REFERANSE_TIL_JOURNALPOST)
            .optional()
            .many(),
    ],
};

pub static SLETT_AVSKRIVNING: Complex = Complex {
    name: "slettAvskrivning",
    namespace: namespaces::AVSKRIVNING_SLETT,
    base: None,
    elements: &[
        Element::of("referanseTilJournalpost", &metadatakatalog::REFERANSE_TIL_JOURNALPOST),
        Element::text("korrespondansepartID", Simple::NonEmpty),
    ],
};
