//! What municipalities know of their house: its life through the API, as it was at each earlier time, and whose it is.

mod bad_input;
mod isolation;
mod life;

use prost_types::Timestamp;
use samflyt::client::Client;
use samflyt_events::catalogue::{Kind, resource::template};
use samflyt_proto::registry as pb;
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};
use serde_json::Value;
use tonic::Status;
use tonic_types::StatusExt;

pub const KINDS: [pb::ResourceKind; 9] = [
    pb::ResourceKind::Product,
    pb::ResourceKind::System,
    pb::ResourceKind::Usage,
    pb::ResourceKind::Process,
    pb::ResourceKind::Dataset,
    pb::ResourceKind::Service,
    pb::ResourceKind::Agreement,
    pb::ResourceKind::Change,
    pb::ResourceKind::Controller,
];

/// A hub with both municipalities, each of which may change its own part of the catalogue.
pub async fn hub_of_two() -> TestHub {
    let hub = TestHub::start().await;
    let operator = hub.operator().await;
    for municipality in [SELJORD, VINJE] {
        hub.register(municipality).await;
        let grant = pb::Grant {
            id: format!("{}-registry", municipality.tenant),
            organisation: municipality.organisation.to_owned(),
            scopes: vec!["samflyt:registry".to_owned()],
            tenants: vec![municipality.tenant.to_owned()],
            ..Default::default()
        };
        let request = pb::GiveGrantRequest { grant: Some(grant), ..Default::default() };
        operator.registry().give_grant(request).await.unwrap();
    }
    hub
}

/// Registers another installation.
pub async fn system(client: &Client, host: Municipality, id: &str) -> Result<(), Status> {
    let request = pb::RegisterSystemRequest {
        id: id.to_owned(),
        host: host.tenant.to_owned(),
        product: "ephorte".to_owned(),
        name: id.to_owned(),
        ..Default::default()
    };
    client.registry().register_system(request).await.map(|_| ())
}

/// The template of a kind, changed.
pub fn document(kind: Kind, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = template(kind).unwrap();
    change(&mut document);
    document
}

pub async fn put(client: &Client, kind: pb::ResourceKind, document: &Value) -> Result<pb::Resource, Status> {
    put_on(client, kind, document, 0).await
}

/// Puts on top of the revision that its author has seen.
pub async fn put_on(
    client: &Client,
    kind: pb::ResourceKind,
    document: &Value,
    expected_revision: u64,
) -> Result<pb::Resource, Status> {
    let request = pb::PutResourceRequest {
        kind: kind.into(),
        document: document.to_string().into_bytes(),
        reason: "as it is".to_owned(),
        expected_revision,
    };
    Ok(client.catalogue().put_resource(request).await?.into_inner().resource.unwrap())
}

pub async fn get(
    client: &Client,
    kind: pb::ResourceKind,
    tenant: &str,
    id: &str,
    as_of: Option<Timestamp>,
) -> Result<pb::Resource, Status> {
    let request =
        pb::GetResourceRequest { kind: kind.into(), tenant: tenant.to_owned(), id: id.to_owned(), as_of };
    Ok(client.catalogue().get_resource(request).await?.into_inner().resource.unwrap())
}

pub async fn list(
    client: &Client,
    kind: pb::ResourceKind,
    tenants: &[&str],
    as_of: Option<Timestamp>,
) -> Result<Vec<pb::Resource>, Status> {
    let tenants = tenants.iter().map(|tenant| (*tenant).to_owned()).collect();
    let request = pb::ListResourcesRequest { kind: kind.into(), tenants, as_of, ..Default::default() };
    Ok(client.catalogue().list_resources(request).await?.into_inner().resources)
}

pub async fn history(
    client: &Client,
    kind: pb::ResourceKind,
    tenant: &str,
    id: &str,
) -> Result<Vec<pb::ResourceChange>, Status> {
    let request =
        pb::ListResourceHistoryRequest { kind: kind.into(), tenant: tenant.to_owned(), id: id.to_owned() };
    Ok(client.catalogue().list_resource_history(request).await?.into_inner().changes)
}

/// The document of a resource.
pub fn read(resource: &pb::Resource) -> Value {
    serde_json::from_slice(&resource.document).unwrap()
}

/// Every field of a refusal, with its rule and advice.
pub fn fields<T: std::fmt::Debug>(answer: Result<T, Status>) -> Vec<(String, String)> {
    let details = answer.unwrap_err().get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    violations.into_iter().map(|found| (found.field, found.description)).collect()
}
