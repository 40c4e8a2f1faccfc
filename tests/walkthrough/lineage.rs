//! Lineage: traces, histories, flows, graphs, and what they say of themselves.

use samflyt::client::Client;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::get_flow_graph_request::Start;
use samflyt_proto::registry::{EnrolSystemRequest, RegisterSystemRequest};
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};

use crate::answers::{publish, status_at};

const ARCHIVE: Municipality = Municipality { system: "seljord-ephorte", ..SELJORD };
const AGRESSO: Municipality = Municipality { system: "vinje-agresso", ..SELJORD };

/// An affair of Seljord over three systems, one of them hosted by Vinje.
async fn affair(hub: &TestHub) -> Client {
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let mut registry = hub.operator().await.registry();
    let request = RegisterSystemRequest {
        id: ARCHIVE.system.to_owned(),
        host: "seljord".to_owned(),
        product: "ephorte".to_owned(),
        name: "ePhorte".to_owned(),
        ..Default::default()
    };
    registry.register_system(request).await.unwrap();
    let (id, tenant) = (AGRESSO.system.to_owned(), "seljord".to_owned());
    registry.enrol_system(EnrolSystemRequest { id, tenant, ..Default::default() }).await.unwrap();
    let client = hub.client_of(SELJORD).await;
    let mut sequence = 0;
    for (of, id, cause) in [
        (SELJORD, "form", ""),
        (SELJORD, "decision", "seljord-oppvekst/form"),
        (ARCHIVE, "deposit", "seljord-oppvekst/decision"),
        (AGRESSO, "invoice", "seljord-oppvekst/decision"),
    ] {
        let mut event = event(of, id, "case-1");
        event.causation_id = cause.to_owned();
        if !cause.is_empty() {
            event.correlation_id = "seljord-oppvekst/form".to_owned();
        }
        sequence = publish(&client, event).await.unwrap().sequence;
    }
    status_at(&client, "seljord", sequence).await;
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn an_affair_is_traced_whole_from_any_of_its_events() {
    let hub = TestHub::start().await;
    let client = affair(&hub).await;
    for (system, id) in [("seljord-oppvekst", "form"), ("seljord-ephorte", "deposit")] {
        let request = pb::TraceEventRequest {
            tenant: "seljord".to_owned(),
            system: system.to_owned(),
            event_id: id.to_owned(),
            ..Default::default()
        };
        let trace = client.lineage().trace_event(request).await.unwrap().into_inner();
        let shape: Vec<_> = trace
            .nodes
            .iter()
            .map(|node| {
                (node.event.as_ref().unwrap().event.as_ref().unwrap().id.as_str(), node.parent, node.depth)
            })
            .collect();
        assert_eq!(shape, [("form", 0, 0), ("decision", 0, 1), ("deposit", 1, 2), ("invoice", 1, 2)]);
        let focus = &trace.nodes[trace.focus as usize];
        assert_eq!(focus.event.as_ref().unwrap().event.as_ref().unwrap().id, id);
        assert!(!trace.completeness.unwrap().truncated);
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_are_observed_from_causation_and_a_graph_goes_both_ways() {
    let hub = TestHub::start().await;
    let client = affair(&hub).await;
    let graph = async |start: Start, direction: pb::Direction, depth: u32| {
        let request = pb::GetFlowGraphRequest {
            tenants: vec!["seljord".to_owned()],
            start: Some(start),
            direction: direction.into(),
            depth,
            ..Default::default()
        };
        let graph = client.lineage().get_flow_graph(request).await.unwrap().into_inner();
        graph.edges.into_iter().map(|edge| (edge.provider, edge.consumer, edge.events)).collect::<Vec<_>>()
    };
    let edge = |a: &str, b: &str, n| (a.to_owned(), b.to_owned(), n);
    let agresso = || Start::System("vinje-agresso".to_owned());
    assert_eq!(
        graph(agresso(), pb::Direction::Upstream, 1).await,
        [edge("seljord-oppvekst", "vinje-agresso", 1)]
    );
    assert_eq!(graph(agresso(), pb::Direction::Downstream, 1).await, [edge("vinje-agresso", "", 1)]);
    let all = graph(Start::System("seljord-oppvekst".to_owned()), pb::Direction::Downstream, 5).await;
    let expected = [
        edge("seljord-ephorte", "", 1),
        edge("seljord-oppvekst", "", 2),
        edge("seljord-oppvekst", "seljord-ephorte", 1),
        edge("seljord-oppvekst", "vinje-agresso", 1),
        edge("vinje-agresso", "", 1),
    ];
    assert_eq!(all, expected);
    assert_eq!(graph(Start::Type("case.opened".to_owned()), pb::Direction::Both, 1).await, expected);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stay_right_while_events_arrive_and_say_that_there_is_more() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    for n in 0..7 {
        publish(&client, event(SELJORD, &format!("e-{n}"), "case-1")).await.unwrap();
    }
    let mut request = pb::ListEntityEventsRequest {
        tenant: "seljord".to_owned(),
        entity: "case-1".to_owned(),
        page_size: 3,
        ..Default::default()
    };
    let mut ids = Vec::new();
    loop {
        let page = client.lineage().list_entity_events(request.clone()).await.unwrap().into_inner();
        ids.extend(page.events.into_iter().map(|found| found.event.unwrap().id));
        let completeness = page.completeness.unwrap();
        assert_eq!(completeness.truncated, !page.next_page_token.is_empty());
        publish(&client, event(SELJORD, &format!("other-{}", ids.len()), "case-2")).await.unwrap();
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(ids, (0..7).map(|n| format!("e-{n}")).collect::<Vec<_>>());
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_found_from_what_it_corrects_and_personal_fields_are_withheld() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    publish(&client, event(SELJORD, "wrong", "case-1")).await.unwrap();
    let mut right = event(SELJORD, "right", "case-1");
    right.corrects = "seljord-oppvekst/wrong".to_owned();
    let sequence = publish(&client, right).await.unwrap().sequence;
    let request = pb::GetEventRequest {
        tenant: "seljord".to_owned(),
        system: "seljord-oppvekst".to_owned(),
        event_id: "wrong".to_owned(),
        at_least: Some(pb::AtLeast { tenant: "seljord".to_owned(), sequence }),
    };
    let found = client.lineage().get_event(request).await.unwrap().into_inner();
    assert_eq!(found.corrected_by, ["seljord-oppvekst/right"]);
    let event = found.event.unwrap();
    assert_eq!(event.withheld, ["/note"]);
    assert!(!String::from_utf8_lossy(&event.event.unwrap().data).contains("ordinary"));
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_shows_the_flows_and_then_each_change() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let request = pb::WatchFlowsRequest { tenants: vec!["seljord".to_owned()], ..Default::default() };
    let mut watch = client.lineage().watch_flows(request).await.unwrap().into_inner();
    assert!(watch.message().await.unwrap().unwrap().flows.iter().all(|flow| flow.r#type != "case.opened"));
    publish(&client, event(SELJORD, "e", "case-1")).await.unwrap();
    let flow = loop {
        let change = watch.message().await.unwrap().unwrap();
        if let Some(flow) = change.flows.into_iter().find(|flow| flow.r#type == "case.opened") {
            break flow;
        }
    };
    assert_eq!((flow.provider.as_str(), flow.consumer.as_str(), flow.events), ("seljord-oppvekst", "", 1));
    assert_eq!(flow.legal_basis, "GDPR 6(1)(e); forvaltningsloven § 17");
    drop(watch);
    hub.end().await;
}
