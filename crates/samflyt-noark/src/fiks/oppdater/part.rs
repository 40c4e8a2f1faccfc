//! Parties and correspondents, as changed.

use super::super::{metadatakatalog, namespaces, opprett};
use super::deler;
use crate::grammar::{Complex, Element, Simple};

pub static PART_OPPDATERINGER: Complex = Complex {
    name: "partOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &PART_OPPDATERING).optional().many(),
        Element::of("slett", &PART_SLETT).optional().many(),
        Element::of("ny", &opprett::part::PART).optional().many(),
    ],
};

pub static PART_OPPDATERING: Complex = Complex {
    name: "partOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("partID", Simple::NonEmpty),
        Element::text("partNavn", Simple::NonEmpty).optional(),
        Element::of("partRolle", &metadatakatalog::PART_ROLLE).optional(),
        Element::text("organisasjonid", Simple::NonEmpty).choice(1),
        Element::text("personid", Simple::NonEmpty).choice(1),
        Element::text("postadresse", Simple::NonEmpty).optional().many(),
        Element::text("postnummer", Simple::NonEmpty).optional(),
        Element::text("poststed", Simple::NonEmpty).optional(),
        Element::of("landkode", &metadatakatalog::LANDKODE).optional(),
        Element::text("epostadresse", Simple::NonEmpty).optional(),
        Element::text("telefonnummer", Simple::NonEmpty).optional().many(),
        Element::text("kontaktperson", Simple::NonEmpty).optional(),
        Element::of(
            "virksomhetsspesifikkeMetadataOppdateringer",
            &deler::VIRKSOMHETSSPESIFIKKE_METADATA_OPPDATERINGER,
        )
        .optional(),
        Element::text("erSkjermet", Simple::Boolean).optional(),
        Element::text("erPersonnavn", Simple::Boolean).optional(),
    ],
};

pub static PART_SLETT: Complex = Complex {
    name: "partSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("partID", Simple::NonEmpty)],
};

pub static KORRESPONDANSEPART_OPPDATERINGER: Complex = Complex {
    name: "korrespondansepartOppdateringer",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::of("oppdatering", &KORRESPONDANSEPART_OPPDATERING).optional().many(),
        Element::of("slett", &KORRESPONDANSEPART_SLETT).optional().many(),
        Element::of("ny", &opprett::part::KORRESPONDANSEPART).optional().many(),
    ],
};

pub static KORRESPONDANSEPART_OPPDATERING: Complex = Complex {
    name: "korrespondansepartOppdatering",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[
        Element::text("korrespondansepartID", Simple::NonEmpty),
        Element::of("korrespondanseparttype", &metadatakatalog::KORRESPONDANSEPARTTYPE).optional(),
        Element::text("korrespondansepartNavn", Simple::NonEmpty).optional(),
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
        Element::text("erBehandlingsansvarlig", Simple::Boolean).optional(),
    ],
};

pub static KORRESPONDANSEPART_SLETT: Complex = Complex {
    name: "korrespondansepartSlett",
    namespace: namespaces::OPPDATER,
    base: None,
    elements: &[Element::text("korrespondansepartID", Simple::NonEmpty)],
};
