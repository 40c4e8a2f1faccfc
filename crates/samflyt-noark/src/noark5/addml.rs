//! `arkivuttrekk.xml`: what is in an extraction, by the template of the Noark 5 standard (krav 6.4.21), in ADDML.
//!
//! Kept true: of `endringslogg`, `loependeJournal` and `offentligJournal` only those are listed that have content.

mod element;

use super::structure::Counts;
use element::{Element, property, text, texts};

/// What an extraction says of itself.
#[derive(Debug)]
pub struct Description<'d> {
    pub arkivskaper: Vec<&'d str>,
    /// Name and version of the system that the records were kept in.
    pub system: &'d str,
    pub arkiv: &'d str,
    /// First and last date, as `xs:date`.
    pub from: &'d str,
    pub to: &'d str,
    /// How the period before, and this one, were closed.
    pub before: Period,
    pub after: Period,
    pub counts: Counts,
    pub document_files: u64,
    /// `arkivstruktur` and those of the others that have content.
    pub files: Vec<DataFile>,
    /// Name and digest of each schema, such as `arkivstruktur.xsd`.
    pub schemas: &'d [(String, String)],
}

/// How a period is separated from the next (*periodisering*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// What was open went on in the new period.
    Sharp,
    /// What was open stayed until it was closed.
    Soft,
}

/// A file of metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Without its ending: `arkivstruktur`, `endringslogg`, `loependeJournal`, `offentligJournal`.
    pub name: &'static str,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Elements and how many of each there are.
    pub occurrences: Vec<(&'static str, u64)>,
}

/// The whole file.
pub fn arkivuttrekk(description: &Description<'_>) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let root = Element::new("addml")
        .attribute("xmlns", "http://www.arkivverket.no/standarder/addml")
        .attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .attribute("xsi:schemaLocation", "http://www.arkivverket.no/standarder/addml addml.xsd")
        .attribute("name", TITLE);
    let dataset = Element::new("dataset")
        .child(text("description", TITLE))
        .child(reference(description))
        .child(Element::new("dataObjects").child(data_objects(description)));
    root.child(dataset).write(&mut xml, 0);
    xml
}

const TITLE: &str = "Noark 5-arkivuttrekk";

fn additional(name: &str) -> Element {
    Element::new("additionalElement").attribute("name", name)
}

fn reference(description: &Description<'_>) -> Element {
    let creators = description
        .arkivskaper
        .iter()
        .map(|creator| additional("recordCreator").child(text("value", creator)));
    let creators = additional("recordCreators").child(Element::new("additionalElements").children(creators));
    let said = |name: &str, value: &str| additional(name).child(text("value", value));
    let context = Element::new("additionalElements")
        .child(creators)
        .child(said("systemType", "Sakarkiv (Noark-5)"))
        .child(said("systemName", description.system))
        .child(said("archive", description.arkiv));
    let dates = [texts("startDate", description.from), texts("endDate", description.to)];
    let period = additional("archivalPeriod").child(Element::new("properties").children(dates));
    Element::new("reference")
        .child(Element::new("context").child(context))
        .child(Element::new("content").child(Element::new("additionalElements").child(period)))
}

fn data_objects(description: &Description<'_>) -> Element {
    let kind = texts("type", "Noark 5").within([texts("version", "5.0")]);
    let info =
        property("info").within([kind, property("additionalInfo").within(additional_info(description))]);
    let files = description.files.iter().map(|file| data_object(file, description.schemas));
    Element::new("dataObject")
        .attribute("name", TITLE)
        .child(Element::new("properties").child(info))
        .child(Element::new("dataObjects").children(files))
}

fn additional_info(description: &Description<'_>) -> Vec<Element> {
    let separation = |period: Period| if period == Period::Sharp { "skarpt" } else { "mykt" };
    let truth = |name: &str, value: bool| {
        texts(name, if value { "true" } else { "false" }).attribute("dataType", "boolean")
    };
    let counts = description.counts;
    vec![
        property("periode").within([
            texts("inngaaendeSkille", separation(description.before)),
            texts("utgaaendeSkille", separation(description.after)),
        ]),
        truth("inneholderSkjermetInformasjon", counts.skjermet),
        truth("omfatterDokumenterSomErKassert", counts.kassert),
        truth("inneholderDokumenterSomSkalKasseres", counts.skal_kasseres),
        truth("inneholderVirksomhetsspesifikkeMetadata", counts.virksomhetsspesifikke),
        number("antallDokumentfiler", description.document_files),
    ]
}

fn number(name: &str, value: u64) -> Element {
    texts(name, &value.to_string()).attribute("dataType", "integer")
}

fn data_object(file: &DataFile, schemas: &[(String, String)]) -> Element {
    let main = format!("{}.xsd", file.name);
    let kind = || texts("type", "XML Schema").within([texts("version", "1.0")]);
    let schema = |name: &str| {
        let sha256 = schemas.iter().find(|(schema, _)| schema == name).map_or("", |(_, sha256)| sha256);
        described_file(name, sha256)
    };
    let occurrences = file.occurrences.iter().map(|(element, count)| {
        texts("numberOfOccurrences", element)
            .within([texts("elementPath", &format!("//{element}")), number("value", *count)])
    });
    let properties = [
        described_file(&format!("{}.xml", file.name), &file.sha256),
        texts("schema", "main").within([schema(&main), kind()]),
        property("schema").within([schema("metadatakatalog.xsd"), kind()]),
        property("info").within(occurrences),
    ];
    let properties = Element::new("properties").children(properties);
    Element::new("dataObject").attribute("name", file.name).child(properties)
}

fn described_file(name: &str, sha256: &str) -> Element {
    property("file").within([
        texts("name", name),
        texts("format", "XML").within([texts("version", "1.0")]),
        property("checksum").within([texts("algorithm", "SHA-256"), texts("value", sha256)]),
    ])
}
