//! The public part as DCAT-AP-NO 2: a catalogue for each municipality with its public datasets, and the hub's interfaces
//! as data services. Of what is not public, nothing shows, not even that it is there.

use std::collections::BTreeSet;

use samflyt_events::catalogue::resource::Accessibility;
use samflyt_events::catalogue::{Dataset, State};
use samflyt_events::{Refusal, TenantId};

use super::extent::Extent;
use super::turtle::Graph;
use super::vocabulary::{ACCESS_RIGHTS, ORGANISATIONS, THEMES};

pub(super) fn write(extent: &Extent<'_>) -> Result<Vec<u8>, Refusal> {
    let mut graph = Graph::new(&extent.config.base_iri);
    graph.comment(&format!("DCAT-AP-NO 2; {}", extent.reach()));
    let mut themes = BTreeSet::new();
    for tenant in &extent.tenants {
        catalog(extent, &mut graph, tenant, &mut themes);
    }
    if !themes.is_empty() {
        codes(&mut graph, &themes);
    }
    services(extent, &mut graph);
    graph.write()
}

/// The code of what everybody may see.
const PUBLIC: &str = "PUBLIC";

/// Says of codes which lists they are of: what the shapes ask for, without the lists themselves.
fn codes(graph: &mut Graph, themes: &BTreeSet<String>) {
    let used = themes.iter().map(|theme| (THEMES, theme.as_str())).chain([(ACCESS_RIGHTS, PUBLIC)]);
    for (list, code) in used {
        graph.thing(&format!("{list}/{code}"), "skos:Concept").iri("skos:inScheme", list);
    }
}

fn catalog(extent: &Extent<'_>, graph: &mut Graph, tenant: &TenantId, themes: &mut BTreeSet<String>) {
    let Some(attributes) = extent.attributes(tenant) else { return };
    let mut datasets = Vec::new();
    for (id, state) in extent.catalogue.datasets().states_of(tenant, extent.as_of) {
        let Some(value) = state.value.as_ref().filter(|set| set.accessibility == Accessibility::Public)
        else {
            continue;
        };
        if value.theme.is_empty() {
            graph.comment(&format!("left out, for DCAT-AP-NO needs a theme and nobody has given one: {id}"));
        } else {
            themes.insert(value.theme.clone());
            datasets.push((graph.own("datasets", id), value.clone(), state));
        }
    }
    let (iri, agent) =
        (graph.own("catalogs", tenant.as_str()), agent(attributes.organisation_number.as_str()));
    let services = SERVICES.map(|service| graph.own("services", service.id));
    let mut catalog = graph.thing(&iri, "dcat:Catalog");
    catalog
        .text("dct:identifier", &iri)
        .text("dct:title", &format!("Public datasets of {}", attributes.name))
        .text("dct:description", &format!("What {} has made public of its catalogue.", attributes.name))
        .iri("dct:publisher", &agent);
    if let Some(modified) = datasets.iter().map(|(_, _, state)| state.at).max() {
        catalog.moment("dct:modified", modified);
    }
    for (dataset, _, _) in &datasets {
        catalog.iri("dcat:dataset", dataset);
    }
    for service in &services {
        catalog.iri("dcat:service", service);
    }
    describe_agent(graph, attributes.organisation_number.as_str(), &attributes.name);
    for (iri, value, state) in datasets {
        dataset(extent, graph, (&iri, &value), state, &agent);
    }
}

fn dataset(
    extent: &Extent<'_>,
    graph: &mut Graph,
    (iri, dataset): (&str, &Dataset),
    state: &State<Dataset>,
    tenant: &str,
) {
    let history = extent.catalogue.datasets().history(&dataset.tenant, dataset.id.as_str());
    let issued = history.and_then(|history| history.states().first()).map_or(state.at, |first| first.at);
    let concepts: Vec<String> =
        dataset.concepts.iter().map(|concept| graph.own("concepts", concept)).collect();
    let publisher = dataset.publisher.as_ref().map(|number| agent(number.as_str()));
    let contact = format!("{iri}/contact");
    let mut subject = graph.thing(iri, "dcat:Dataset");
    subject
        .text("dct:identifier", iri)
        .text("dct:title", &dataset.title)
        .text("dct:description", &dataset.description)
        .iri("dct:publisher", publisher.as_deref().unwrap_or(tenant))
        .iri("dcat:theme", &format!("{THEMES}/{}", dataset.theme))
        .iri("dct:accessRights", &format!("{ACCESS_RIGHTS}/{PUBLIC}"))
        .moment("dct:issued", issued)
        .moment("dct:modified", state.at);
    for keyword in &dataset.keywords {
        subject.text("dcat:keyword", keyword);
    }
    for concept in &concepts {
        subject.iri("dct:subject", concept);
    }
    if !dataset.contact.is_empty() {
        subject.iri("dcat:contactPoint", &contact);
        let mut point = graph.thing(&contact, "vcard:Organization");
        point.text("vcard:fn", &dataset.contact);
        if let Some(address) = address_in(&dataset.contact) {
            point.iri("vcard:hasEmail", &format!("mailto:{address}"));
        }
    }
    if let Some(number) = dataset.publisher.as_ref().filter(|number| agent(number.as_str()) != tenant) {
        describe_agent(graph, number.as_str(), &name_of(extent, number.as_str()));
    }
}

/// What an organisation is called, as far as the catalogue knows; otherwise its number.
fn name_of(extent: &Extent<'_>, number: &str) -> String {
    let mut known = extent.catalogue.tenants().map(|tenant| tenant.on(extent.moment().date()));
    let known = known.find(|attributes| attributes.organisation_number.as_str() == number);
    let company = &extent.config.processor;
    match known {
        Some(attributes) => attributes.name.clone(),
        None if company.organisation == number && !company.name.is_empty() => company.name.clone(),
        None => number.to_owned(),
    }
}

pub(super) fn agent(number: &str) -> String {
    format!("{ORGANISATIONS}{number}")
}

fn describe_agent(graph: &mut Graph, number: &str, name: &str) {
    graph.thing(&agent(number), "foaf:Agent").text("foaf:name", name).text("dct:identifier", number);
}

/// The e-mail address in how an office is reached.
pub(super) fn address_in(contact: &str) -> Option<&str> {
    let words = contact.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')'));
    words.map(|word| word.trim_matches('.')).find(|word| {
        word.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
    })
}

struct Interface {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    /// Behind the base.
    endpoint: &'static str,
    document: &'static str,
}

const SERVICES: [Interface; 2] = [
    Interface {
        id: "http",
        title: "Samflyt over HTTP",
        description: "Events in, as CloudEvents 1.0, one by one or in batches.",
        endpoint: "v1/events",
        document: "v1/openapi.json",
    },
    Interface {
        id: "grpc",
        title: "Samflyt over gRPC",
        description: "Events in, lineage and the catalogue; described by server reflection.",
        endpoint: "",
        document: "",
    },
];

fn services(extent: &Extent<'_>, graph: &mut Graph) {
    let (base, company) = (&extent.config.base_iri, &extent.config.processor);
    for service in SERVICES {
        let iri = graph.own("services", service.id);
        let mut subject = graph.thing(&iri, "dcat:DataService");
        subject
            .text("dct:identifier", &iri)
            .text("dct:title", service.title)
            .text("dct:description", service.description)
            .iri("dcat:endpointURL", &format!("{base}{}", service.endpoint));
        if !service.document.is_empty() {
            subject.iri("dcat:endpointDescription", &format!("{base}{}", service.document));
        }
        if !company.organisation.is_empty() {
            subject.iri("dct:publisher", &agent(&company.organisation));
        }
    }
    if !company.organisation.is_empty() {
        describe_agent(graph, &company.organisation, &name_of(extent, &company.organisation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_where_there_is_one() {
        assert_eq!(address_in("Archive, <post@seljord.example>; 35 06 51 00"), Some("post@seljord.example"));
        assert_eq!(address_in("the office @ the town hall"), None);
    }
}
