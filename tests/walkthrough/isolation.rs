//! Promise 5: a municipality's data is its own.

use samflyt_proto::lineage::{
    GetEventRequest, GetFlowGraphRequest, GetStatusRequest, ListEntityEventsRequest, ListFlowsRequest,
    TraceEventRequest, get_flow_graph_request::Start,
};
use samflyt_proto::registry as pb;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};

use crate::answers::{all_answers, publish, refusal, status_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_seljord_cannot_publish_to_read_or_learn_the_existence_of_anything_in_vinje() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let vinje = hub.client_of(VINJE).await;
    let sequence = publish(&vinje, event(VINJE, "secret", "case-1")).await.unwrap().sequence;
    status_at(&vinje, "vinje", sequence).await;
    let seljord = hub.client_of(SELJORD).await;
    publish(&seljord, event(SELJORD, "own", "case-1")).await.unwrap();

    // What is there and what is not there get the same answer, to the letter.
    for tenant in ["vinje", "atlantis"] {
        let tenants = vec![tenant.to_owned()];
        let mut lineage = seljord.lineage();
        let told = [
            refused(
                publish(&seljord, event(Municipality { tenant: leak(tenant), ..VINJE }, "e", "case-1")).await,
            ),
            refused(
                lineage.get_status(GetStatusRequest { tenants: tenants.clone(), ..Default::default() }).await,
            ),
            refused(
                lineage.list_flows(ListFlowsRequest { tenants: tenants.clone(), ..Default::default() }).await,
            ),
            refused(
                lineage
                    .get_flow_graph(GetFlowGraphRequest {
                        tenants,
                        start: Some(Start::System(VINJE.system.to_owned())),
                        ..Default::default()
                    })
                    .await,
            ),
            refused(lineage.get_event(of_vinje(tenant)).await),
            refused(
                lineage
                    .trace_event(TraceEventRequest {
                        tenant: tenant.to_owned(),
                        system: VINJE.system.to_owned(),
                        event_id: "secret".to_owned(),
                        ..Default::default()
                    })
                    .await,
            ),
            refused(
                lineage
                    .list_entity_events(ListEntityEventsRequest {
                        tenant: tenant.to_owned(),
                        entity: "case-1".to_owned(),
                        ..Default::default()
                    })
                    .await,
            ),
        ];
        assert!(told.iter().all(|told| told == &told_once()), "{tenant}: {told:?}");
    }

    // A cause that names an event of Vinje, and one that names nothing: neither shows anything of it.
    let mut told = Vec::new();
    for (id, cause) in [("guess-1", "vinje-agresso/secret"), ("guess-2", "vinje-agresso/nothing")] {
        let mut guess = event(SELJORD, id, "case-1");
        guess.causation_id = cause.to_owned();
        let sequence = publish(&seljord, guess).await.unwrap().sequence;
        status_at(&seljord, "seljord", sequence).await;
        let flows =
            seljord.lineage().list_flows(ListFlowsRequest::default()).await.unwrap().into_inner().flows;
        told.push(flows.into_iter().map(|flow| (flow.provider, flow.consumer)).collect::<Vec<_>>());
        let start = Some(Start::System(VINJE.system.to_owned()));
        let request = GetFlowGraphRequest { start, ..Default::default() };
        let graph = seljord.lineage().get_flow_graph(request).await.unwrap().into_inner();
        assert!(graph.nodes.is_empty() && graph.edges.is_empty(), "{graph:?}");
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].iter().all(|(provider, consumer)| provider != VINJE.system && consumer != VINJE.system));

    // By its own tenant's name, nothing of Vinje is found, and nothing of Vinje is listed.
    let (_, reason, _) = refusal(seljord.lineage().get_event(of_vinje("seljord")).await);
    assert_eq!(reason, "NOT_FOUND");
    let flows = seljord.lineage().list_flows(ListFlowsRequest::default()).await.unwrap().into_inner();
    assert!(flows.flows.iter().all(|flow| flow.tenant == "seljord"));
    let mut registry = seljord.registry();
    let tenants = registry.list_tenants(pb::ListTenantsRequest::default()).await.unwrap().into_inner();
    assert_eq!(tenants.tenants.iter().map(|tenant| tenant.id.as_str()).collect::<Vec<_>>(), ["seljord"]);
    let systems = registry.list_systems(pb::ListSystemsRequest::default()).await.unwrap().into_inner();
    assert_eq!(
        systems.systems.iter().map(|system| system.id.as_str()).collect::<Vec<_>>(),
        ["seljord-oppvekst"]
    );
    hub.end().await;
}

fn leak(text: &str) -> &'static str {
    if text == "vinje" { "vinje" } else { "atlantis" }
}

fn of_vinje(tenant: &str) -> GetEventRequest {
    GetEventRequest {
        tenant: tenant.to_owned(),
        system: VINJE.system.to_owned(),
        event_id: "secret".to_owned(),
        ..Default::default()
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, tonic::Status>) -> String {
    let message = answer.as_ref().unwrap_err().message().to_owned();
    format!("{:?} {message}", refusal(answer))
}

fn told_once() -> String {
    let status = samflyt_runtime::refused::status(&samflyt_events::Refusal::not_granted());
    refused::<()>(Err(status))
}

#[tokio::test(flavor = "multi_thread")]
async fn renumbering_a_municipality_loses_nothing_and_moves_nothing() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let first = publish(&client, event(SELJORD, "before", "case-1")).await.unwrap();
    let before = all_answers(&client, "seljord", first.sequence).await;
    let mut registry = hub.operator().await.registry();
    let renumber = pb::ChangeTenantRequest {
        id: "seljord".to_owned(),
        municipality_number: "3820".to_owned(),
        valid_from: "2026-01-01".to_owned(),
        ..Default::default()
    };
    let tenant = registry.change_tenant(renumber).await.unwrap().into_inner().tenant.unwrap();
    assert_eq!((tenant.id.as_str(), tenant.municipality_number.as_str()), ("seljord", "3820"));
    let numbers: Vec<_> = tenant.history.iter().map(|of| of.municipality_number.as_str()).collect();
    assert_eq!(numbers, ["4022", "3820"]);
    assert_eq!(all_answers(&client, "seljord", first.sequence).await, before);
    let again = publish(&client, event(SELJORD, "before", "case-1")).await.unwrap();
    assert_eq!((again.sequence, again.duplicate), (first.sequence, true));
    assert_eq!(
        publish(&client, event(SELJORD, "after", "case-1")).await.unwrap().sequence,
        first.sequence + 1
    );
    hub.end().await;
}
