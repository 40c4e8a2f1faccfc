//! A push against a gateway that misbehaves as gateways do.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use clap::Parser;
use futures::{Stream, StreamExt};
use samflyt_proto::common::{Event, Refusal};
use samflyt_proto::gateway::gateway_service_server::{GatewayService, GatewayServiceServer};
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_proto::gateway::{
    ListLimitsRequest, ListLimitsResponse, PublishEventRequest, PublishEventResponse, PublishEventsRequest,
    PublishEventsResponse, Receipt,
};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

use super::*;
use crate::cli::ClientCommand;

/// Breaks a stream off after a few events, each time in another way; dies of the event `poison`, refuses `bad`.
#[derive(Clone, Default)]
struct Gateway {
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    ids: BTreeSet<String>,
    order: Vec<String>,
    streams: u32,
}

impl Gateway {
    fn take(&self, event: &Event) -> Outcome {
        let mut log = self.log.lock().unwrap();
        if event.id == "bad" {
            return Outcome::Refused(Refusal {
                reason: "CONTRACT_VIOLATED".to_owned(),
                ..Refusal::default()
            });
        }
        let duplicate = !log.ids.insert(event.id.clone());
        if !duplicate {
            log.order.push(event.id.clone());
        }
        Outcome::Accepted(Receipt { duplicate, ..Receipt::default() })
    }
}

#[tonic::async_trait]
impl GatewayService for Gateway {
    async fn publish_event(
        &self,
        request: Request<PublishEventRequest>,
    ) -> Result<Response<PublishEventResponse>, Status> {
        let event = request.into_inner().event.unwrap_or_default();
        if event.id == "poison" {
            return Err(Status::out_of_range("decoded message length too large"));
        }
        match self.take(&event) {
            Outcome::Accepted(receipt) => Ok(Response::new(PublishEventResponse { receipt: Some(receipt) })),
            Outcome::Refused(refusal) => Err(Status::invalid_argument(refusal.reason)),
        }
    }

    async fn list_limits(
        &self,
        _: Request<ListLimitsRequest>,
    ) -> Result<Response<ListLimitsResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    type PublishEventsStream = Pin<Box<dyn Stream<Item = Result<PublishEventsResponse, Status>> + Send>>;

    async fn publish_events(
        &self,
        requests: Request<Streaming<PublishEventsRequest>>,
    ) -> Result<Response<Self::PublishEventsStream>, Status> {
        let stream = {
            let mut log = self.log.lock().unwrap();
            log.streams += 1;
            log.streams
        };
        let gateway = self.clone();
        let answers = requests.into_inner().enumerate().scan(false, move |ended, (index, request)| {
            let event = request.ok().and_then(|request| request.event).unwrap_or_default();
            let index = index as u64;
            let answer = |outcome| {
                let event_id = event.id.clone();
                Ok(PublishEventsResponse { index, event_id, outcome: Some(outcome) })
            };
            let next = match (stream, index) {
                _ if *ended || event.id == "poison" => None,
                // The event is in the log, and its answer is lost.
                (1, 5) => {
                    gateway.take(&event);
                    *ended = true;
                    Some(Err(Status::unavailable("the hub is stopping")))
                }
                (2, 7) => {
                    *ended = true;
                    let reason = "LOG_UNAVAILABLE".to_owned();
                    Some(answer(Outcome::Refused(Refusal { reason, ..Refusal::default() })))
                }
                (3, 9) => None,
                _ => Some(answer(gateway.take(&event))),
            };
            futures::future::ready(next)
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

#[derive(Debug, clap::Parser)]
struct Cli {
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    command: ClientCommand,
}

fn line(id: &str) -> String {
    format!("{{\"specversion\":\"1.0\",\"id\":\"{id}\",\"data\":{{}}}}\n")
}

/// Pushes a file to the gateway; gives the exit code.
async fn push(gateway: &Gateway, file: &Path, more: &[&str]) -> ExitCode {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tonic::transport::Server::builder()
        .add_service(GatewayServiceServer::new(gateway.clone()))
        .serve_with_incoming(TcpIncoming::from(listener));
    let words = ["samflyt", "--endpoint", &endpoint, "push", file.to_str().unwrap()];
    let cli = Cli::try_parse_from(words.iter().chain(more)).unwrap();
    tokio::select! {
        code = cli.command.run(cli.remote) => code.unwrap(),
        ended = server => panic!("the gateway ended: {ended:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_survives_broken_streams_and_loses_and_reorders_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (file, refused) = (dir.path().join("events.jsonl"), dir.path().join("refused.jsonl"));
    let mut text: Vec<String> = (0..3_000).map(|at| line(&format!("e-{at}"))).collect();
    text[1] = "not JSON\n".to_owned();
    text[20] = line("bad");
    text[30] = line("poison");
    std::fs::write(&file, text.concat()).unwrap();
    let gateway = Gateway::default();
    let code = push(&gateway, &file, &["--refused", refused.to_str().unwrap()]).await;
    assert_eq!(code, ExitCode::FAILURE);
    let expected: Vec<String> =
        (0..3_000).filter(|at| ![1, 20, 30].contains(at)).map(|at| format!("e-{at}")).collect();
    assert_eq!(gateway.log.lock().unwrap().order, expected);
    let refused = std::fs::read_to_string(refused).unwrap();
    let refused: Vec<serde_json::Value> =
        refused.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = refused
        .iter()
        .map(|r| (r["line"].as_u64().unwrap(), r["refused"]["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(2, "ENVELOPE_INVALID"), (21, "CONTRACT_VIOLATED"), (31, "TOO_LARGE")]);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "the position is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_given_up_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.jsonl");
    std::fs::write(&file, (0..50).map(|at| line(&format!("e-{at}"))).collect::<String>()).unwrap();
    // Five were settled when it ended.
    let (gateway, remote) = (Gateway::default(), "http://127.0.0.1:1");
    let job = Job::of(&file, remote, false).unwrap();
    let mut ledger = Ledger::open(Some(job.clone()), Position::default(), None, true, None).unwrap();
    let receipt = Receipt::default();
    let accepted = ledger::Outcome::Accepted { receipt: &receipt, resent: false };
    let end = |lines: u64| (0..lines).map(|at| line(&format!("e-{at}")).len() as u64).sum();
    ledger.settle(5, end(5), &accepted).unwrap();
    ledger.close(false).unwrap();
    let kept = Position::load(&job).unwrap();
    assert_eq!((kept.line, kept.bytes), (5, end(5)));
    // What is read then begins with the sixth.
    let mut lines = lines::read(Some(&file), (kept.line, kept.bytes), false).unwrap();
    let Some(lines::Step::Line(first)) = lines.recv().await else { panic!("no line") };
    assert_eq!((first.number, first.content.unwrap().id.as_str()), (6, "e-5"));
    // Another hub knows nothing of it, and gets all.
    gateway.log.lock().unwrap().streams = 10;
    assert_eq!(push(&gateway, &file, &["--json"]).await, ExitCode::SUCCESS);
    assert_eq!(gateway.log.lock().unwrap().order.len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_never_answers_is_given_up_with_its_address() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.jsonl");
    std::fs::write(&file, line("a")).unwrap();
    let words = [
        "samflyt",
        "--endpoint",
        "http://127.0.0.1:1",
        "push",
        file.to_str().unwrap(),
        "--retry-minutes",
        "0",
    ];
    let cli = Cli::try_parse_from(words).unwrap();
    let error = cli.command.run(cli.remote).await.unwrap_err().to_string();
    assert!(error.contains("given up: no hub answers gRPC at http://127.0.0.1:1"), "{error}");
}

#[test]
fn what_json_writes_can_be_pushed_again() {
    let line = r#"{"specversion":"1.0","id":"e-1","source":"urn:samflyt:system:seljord-gat","tenant":"seljord",
        "dataschema":"urn:samflyt:contract:roster.changed:1.2","type":"no.samflyt.roster.changed","subject":"2026/1",
        "time":"2026-03-01T09:30:00+01:00","traceparent":"00-x","data":{"b": 1.0}}"#;
    let event = samflyt_adapters::cloudevent::parse(line.as_bytes(), true).unwrap();
    let written = crate::cli::json::event(&event).to_string();
    let again = samflyt_adapters::cloudevent::parse(written.as_bytes(), false).unwrap();
    assert_eq!(Event { data: Default::default(), ..again }, Event { data: Default::default(), ..event });
}
