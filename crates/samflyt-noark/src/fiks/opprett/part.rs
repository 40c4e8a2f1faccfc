//! Parties and correspondents, as given.

use super::super::{arkivstruktur, metadatakatalog, namespaces};
use super::registrering;
use crate::grammar::{Complex, Element, Simple};

pub static PART: Complex = Complex {
    name: "part",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("partID", Simple::NonEmpty).optional(),
        Element::text("partNavn", Simple::NonEmpty),
        Element::of("partRolle", &metadatakatalog::PART_ROLLE).optional(),
        Element::of("organisasjonID", &ORGANISASJONS_ID).choice(1),
        Element::of("personID", &PERSON_ID).choice(1),
        Element::text("postadresse", Simple::NonEmpty).optional().many(),
        Element::text("postnummer", Simple::NonEmpty).optional(),
        Element::text("poststed", Simple::NonEmpty).optional(),
        Element::of("landkode", &metadatakatalog::LANDKODE).optional(),
        Element::text("epostadresse", Simple::NonEmpty).optional(),
        Element::text("telefonnummer", Simple::NonEmpty).optional().many(),
        Element::text("kontaktperson", Simple::NonEmpty).optional(),
        Element::any("virksomhetsspesifikkeMetadata").optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
        Element::text("erPersonnavn", Simple::Boolean).optional(),
    ],
};

pub static KORRESPONDANSEPART: Complex = Complex {
    name: "korrespondansepart",
    namespace: namespaces::OPPRETT,
    base: None,
    elements: &[
        Element::text("korrespondansepartID", Simple::NonEmpty).optional(),
        Element::of("korrespondanseparttype", &metadatakatalog::KORRESPONDANSEPARTTYPE),
        Element::text("erBehandlingsansvarlig", Simple::Boolean).optional(),
        Element::text("korrespondansepartNavn", Simple::NonEmpty),
        Element::text("organisasjonid", Simple::NonEmpty).choice(1),
        Element::text("personid", Simple::NonEmpty).choice(1),
        Element::text("postadresse", Simple::NonEmpty).optional().many(),
        Element::text("postnummer", Simple::NonEmpty).optional(),
        Element::text("poststed", Simple::NonEmpty).optional(),
        Element::of("landkode", &metadatakatalog::LANDKODE).optional(),
        Element::text("epostadresse", Simple::NonEmpty).optional(),
        Element::text("telefonnummer", Simple::NonEmpty).optional().many(),
        Element::text("kontaktperson", Simple::NonEmpty).optional(),
        Element::of("administrativEnhet", &metadatakatalog::ADMINISTRATIV_ENHET).optional(),
        Element::of("saksbehandler", &metadatakatalog::SAKSBEHANDLER).optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
        Element::text("erPersonnavn", Simple::Boolean).optional(),
        Element::of("forsendelsesmaate", &metadatakatalog::FORSENDELSESMAATE).optional(),
        Element::text("deresReferanse", Simple::String).optional(),
        Element::of("avskrivning", &registrering::AVSKRIVNING).optional().many(),
    ],
};

pub static ORGANISASJONS_ID: Complex =
    arkivstruktur::part::ORGANISASJONS_ID.in_namespace(namespaces::OPPRETT);

pub static PERSON_ID: Complex = arkivstruktur::part::PERSON_ID.in_namespace(namespaces::OPPRETT);
