//! The vocabularies that DCAT-AP-NO and CPSV-AP-NO are written in, and the lists of codes that they take terms from.

pub(super) const PREFIXES: &[(&str, &str)] = &[
    ("cpsv", "http://purl.org/vocab/cpsv#"),
    ("cv", "http://data.europa.eu/m8g/"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("eli", "http://data.europa.eu/eli/ontology#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("schema", "http://schema.org/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Agents of the Norwegian catalogue of organisations, by organisation number.
pub(super) const ORGANISATIONS: &str =
    "https://organization-catalog.fellesdatakatalog.digdir.no/organizations/";
/// The EU's list of data themes.
pub(super) const THEMES: &str = "http://publications.europa.eu/resource/authority/data-theme";
/// The EU's list of access rights.
pub(super) const ACCESS_RIGHTS: &str = "http://publications.europa.eu/resource/authority/access-right";
/// The EU's list of kinds of legal resources: a law.
pub(super) const LAW: &str = "http://publications.europa.eu/resource/authority/resource-type/LAW";

/// `dcat:Dataset` in full. A name without a known prefix is taken as it is.
pub(super) fn expand(name: &str) -> String {
    let split = name.split_once(':');
    let known = split.and_then(|(prefix, local)| {
        let (_, iri) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
        Some(format!("{iri}{local}"))
    });
    known.unwrap_or_else(|| name.to_owned())
}
