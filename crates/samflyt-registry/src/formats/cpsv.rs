//! Services to inhabitants as CPSV-AP-NO.
//!
//! What comes of a service is told as `schema:serviceOutput`: the Norwegian shapes take `cpsv:produces` for data alone.

use samflyt_events::catalogue::Service;
use samflyt_events::catalogue::resource::Accessibility;
use samflyt_events::{Refusal, TenantId};

use super::dcat::{address_in, agent};
use super::extent::Extent;
use super::turtle::Graph;
use super::vocabulary::LAW;

pub(super) fn write(extent: &Extent<'_>) -> Result<Vec<u8>, Refusal> {
    let mut graph = Graph::new(&extent.config.base_iri);
    graph.comment(&format!("CPSV-AP-NO; {}", extent.reach()));
    for tenant in &extent.tenants {
        let services: Vec<_> = extent.catalogue.services().of(tenant, extent.as_of).cloned().collect();
        if !services.is_empty() {
            authority(extent, &mut graph, tenant);
        }
        for one in services {
            service(extent, &mut graph, tenant, &one);
        }
    }
    graph.write()
}

fn authority(extent: &Extent<'_>, graph: &mut Graph, tenant: &TenantId) {
    let Some(attributes) = extent.attributes(tenant) else { return };
    let number = attributes.municipality_number.as_str();
    let area = graph.own("municipalities", number);
    graph
        .thing(&agent(attributes.organisation_number.as_str()), "cv:PublicOrganisation")
        .text("dct:identifier", attributes.organisation_number.as_str())
        .text("dct:title", &attributes.name)
        .text("skos:prefLabel", &attributes.name)
        .iri("dct:spatial", &area);
    graph
        .thing(&area, "dct:Location")
        .text("dct:identifier", number)
        .text("skos:prefLabel", &attributes.name);
}

fn service(extent: &Extent<'_>, graph: &mut Graph, tenant: &TenantId, service: &Service) {
    let Some(attributes) = extent.attributes(tenant) else { return };
    let iri = graph.own("public-services", service.id.as_str());
    let [contact, output, rule] = ["contact", "output", "rule"].map(|part| format!("{iri}/{part}"));
    let datasets: Vec<String> = public_datasets(extent, tenant, service, graph);
    let law = service.legal_basis.as_ref().map(ToString::to_string).filter(|text| !text.is_empty());
    let mut subject = graph.thing(&iri, "cpsv:PublicService");
    subject
        .text("dct:identifier", &iri)
        .text("dct:title", &service.name)
        .text("dct:description", &service.description)
        .iri("cv:hasCompetentAuthority", &agent(attributes.organisation_number.as_str()));
    for keyword in &service.keywords {
        subject.text("dcat:keyword", keyword);
    }
    for dataset in &datasets {
        subject.iri("dct:relation", dataset);
    }
    if !service.page.is_empty() {
        subject.iri("foaf:homepage", &service.page);
    }
    if !service.contact.is_empty() {
        subject.iri("cv:hasContactPoint", &contact);
    }
    if !service.produces.is_empty() {
        subject.iri("schema:serviceOutput", &output);
    }
    if law.is_some() {
        subject.iri("cpsv:follows", &rule);
    }
    if !service.contact.is_empty() {
        let mut point = graph.thing(&contact, "schema:ContactPoint");
        point.text("schema:name", &service.contact);
        point.text("schema:email", address_in(&service.contact).unwrap_or_default());
    }
    if !service.produces.is_empty() {
        graph
            .thing(&output, "cv:Output")
            .text("dct:identifier", &output)
            .text("dct:title", &service.produces);
    }
    if let Some(law) = law {
        follows(graph, (&iri, &rule), &law);
    }
}

fn follows(graph: &mut Graph, (service, rule): (&str, &str), law: &str) {
    let resource = format!("{service}/law");
    graph
        .thing(rule, "cpsv:Rule")
        .text("dct:identifier", rule)
        .text("dct:title", law)
        .text("dct:description", law)
        .iri("cpsv:implements", &resource);
    graph.thing(&resource, "eli:LegalResource").iri("dct:type", LAW).text("dct:description", law);
}

/// The datasets that the service needs, those that are public.
fn public_datasets(extent: &Extent<'_>, tenant: &TenantId, service: &Service, graph: &Graph) -> Vec<String> {
    let all = service.datasets.iter();
    let found = all.filter_map(|id| extent.catalogue.datasets().get(tenant, id.as_str(), extent.as_of));
    let public = found.filter(|dataset| dataset.accessibility == Accessibility::Public);
    public.map(|dataset| graph.own("datasets", dataset.id.as_str())).collect()
}
