//! How systems enter by auth callout, and what the hub's side of `ingest.>` can know about them.
//!
//! Findings about nats-server that the gateway stands on; each is a test, so that a new version cannot change it unseen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../samflyt-gateway/src/nats/user_jwt.rs"]
#[allow(dead_code)]
mod user_jwt;

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::{Client, Message};
use futures::StreamExt;
use samflyt_runtime::broker::{Broker, BrokerOptions};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use user_jwt::{UserPermissions, decode_request, sign_response};

const TOKEN: &str = "good";
const NAME: &str = "vinje-agresso";
const OWN_NAME: &str = "calls itself something else";
/// A system's inbox prefix, which its permissions name.
const INBOX: &str = "_INBOX_agresso";
const INFO: &str = "Nats-Request-Info";
const FORGED: &str = r#"{"acc":"SYSTEMS","user":"someone-else"}"#;

struct Hub {
    _dir: tempfile::TempDir,
    broker: Broker,
    /// What serves; not what answers callouts.
    client: Client,
    responder: tokio::task::JoinHandle<()>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.responder.abort();
    }
}

/// A broker, and someone who answers its callouts.
#[expect(clippy::disallowed_methods, reason = "the task is aborted with the hub")]
async fn hub() -> Hub {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::start(BrokerOptions::in_dir(dir.path())).await.unwrap();
    let access = broker.access();
    let client = access.hub().connect(&access.url).await.unwrap();
    let answering = access.hub().connect(&access.url).await.unwrap();
    let responder = tokio::task::spawn(answer_callouts(answering, access.auth_issuer_seed.clone()));
    // Until the subscription is known to the server, systems are refused.
    while system(&broker, TOKEN).await.is_err() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Hub { _dir: dir, broker, client, responder }
}

async fn answer_callouts(client: Client, seed: String) {
    let mut questions = client.subscribe("$SYS.REQ.USER.AUTH").await.unwrap();
    while let Some(question) = questions.next().await {
        let request = decode_request(std::str::from_utf8(&question.payload).unwrap()).unwrap();
        let answer = if request.bearer_token.as_deref() == Some(TOKEN) {
            Ok(permissions())
        } else {
            Err("no such token".to_owned())
        };
        let now: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);
        let response = sign_response(&seed, &request, answer, now).unwrap();
        client.publish(question.reply.unwrap(), response.into()).await.unwrap();
    }
}

fn permissions() -> UserPermissions {
    UserPermissions {
        account: "SYSTEMS".to_owned(),
        name: NAME.to_owned(),
        publish: vec!["ingest.a.b".to_owned()],
        subscribe: vec![format!("{INBOX}.>")],
        expires_at: None,
    }
}

async fn system(broker: &Broker, token: &str) -> Result<Client, async_nats::ConnectError> {
    async_nats::ConnectOptions::with_token(token.to_owned())
        .name(OWN_NAME)
        .custom_inbox_prefix(INBOX)
        .request_timeout(Some(Duration::from_millis(500)))
        .connect(&broker.access().url)
        .await
}

/// A subscription of the hub's that the server is known to have.
async fn serve(hub: &Hub, subject: &'static str) -> async_nats::Subscriber {
    let subscriber = hub.client.subscribe(subject).await.unwrap();
    hub.client.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    subscriber
}

async fn next(subscriber: &mut async_nats::Subscriber) -> Option<Message> {
    tokio::time::timeout(Duration::from_millis(500), subscriber.next()).await.ok().flatten()
}

fn infos(message: &Message) -> Vec<Value> {
    let headers = message.headers.as_ref().unwrap();
    headers.get_all(INFO).map(|value| serde_json::from_str(value.as_str()).unwrap()).collect()
}

/// The users whom the message's request infos name, in their order.
fn users(message: &Message) -> Vec<String> {
    infos(message).iter().map(|info| info["user"].as_str().unwrap().to_owned()).collect()
}

fn connects(client: &Client) -> u64 {
    client.statistics().connects.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_system_with_a_good_token_gets_in_and_one_with_a_bad_token_does_not() {
    let hub = hub().await;
    assert!(system(&hub.broker, TOKEN).await.is_ok());
    assert!(system(&hub.broker, "bad").await.is_err());
    assert!(async_nats::connect(&hub.broker.access().url).await.is_err());
}

/// A system that speaks the protocol itself: a client library would refuse some of what an attacker sends.
struct RawSystem(tokio::net::TcpStream);

impl RawSystem {
    async fn connect(broker: &Broker, connect: Value) -> Self {
        let address = broker.access().url.strip_prefix("nats://").unwrap();
        let mut raw = Self(tokio::net::TcpStream::connect(address).await.unwrap());
        raw.send(format!("CONNECT {connect}\r\nPING\r\n").as_bytes()).await;
        raw.until("PONG").await;
        raw
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Publishes an empty message with this header block, as it is.
    async fn publish(&mut self, header: &[u8]) {
        let begin = format!("HPUB ingest.a.b {INBOX}.1 {0} {0}\r\n", header.len());
        self.send(&[begin.as_bytes(), header, b"\r\n"].concat()).await;
    }

    async fn until(&mut self, word: &str) {
        let mut seen = String::new();
        while !seen.contains(word) {
            let mut buffer = [0; 4096];
            let length = self.0.read(&mut buffer).await.unwrap();
            assert!(length > 0, "closed before {word}: {seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }
}

fn connect_options() -> Value {
    json!({"auth_token": TOKEN, "headers": true, "verbose": false, "protocol": 1})
}

#[tokio::test]
async fn a_request_carries_the_name_that_the_hub_gave_the_system() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let client = system(&hub.broker, TOKEN).await.unwrap();
    let (reply, request) = tokio::join!(client.request("ingest.a.b", "event".into()), async {
        let request = next(&mut served).await.unwrap();
        hub.client.publish(request.reply.clone().unwrap(), "accepted".into()).await.unwrap();
        request
    });
    assert_eq!(reply.unwrap().payload, "accepted");
    assert_eq!(request.subject.as_str(), "ingest.a.b");
    let infos = infos(&request);
    assert_eq!(infos.len(), 1);
    assert_eq!(infos[0]["acc"], "SYSTEMS");
    assert_eq!(infos[0]["user"], NAME);
    assert_eq!(infos[0]["name"], OWN_NAME, "what the client calls itself proves nothing");
}

#[tokio::test]
async fn a_message_without_a_reply_subject_carries_it_too() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let client = system(&hub.broker, TOKEN).await.unwrap();
    client.publish("ingest.a.b", "x".into()).await.unwrap();
    let request = next(&mut served).await.unwrap();
    assert_eq!(request.reply, None);
    assert_eq!(infos(&request)[0]["user"], NAME);
}

#[tokio::test]
async fn what_a_system_claims_when_connecting_does_not_become_its_name() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    for mut connect in [
        json!({"user": "someone-else", "pass": TOKEN}),
        json!({"user": "someone-else", "auth_token": TOKEN}),
        json!({"nkey": "someone-else", "auth_token": TOKEN}),
    ] {
        connect["headers"] = json!(true);
        connect["verbose"] = json!(false);
        let mut raw = RawSystem::connect(&hub.broker, connect).await;
        raw.publish(b"NATS/1.0\r\nce-id: 1\r\n\r\n").await;
        let infos = infos(&next(&mut served).await.unwrap());
        assert_eq!((infos.len(), &infos[0]["user"], &infos[0]["acc"]), (1, &json!(NAME), &json!("SYSTEMS")));
    }
}

/// The server takes away a header of this name only where it begins a line after CR LF; async-nats takes a bare LF as
/// the end of a line, too.
#[tokio::test]
async fn the_request_info_can_be_forged_beside_the_servers_own() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let mut raw = RawSystem::connect(&hub.broker, connect_options()).await;
    raw.publish(format!("NATS/1.0\r\n{INFO}: {FORGED}\r\n\r\n").as_bytes()).await;
    assert_eq!(users(&next(&mut served).await.unwrap()), [NAME], "the plain attempt fails");
    raw.publish(format!("NATS/1.0\r\na: b\n{INFO}: {FORGED}\r\n\r\n").as_bytes()).await;
    assert_eq!(users(&next(&mut served).await.unwrap()), ["someone-else", NAME]);
}

/// A header block that does not end as it should swallows the server's own line. So this header proves nothing: who is
/// asking is proved by the subject, which the server holds against the permissions that the callout gave.
#[tokio::test]
async fn the_request_info_can_be_forged_in_place_of_the_servers_own() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let mut raw = RawSystem::connect(&hub.broker, connect_options()).await;
    raw.publish(format!("NATS/1.0\r\na: b\n{INFO}: {FORGED}\nz: qq").as_bytes()).await;
    assert_eq!(users(&next(&mut served).await.unwrap()), ["someone-else"]);
}

/// Neither does the server check headers, nor does async-nats skip what it cannot read.
#[tokio::test]
async fn a_malformed_header_cuts_the_connection_that_hears_it() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let mut raw = RawSystem::connect(&hub.broker, connect_options()).await;
    for header in
        [&b"NATS/1.0\r\nno colon\r\n\r\n"[..], b"NATS/1.0\r\na b: c\r\n\r\n", b"NATS/1.0\r\na: \xff\r\n\r\n"]
    {
        let before = connects(&hub.client);
        raw.publish(header).await;
        assert!(next(&mut served).await.is_none());
        assert_eq!(connects(&hub.client), before + 1);
    }
    raw.publish(b"NATS/1.0\r\na: b\r\n\r\n").await;
    assert!(next(&mut served).await.is_some(), "it comes back by itself");
}

/// It panics, and nobody connects again. The subscription ends, which is how one notices.
#[tokio::test]
async fn a_carriage_return_in_a_header_ends_the_connection_that_hears_it_for_good() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let mut raw = RawSystem::connect(&hub.broker, connect_options()).await;
    raw.publish(b"NATS/1.0\r\na: b\rc\r\n\r\n").await;
    let end = tokio::time::timeout(Duration::from_secs(5), served.next()).await;
    assert!(matches!(end, Ok(None)), "{end:?}");
    assert!(hub.client.flush().await.is_err());
}

#[tokio::test]
async fn a_reply_subject_that_a_system_chose_never_reaches_the_hub() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let mut log = serve(&hub, "events.>").await;
    let client = system(&hub.broker, TOKEN).await.unwrap();
    let chosen = "events.other.case.opened.s.e";
    client.publish_with_reply("ingest.a.b", chosen, "x".into()).await.unwrap();
    let reply = next(&mut served).await.unwrap().reply.unwrap();
    assert!(reply.starts_with("_R_."), "{reply}");
    hub.client.publish(reply, "accepted".into()).await.unwrap();
    assert!(next(&mut log).await.is_none());
}

#[tokio::test]
async fn a_system_may_publish_where_it_is_allowed_to_only() {
    let hub = hub().await;
    let mut served = serve(&hub, "ingest.>").await;
    let client = system(&hub.broker, TOKEN).await.unwrap();
    client.publish("ingest.other.b", "x".into()).await.unwrap();
    assert!(next(&mut served).await.is_none());
}
