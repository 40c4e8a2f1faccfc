//! SIGTERM: nothing new is taken, everything that was taken is answered, and the process ends with 0.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use futures::future::join_all;
use samflyt_log::{Follow, Log};
use samflyt_proto::common::Event;
use samflyt_proto::lineage::WatchFlowsRequest;
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::Code;

use crate::answers::settled;
use crate::http;
use crate::process::HubProcess;

const ROUNDS: usize = 3;
/// Of one door, when the signal comes.
const ACKNOWLEDGED_MIN: usize = 60;
const REQUESTS_AT_ONCE: usize = 8;

/// What the publishers at one door heard.
#[derive(Default)]
struct Heard {
    acknowledged: Mutex<BTreeMap<String, u64>>,
    count: watch::Sender<usize>,
}

impl Heard {
    fn acknowledge(&self, id: String, sequence: u64) {
        assert_eq!(self.acknowledged.lock().unwrap().insert(id, sequence), None);
        self.count.send_modify(|count| *count += 1);
    }

    async fn enough(&self) {
        self.count.subscribe().wait_for(|count| *count >= ACKNOWLEDGED_MIN).await.unwrap();
    }

    /// An answer as JSON; whether to go on.
    fn hear(&self, id: String, answer: &Value) -> bool {
        if let Some(sequence) = answer["sequence"].as_u64() {
            self.acknowledge(id, sequence);
            return true;
        }
        assert_eq!(answer["reason"], "LOG_UNAVAILABLE", "{answer}");
        false
    }
}

fn of_case(id: &str, n: usize) -> Event {
    event(SELJORD, id, &format!("case-{}", n % 23))
}

/// One stream, pipelined, until the hub ends it.
async fn over_grpc(hub: &HubProcess, round: usize, heard: &Heard) {
    let client = hub.operator().await;
    let requests = (0..).map(move |n| request(of_case(&format!("grpc-{round}-{n}"), n)));
    let answers = client.gateway().publish_events(futures::stream::iter(requests)).await;
    let mut answers = answers.unwrap().into_inner();
    let status = loop {
        match answers.message().await {
            Ok(Some(answer)) => {
                let id = answer.event_id.clone();
                heard.acknowledge(id, settled(answer).unwrap().sequence);
            }
            Ok(None) => panic!("the stream ended as if all had been answered"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
}

/// Requests, until one is refused or the door is closed.
async fn over_http(hub: &HubProcess, round: usize, worker: usize, heard: &Heard) {
    let client = http::client();
    for n in 0.. {
        let id = format!("http-{round}-{worker}-{n}");
        let event = http::cloudevent(&id, &format!("http-{worker}"));
        let posted = client
            .post(format!("{}/v1/events", hub.ready("http")))
            .bearer_auth(hub.ready("operator_token"))
            .header("content-type", "application/cloudevents+json")
            .body(event.to_string());
        let Ok(answer) = posted.send().await else { return };
        let Ok(text) = answer.text().await else { return };
        if !heard.hear(id, &serde_json::from_str(&text).unwrap()) {
            return;
        }
    }
}

/// A system's connection to the broker.
async fn system(hub: &HubProcess, data_dir: &Path) -> async_nats::Client {
    let arguments = ["token", "--organisation", SELJORD.organisation, "--client", SELJORD.system];
    let mut command = hub.command(&arguments);
    command.args(["--scope", "samflyt:publish", "--json", "--data-dir"]).arg(data_dir);
    let token: Value = serde_json::from_slice(&command.output().await.unwrap().stdout).unwrap();
    async_nats::ConnectOptions::with_token(token["token"].as_str().unwrap().to_owned())
        .custom_inbox_prefix(token["inbox_prefix"].as_str().unwrap())
        .request_timeout(Some(Duration::from_secs(2)))
        .connect(hub.nats().0)
        .await
        .unwrap()
}

/// Requests on the broker, until one is refused or not answered.
async fn over_nats(client: &async_nats::Client, round: usize, worker: usize, heard: &Heard) {
    for n in 0.. {
        let (id, case) = (format!("nats-{round}-{worker}-{n}"), format!("nats-{worker}"));
        let mut headers = async_nats::HeaderMap::new();
        for (name, value) in [
            ("ce-specversion", "1.0"),
            ("ce-id", &id),
            ("ce-type", &format!("no.samflyt.{}", samflyt_testkit::events::TYPE)),
            ("ce-source", &format!("urn:samflyt:system:{}", SELJORD.system)),
            ("ce-tenant", SELJORD.tenant),
            ("ce-subject", &case),
            ("ce-time", "2026-03-02T08:00:00Z"),
            ("ce-datacontenttype", "application/json"),
        ] {
            headers.insert(name, value);
        }
        let subject = format!("ingest.{}.{}", SELJORD.tenant, SELJORD.system);
        let data = json!({"case": case, "hours": 20}).to_string();
        let Ok(reply) = client.request_with_headers(subject, headers, data.into()).await else { return };
        let mut answer: Value = serde_json::from_slice(&reply.payload).unwrap();
        let outcome = if answer["accepted"].is_null() { "refused" } else { "accepted" };
        if !heard.hear(id, &answer[outcome].take()) {
            return;
        }
    }
}

/// Every event of the log: id and place.
async fn in_the_log(log: &Log) -> BTreeMap<String, u64> {
    let stream = "EVENTS_seljord".to_owned();
    let last = log.state(&stream).await.unwrap().unwrap().last;
    let mut follower = log.follow(Follow { stream, after: 0, headers_only: true });
    let mut found = BTreeMap::new();
    for _ in 0..last {
        let entry = follower.next().await;
        found.insert(entry.header("ce-id").unwrap().to_owned(), entry.sequence);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_in_the_log_after_sigterm_was_acknowledged_at_every_door_and_the_exit_code_is_0() {
    let dir = tempfile::tempdir().unwrap();
    let doors = <[Heard; 3]>::default();
    let [grpc, http, nats] = &doors;
    for round in 0..ROUNDS {
        let hub = HubProcess::start(dir.path(), &[]).await;
        if round == 0 {
            register(&hub.operator().await, SELJORD).await;
        }
        // Somebody who only listens must not keep it from its end either.
        let request = WatchFlowsRequest { tenants: vec!["seljord".to_owned()], ..Default::default() };
        let watched = hub.operator().await.lineage().watch_flows(request).await.unwrap();
        let system = system(&hub, dir.path()).await;
        doors.iter().for_each(|door| {
            door.count.send_replace(0);
        });
        let publishing = async {
            tokio::join!(
                over_grpc(&hub, round, grpc),
                join_all((0..REQUESTS_AT_ONCE).map(|worker| over_http(&hub, round, worker, http))),
                join_all((0..REQUESTS_AT_ONCE).map(|worker| over_nats(&system, round, worker, nats))),
            )
        };
        let telling = async {
            join_all(doors.iter().map(Heard::enough)).await;
            hub.terminate();
        };
        timeout(Duration::from_secs(60), async { tokio::join!(publishing, telling) }).await.unwrap();
        let status = timeout(Duration::from_secs(30), hub.ended()).await.expect("it does not end");
        assert_eq!(status.code(), Some(0));
        drop(watched);
    }

    let mut acknowledged = BTreeMap::new();
    doors.iter().for_each(|door| acknowledged.append(&mut door.acknowledged.lock().unwrap()));
    let hub = HubProcess::start(dir.path(), &[]).await;
    let found = in_the_log(&hub.log().await).await;
    let unheard: Vec<_> = found.keys().filter(|id| !acknowledged.contains_key(*id)).collect();
    assert!(unheard.is_empty(), "in the log, and nobody was told: {unheard:?}");
    assert_eq!(found, acknowledged);
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_its_acknowledgements_does_not_keep_the_hub_from_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let deaf = hub.operator().await.gateway().publish_events(requests).await.unwrap();
    // Until nothing more is taken: then the answers wait for their reader.
    for n in 0.. {
        let event = request(of_case(&format!("{n}-{}", "x".repeat(100)), n));
        if timeout(Duration::from_secs(2), sender.send(event)).await.is_err() {
            break;
        }
        assert!(n < 1_000_000, "a deaf client is read from without end");
    }
    hub.terminate();
    let status = timeout(Duration::from_secs(15), hub.ended()).await.expect("it does not end");
    assert_eq!(status.code(), Some(0));
    drop(deaf);
}
