//! What comes back, made easy to compare.

use samflyt::client::Client;
use samflyt_proto::common::Event;
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_proto::gateway::{PublishEventRequest, PublishEventsResponse, Receipt};
use samflyt_proto::lineage::{AtLeast, GetStatusRequest, GetStatusResponse, ListFlowsRequest};
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Publishes one event.
pub async fn publish(client: &Client, event: Event) -> Result<Receipt, Status> {
    let request = PublishEventRequest { event: Some(event), validate_only: false };
    Ok(client.gateway().publish_event(request).await?.into_inner().receipt.unwrap())
}

/// Code, reason and first field of a refusal.
pub fn refusal<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String, String) {
    let status = answer.unwrap_err();
    let details = status.get_error_details();
    let field = details.bad_request().and_then(|bad| bad.field_violations.first().map(|v| v.field.clone()));
    let reason = details.error_info().map(|info| info.reason.clone());
    (status.code(), reason.unwrap_or_default(), field.unwrap_or_default())
}

/// The sequence of an acceptance, or the reason of a refusal.
pub fn settled(answer: PublishEventsResponse) -> Result<Receipt, String> {
    match answer.outcome.unwrap() {
        Outcome::Accepted(receipt) => Ok(receipt),
        Outcome::Refused(refusal) => Err(refusal.reason),
    }
}

/// Status once a position is folded.
pub async fn status_at(client: &Client, tenant: &str, sequence: u64) -> GetStatusResponse {
    let at_least = Some(AtLeast { tenant: tenant.to_owned(), sequence });
    let request = GetStatusRequest { tenants: vec![tenant.to_owned()], at_least };
    client.lineage().get_status(request).await.unwrap().into_inner()
}

/// All that lineage says of a tenant that does not depend on when it is asked: totals and flows.
pub async fn all_answers(client: &Client, tenant: &str, sequence: u64) -> String {
    let status = status_at(client, tenant, sequence).await;
    // Two empty answers would be the same answer, too.
    assert_eq!(status.tenants[0].events, sequence, "lineage counts what the log holds");
    let systems: Vec<_> = status.tenants[0]
        .systems
        .iter()
        .map(|system| (system.system.clone(), system.events, system.last_event_at))
        .collect();
    let request =
        ListFlowsRequest { tenants: vec![tenant.to_owned()], page_size: 10_000, ..Default::default() };
    let flows = client.lineage().list_flows(request).await.unwrap().into_inner();
    format!("{:?} {systems:?} {:?}", status.tenants[0].events, flows.flows)
}
