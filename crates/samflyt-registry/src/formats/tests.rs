//! What all forms have in common: nothing is invented, and nothing that is not public shows where the public looks.

use samflyt_events::catalogue::resource::template;
use samflyt_events::catalogue::{Attributes, Catalogue, CatalogueEvent, Kind, Placed, Resource, Turn, place};
use samflyt_events::{MunicipalityNumber, OrganisationNumber, TenantId};
use samflyt_proto::registry::CatalogueFormat;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::{date, datetime};

use super::{Extent, write};
use crate::RegistryConfig;

const NOW: OffsetDateTime = datetime!(2026-03-02 8:00 UTC);

struct House {
    catalogue: Catalogue,
    config: RegistryConfig,
    sequence: u64,
    at: OffsetDateTime,
    as_of: Option<OffsetDateTime>,
}

impl House {
    fn new() -> Self {
        let mut house = Self {
            catalogue: Catalogue::default(),
            config: RegistryConfig::default(),
            sequence: 0,
            at: NOW,
            as_of: None,
        };
        let tenant = seljord();
        let attributes = Attributes {
            valid_from: date!(2020 - 01 - 01),
            municipality_number: MunicipalityNumber::new("4022").unwrap(),
            organisation_number: OrganisationNumber::new("964963282").unwrap(),
            name: "Seljord kommune".to_owned(),
        };
        let event = CatalogueEvent::TenantRegistered { id: tenant, attributes };
        house.apply(None, Kind::Tenant, &event);
        house
    }

    fn apply(&mut self, tenant: Option<&TenantId>, kind: Kind, event: &CatalogueEvent) {
        self.sequence += 1;
        let (stream, subject) = place(tenant, kind, event.entity());
        let placed =
            Placed { stream: &stream, subject: &subject, sequence: self.sequence, at: self.at, by: None };
        self.catalogue.apply(&placed, event);
    }

    /// The template of a kind, with some members changed.
    fn put(&mut self, kind: Kind, changes: Value) {
        let mut document = template(kind).unwrap();
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        let resource = Resource::from_value(kind, document).unwrap();
        let tenant = resource.tenant().cloned();
        let event = CatalogueEvent::ResourceTurned { turn: Turn::Described, resource: Box::new(resource) };
        self.apply(tenant.as_ref(), kind, &event);
    }

    fn write(&self, format: CatalogueFormat) -> String {
        let extent = Extent {
            catalogue: &self.catalogue,
            config: &self.config,
            tenants: [seljord()].into(),
            as_of: self.as_of,
            now: NOW,
        };
        String::from_utf8(write(format, &extent).unwrap()).unwrap()
    }
}

fn seljord() -> TenantId {
    TenantId::new("seljord").unwrap()
}

#[test]
fn what_is_not_public_does_not_show_not_even_that_it_is_there() {
    let mut house = House::new();
    house.put(Kind::Dataset, json!({"accessibility": "public"}));
    for (id, accessibility) in [("seljord-hidden", "non-public"), ("seljord-some", "restricted")] {
        house.put(Kind::Dataset, json!({"id": id, "title": "A secret", "accessibility": accessibility}));
    }
    house.put(Kind::Dataset, json!({"id": "seljord-themeless", "accessibility": "public", "theme": ""}));
    house.put(Kind::Service, json!({"datasets": ["seljord-kindergarten-children", "seljord-hidden"]}));
    for format in [CatalogueFormat::DcatApNo, CatalogueFormat::CpsvApNo] {
        let text = house.write(format);
        assert!(text.contains("datasets/seljord-kindergarten-children"), "{text}");
        assert!(
            !text.contains("hidden") && !text.contains("seljord-some") && !text.contains("secret"),
            "{text}"
        );
        assert!(text.contains("REGISTRY 1") && text.contains("REGISTRY_seljord 6"), "{text}");
    }
    let text = house.write(CatalogueFormat::DcatApNo);
    assert!(text.contains("# left out") && text.contains("seljord-themeless"), "{text}");
    assert!(!text.contains("datasets/seljord-themeless"), "{text}");
}

#[test]
fn what_nobody_has_filled_in_is_missing_in_every_form_of_the_record() {
    let mut house = House::new();
    house.put(Kind::Dataset, json!({"recipients": [], "transfers": [], "security": ""}));
    let json: Value = serde_json::from_str(&house.write(CatalogueFormat::ProcessingRecordJson)).unwrap();
    let row = &json["rows"][0];
    let missing: Vec<&str> = row["missing"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    for key in ["controller_contact", "data_protection_officer", "recipients", "transfers", "security"] {
        assert!(row[key].is_null() && missing.contains(&key), "{key}: {row}");
    }
    assert_eq!(row["controller"], json!(["Seljord kommune"]));
    assert_eq!(row["retention"], json!(["10 years (kindergarten-case)"]));
    assert_eq!(json["positions"], json!({"REGISTRY": 1, "REGISTRY_seljord": 2}));
    let csv = house.write(CatalogueFormat::ProcessingRecordCsv);
    assert!(csv.contains("Purpose (GDPR 30(1)(b)") && csv.contains("(not filled in)"), "{csv}");
    let markdown = house.write(CatalogueFormat::ProcessingRecordMarkdown);
    assert!(
        markdown.contains("| Purpose | Run the kindergartens | GDPR 30(1)(b), personopplysningsloven § 1")
    );
    assert!(markdown.contains("REGISTRY\\_seljord 2"), "{markdown}");

    house.put(Kind::Controller, json!({}));
    let json: Value = serde_json::from_str(&house.write(CatalogueFormat::ProcessingRecordJson)).unwrap();
    assert!(
        json["rows"][0]["security"][0].as_str().unwrap().starts_with("Access by role"),
        "the controller's"
    );
}

#[test]
fn a_dataset_that_concerns_nobody_is_no_processing_of_personal_data() {
    let mut house = House::new();
    house.put(Kind::Dataset, json!({"person_categories": [], "data_categories": []}));
    let json: Value = serde_json::from_str(&house.write(CatalogueFormat::ProcessingRecordJson)).unwrap();
    assert_eq!(json["rows"], json!([]));
}

#[test]
fn the_companys_record_has_each_municipality_and_what_it_processes_for_it() {
    let mut house = House::new();
    house.config.processor.name = "Drift IKS".to_owned();
    house.config.processor.organisation = "964963282".to_owned();
    let record = |house: &House| -> Value {
        serde_json::from_str(&house.write(CatalogueFormat::ProcessorRecordJson)).unwrap()
    };
    let before = record(&house);
    assert_eq!(before["rows"][0]["controller"], json!(["Seljord kommune"]));
    assert!(before["rows"][0]["processing"].is_null() && before["rows"][0]["processor_contact"].is_null());
    house.put(Kind::Usage, json!({"system": "seljord-oppvekst"}));
    house.put(Kind::Dataset, json!({}));
    let row = record(&house)["rows"][0].clone();
    assert_eq!(row["processor"], json!(["Drift IKS"]));
    assert_eq!(row["processing"], json!(["Run the kindergartens"]));
    assert_eq!(row["sub_processors"], json!(["The vendor (vendor)"]));
    assert_eq!(row["storage"], json!(["Norway"]));
}

#[test]
fn a_record_as_of_an_earlier_day_is_what_it_was_and_names_the_law_of_that_day() {
    let mut house = House::new();
    house.put(Kind::Dataset, json!({"purpose": "As it was"}));
    house.at = NOW + time::Duration::days(400);
    house.put(Kind::Dataset, json!({"purpose": "As it is"}));
    let mut later = house.config.provisions[1].clone();
    (later.gdpr, later.valid_from) = ("30(1)(bb)".to_owned(), (NOW + time::Duration::days(1)).date());
    house.config.provisions.push(later);
    let told = |house: &House| house.write(CatalogueFormat::ProcessingRecordMarkdown);
    house.as_of = Some(NOW);
    let then = told(&house);
    assert!(then.contains("| Purpose | As it was | GDPR 30(1)(b),"), "{then}");
    house.as_of = Some(house.at);
    let now = told(&house);
    assert!(now.contains("| Purpose | As it is | GDPR 30(1)(bb),"), "{now}");
}
