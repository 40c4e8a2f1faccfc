//! Promise 5: a municipality can leave with everything. Its files make an empty hub give the same answers; files that are
//! not what they were change nothing.

use samflyt::client::Client;
use samflyt_proto::lineage as pb;
use samflyt_proto::registry as catalogue;
use samflyt_proto::registry::{
    ExportTenantResponse, ImportTenantRequest, ImportTenantResponse, ResourceKind,
};
use samflyt_testkit::events::{TYPE, event, request};
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};
use tonic::Status;

use crate::answers::{all_answers, publish, refusal, settled};
use crate::process::HubProcess;

const AGRESSO: Municipality = Municipality { system: "vinje-agresso", ..SELJORD };
const DATASET: &str = "seljord-kindergarten-children";

/// Files by name, in their order.
type Files = Vec<(String, Vec<u8>)>;
type Damage = fn(&mut Files);

async fn export(client: &Client, tenant: &str) -> Result<Files, Status> {
    let request = catalogue::ExportTenantRequest { tenant: tenant.to_owned() };
    let mut messages = client.catalogue().export_tenant(request).await?.into_inner();
    let mut files = Files::new();
    while let Some(ExportTenantResponse { file, content }) = messages.message().await? {
        match files.last_mut() {
            Some((name, bytes)) if *name == file => bytes.extend(content),
            _ => files.push((file, content)),
        }
    }
    Ok(files)
}

async fn import(client: &Client, files: &Files) -> Result<ImportTenantResponse, Status> {
    let messages: Vec<_> = files
        .iter()
        .flat_map(|(file, bytes)| {
            let piece = |content: &[u8]| ImportTenantRequest {
                file: file.clone(),
                content: content.to_vec(),
                ..Default::default()
            };
            if bytes.is_empty() { vec![piece(&[])] } else { bytes.chunks(50_000).map(piece).collect() }
        })
        .collect();
    Ok(client.catalogue().import_tenant(futures::stream::iter(messages)).await?.into_inner())
}

async fn put(client: &Client, kind: ResourceKind, document: serde_json::Value) -> catalogue::Resource {
    let document = document.to_string().into_bytes();
    let request = catalogue::PutResourceRequest {
        kind: kind.into(),
        document,
        reason: "described anew".to_owned(),
        ..Default::default()
    };
    client.catalogue().put_resource(request).await.unwrap().into_inner().resource.unwrap()
}

/// A municipality with an affair over two systems, one of them another's, and a dataset that has changed.
async fn live(hub: &TestHub) -> prost_types::Timestamp {
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let operator = hub.operator().await;
    let (id, tenant) = (AGRESSO.system.to_owned(), "seljord".to_owned());
    let enrol = catalogue::EnrolSystemRequest { id, tenant, ..Default::default() };
    operator.registry().enrol_system(enrol).await.unwrap();
    let mut dataset =
        samflyt_events::catalogue::resource::template(samflyt_events::catalogue::Kind::Dataset).unwrap();
    let first = put(&operator, ResourceKind::Dataset, dataset.clone()).await.changed_at.unwrap();
    dataset["title"] = "Children in kindergartens and after school".into();
    put(&operator, ResourceKind::Dataset, dataset).await;
    let seljord = hub.client_of(SELJORD).await;
    for (of, id, cause) in [
        (SELJORD, "form", ""),
        (SELJORD, "decision", "seljord-oppvekst/form"),
        (AGRESSO, "invoice", "seljord-oppvekst/decision"),
    ] {
        let mut event = event(of, id, "case-1");
        event.causation_id = cause.to_owned();
        publish(&seljord, event).await.unwrap();
    }
    publish(&hub.client_of(VINJE).await, event(VINJE, "of-vinje", "case-9")).await.unwrap();
    first
}

/// What the hub knows of Seljord, but for how far its answers reach.
async fn told(client: &Client, sequence: u64, as_of: prost_types::Timestamp) -> Vec<String> {
    let mut told = vec![all_answers(client, "seljord", sequence).await];
    let (tenant, system, event_id) = ("seljord".to_owned(), SELJORD.system.to_owned(), "form".to_owned());
    let trace = pb::TraceEventRequest { tenant: tenant.clone(), system, event_id, ..Default::default() };
    told.push(format!("{:?}", client.lineage().trace_event(trace).await.unwrap().into_inner().nodes));
    let history = pb::ListEntityEventsRequest {
        tenant: tenant.clone(),
        entity: "case-1".to_owned(),
        ..Default::default()
    };
    told.push(format!(
        "{:?}",
        client.lineage().list_entity_events(history).await.unwrap().into_inner().events
    ));
    for as_of in [Some(as_of), None] {
        let get = catalogue::GetResourceRequest {
            kind: ResourceKind::Dataset.into(),
            tenant: tenant.clone(),
            id: DATASET.to_owned(),
            as_of,
        };
        let resource = client.catalogue().get_resource(get).await.unwrap().into_inner().resource.unwrap();
        let document = String::from_utf8_lossy(&resource.document).into_owned();
        told.push(format!("{document} {} {:?}", resource.revision, resource.changed_at));
    }
    let changes = catalogue::ListResourceHistoryRequest {
        kind: ResourceKind::Dataset.into(),
        tenant,
        id: DATASET.to_owned(),
    };
    told.push(format!("{:?}", client.catalogue().list_resource_history(changes).await.unwrap().into_inner()));
    // Each hub publishes its own contracts itself, at its own time.
    let contracts = catalogue::ListContractsRequest { r#type: TYPE.to_owned(), ..Default::default() };
    told.push(format!("{:?}", client.registry().list_contracts(contracts).await.unwrap().into_inner()));
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_municipality_that_leaves_gets_the_same_answers_from_an_empty_hub() {
    let first = TestHub::start().await;
    let as_of = live(&first).await;
    let before = told(&first.client_of(SELJORD).await, 3, as_of).await;
    assert!(
        before[3].contains("Children in kindergartens") && !before[3].contains("after school"),
        "{}",
        before[3]
    );
    let files = export(&first.operator().await, "seljord").await.unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["manifest.json", "catalogue.jsonl", "events.jsonl"]);
    let text = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect::<String>();
    assert!(!text.contains("of-vinje") && !text.contains("\"operator\""), "nothing of others: {text}");

    let second = TestHub::start().await;
    let operator = second.operator().await;
    let done = import(&operator, &files).await.unwrap();
    assert_eq!((done.tenant.as_str(), done.events), ("seljord", 3));
    let seljord = second.client_of(SELJORD).await;
    assert_eq!(told(&seljord, 3, as_of).await, before);

    // The digests of the first hub are of a key that this one does not have.
    for (of, id, cause, sequence) in
        [(SELJORD, "form", "", 1), (AGRESSO, "invoice", "seljord-oppvekst/decision", 3)]
    {
        let mut resent = event(of, id, "case-1");
        resent.causation_id = cause.to_owned();
        let again = publish(&seljord, resent).await.unwrap();
        assert_eq!((again.sequence, again.duplicate), (sequence, true), "{id}");
    }
    let mut other = event(SELJORD, "form", "case-1");
    other.data = br#"{"case":"case-1","hours":21}"#.to_vec().into();
    assert_eq!(refusal(publish(&seljord, other).await).1, "ID_REUSED");
    assert_eq!(publish(&seljord, event(SELJORD, "new", "case-2")).await.unwrap().sequence, 4);

    // What was imported is exported again as it was, with the times of the first hub.
    let third = TestHub::start().await;
    let again = export(&operator, "seljord").await.unwrap();
    import(&third.operator().await, &again).await.unwrap();
    let (_, reason, _) = refusal(import(&third.operator().await, &again).await);
    assert_eq!(reason, "ALREADY_EXISTS");
    let client = third.client_of(SELJORD).await;
    assert_eq!(told(&client, 4, as_of).await[3..5], before[3..5]);
    for hub in [first, second, third] {
        hub.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_administrator_exports_and_files_that_are_not_whole_change_nothing() {
    let first = TestHub::start().await;
    live(&first).await;
    let seljord = first.client_of(SELJORD).await;
    assert_eq!(refusal(export(&seljord, "seljord").await).1, "NOT_GRANTED");
    assert_eq!(refusal(export(&seljord, "atlantis").await).1, "NOT_GRANTED");
    let grant = catalogue::Grant {
        id: "seljord-admin".to_owned(),
        organisation: SELJORD.organisation.to_owned(),
        scopes: vec!["samflyt:admin".to_owned()],
        tenants: vec!["seljord".to_owned()],
        systems: vec!["*".to_owned()],
        ..Default::default()
    };
    let give = catalogue::GiveGrantRequest { grant: Some(grant), ..Default::default() };
    first.operator().await.registry().give_grant(give).await.unwrap();
    let files = export(&seljord, "seljord").await.unwrap();
    assert_eq!(refusal(export(&seljord, "vinje").await).1, "NOT_GRANTED");
    // To import is to make a tenant: for that, one's own is not enough.
    assert_eq!(refusal(import(&seljord, &files).await).1, "NOT_GRANTED");

    let second = TestHub::start().await;
    let operator = second.operator().await;
    let damages: [(&str, Damage); 6] = [
        ("/events.jsonl", |files| files[2].1.truncate(700)),
        ("/events.jsonl", |files| {
            let at = files[2].1.windows(8).position(|w| w == b"ordinary").unwrap();
            files[2].1[at] = b'O';
        }),
        ("/catalogue.jsonl", |files| files[1].1.truncate(0)),
        ("/events.jsonl", |files| files.swap(1, 2)),
        ("/manifest.json", |files| {
            let text = String::from_utf8(files[0].1.clone()).unwrap();
            files[0].1 = text.replace("\"version\": 1", "\"version\": 2").into_bytes();
        }),
        ("/events.jsonl", |files| files.truncate(2)),
    ];
    for (field, damage) in damages {
        let mut damaged = files.clone();
        damage(&mut damaged);
        let (_, reason, told) = refusal(import(&operator, &damaged).await);
        assert_eq!((reason.as_str(), told.as_str()), ("REQUEST_INVALID", field));
        assert!(second.local.hub.log.state("EVENTS_seljord").await.unwrap().is_none(), "nothing was made");
        let tenants = operator
            .registry()
            .list_tenants(catalogue::ListTenantsRequest::default())
            .await
            .unwrap()
            .into_inner();
        assert!(tenants.tenants.is_empty());
    }

    // Contracts are shared: another one by the same name is never overwritten, and is named.
    let mut contract = samflyt_testkit::events::contract();
    contract.title = "Something else".to_owned();
    let publish = catalogue::PublishContractRequest { document: contract.to_json(), ..Default::default() };
    operator.registry().publish_contract(publish).await.unwrap();
    let refused = import(&operator, &files).await.unwrap_err();
    assert!(refused.message().contains("case.opened 1.0"), "{refused}");
    assert_eq!(refusal::<()>(Err(refused)).1, "ALREADY_EXISTS");
    assert!(second.local.hub.log.state("EVENTS_seljord").await.unwrap().is_none(), "nothing was made");
    first.end().await;
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_goes_on_where_it_ended() {
    const EVENTS: u64 = 5_000;
    let first = TestHub::start().await;
    let as_of = live(&first).await;
    let seljord = first.client_of(SELJORD).await;
    let requests =
        (3..EVENTS).map(|n| request(event(SELJORD, &format!("e-{n}"), &format!("case-{}", n % 50))));
    let mut answers =
        seljord.gateway().publish_events(futures::stream::iter(requests)).await.unwrap().into_inner();
    while let Some(answer) = answers.message().await.unwrap() {
        settled(answer).unwrap();
    }
    let before = told(&seljord, EVENTS, as_of).await;
    let files = export(&first.operator().await, "seljord").await.unwrap();

    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    let (url, user, password) = hub.nats();
    let config = samflyt_log::LogConfig {
        url: url.to_owned(),
        user: user.to_owned(),
        password: password.to_owned(),
        ..Default::default()
    };
    let log = samflyt_log::Log::connect(config).await.unwrap();
    let operator = hub.operator().await;
    let importing = tokio::spawn({
        let (operator, files) = (operator.clone(), files.clone());
        async move { import(&operator, &files).await }
    });
    let appended = loop {
        let last = log.state("EVENTS_seljord").await.unwrap().map_or(0, |state| state.last);
        if last > 100 {
            break last;
        }
    };
    hub.kill().await;
    assert!(importing.await.unwrap().is_err() && appended < EVENTS, "killed in the middle, at {appended}");

    let second = TestHub::start_in(dir, |_| {}).await;
    let there = second.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap().last;
    assert!((100..EVENTS).contains(&there), "a part of it is there: {there}");
    let operator = second.operator().await;
    let tenants = operator
        .registry()
        .list_tenants(catalogue::ListTenantsRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(tenants.tenants.iter().all(|tenant| tenant.id != "seljord"), "and nothing of it shows");
    assert_eq!(import(&operator, &files).await.unwrap().events, EVENTS);
    assert_eq!(told(&second.client_of(SELJORD).await, EVENTS, as_of).await, before);
    first.end().await;
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_cannot_say_when_the_hub_learned_of_an_event() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let long_ago = "2001-01-01T00:00:00Z";
    let since = time::OffsetDateTime::now_utc().unix_timestamp() - 60;
    let attributes = serde_json::json!({
        "specversion": "1.0", "source": "urn:samflyt:system:seljord-oppvekst", "type": "no.samflyt.case.opened",
        "tenant": "seljord", "subject": "case-1", "time": "2026-03-02T08:00:00Z",
    });
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = |id: &str| {
        let request = http.post(format!("{}/v1/events", hub.http())).bearer_auth(hub.token(SELJORD));
        request.header("Samflyt-Learned-At", long_ago).header("ce-id", id)
    };
    let data = serde_json::json!({"case": "case-1", "hours": 20});
    let binary = |id: &str| {
        let headers = attributes.as_object().unwrap().iter();
        headers.fold(post(id).header("content-type", "application/json"), |request, (name, value)| {
            request.header(format!("ce-{name}"), value.as_str().unwrap())
        })
    };
    let answer = binary("binary").body(data.to_string()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    // As an attribute of the event it is one that the hub does not know.
    let named = binary("named").header("ce-samflytlearnedat", long_ago).body(data.to_string());
    assert_eq!(named.send().await.unwrap().status().as_u16(), 400);
    let mut structured = attributes.clone();
    structured["id"] = "structured".into();
    structured["data"] = data;
    let structured_post = |body: &serde_json::Value| {
        let request = post("structured").header("content-type", "application/cloudevents+json");
        request.body(body.to_string()).send()
    };
    assert!(structured_post(&structured).await.unwrap().status().is_success());
    structured["Samflyt-Learned-At"] = long_ago.into();
    assert_eq!(structured_post(&structured).await.unwrap().status().as_u16(), 400);
    let mut traced = event(SELJORD, "grpc", "case-1");
    traced.traceparent = format!("x\r\nSamflyt-Learned-At: {long_ago}");
    publish(&client, traced).await.unwrap();

    let history = pb::ListEntityEventsRequest {
        tenant: "seljord".to_owned(),
        entity: "case-1".to_owned(),
        ..Default::default()
    };
    let events = client.lineage().list_entity_events(history).await.unwrap().into_inner().events;
    assert_eq!(events.len(), 3, "{events:?}");
    for event in events {
        assert!(event.learned_at.unwrap().seconds > since, "{event:?}");
    }
    hub.end().await;
}
