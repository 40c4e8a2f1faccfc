//! Posting to endpoints that behave as endpoints do: a server that writes what it is told to, byte by byte.

use std::sync::Arc;
use std::time::{Duration, Instant};

use samflyt_events::delivery::{Filter, Form, Limits, Secret, State, Webhook};
use samflyt_events::{DigestKey, SystemId};
use samflyt_log::Entry;
use samflyt_runtime::clock::FixedClock;
use time::macros::datetime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::answer::Outcome;
use super::*;
use crate::cursor::Sending;
use crate::desk::Outgoing;

const NOW: OffsetDateTime = datetime!(2026-03-02 8:00 UTC);

/// What an endpoint does with a request.
#[derive(Clone, Copy)]
enum Does {
    Answers(&'static str),
    AnswersAfter(Duration, &'static str),
    /// A body without an end.
    Endless(&'static str),
    /// The head, and then nothing.
    Stalls(&'static str),
    Closes,
}

struct Server {
    url: String,
    requests: mpsc::UnboundedReceiver<String>,
    _serving: JoinSet<()>,
}

impl Server {
    async fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::unbounded_channel();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let sender = sender.clone();
                connections.spawn(async move {
                    // Whoever posts may have gone.
                    let _ = answer(stream, does, &sender).await;
                });
            }
        });
        Self { url, requests, _serving: serving }
    }
}

async fn answer(
    mut stream: TcpStream,
    does: Does,
    requests: &mpsc::UnboundedSender<String>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let is_whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        body.len() >= length.map_or(0, |length| length.parse().unwrap())
    };
    while !is_whole(&request) {
        let mut part = [0; 4_096];
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&part[..read]);
    }
    let _ = requests.send(String::from_utf8_lossy(&request).into_owned());
    match does {
        Does::Answers(text) => stream.write_all(text.as_bytes()).await?,
        Does::AnswersAfter(pause, text) => {
            tokio::time::sleep(pause).await;
            stream.write_all(text.as_bytes()).await?;
        }
        Does::Endless(head) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(b"400\r\n").await?;
                stream.write_all(&[b'x'; 0x400]).await?;
                stream.write_all(b"\r\n").await?;
            }
        }
        Does::Stalls(head) => {
            stream.write_all(head.as_bytes()).await?;
            std::future::pending::<()>().await;
        }
        Does::Closes => {}
    }
    Ok(())
}

fn by_config(config: WebhookConfig) -> Webhooks {
    Webhooks::new(config, &DigestKey::new(&[1; 32]), Arc::new(FixedClock::new(NOW)))
}

fn webhooks(timeout_ms: u32) -> Webhooks {
    let config =
        WebhookConfig { timeout_ms, allow_private: true, allow_http: true, ..WebhookConfig::default() };
    by_config(config)
}

fn subscription(webhooks: &Webhooks, url: &str) -> Subscription {
    let tenant = TenantId::new("seljord").unwrap();
    let secret = webhooks.seal.make(&tenant, "cases").unwrap();
    let secrets = vec![Secret { sealed: secret.sealed, until: None }];
    Subscription {
        id: "cases".to_owned(),
        consumer: SystemId::new("seljord-visma").unwrap(),
        filter: Filter::default(),
        from: 1,
        form: Form::Webhook(Webhook { url: url.to_owned(), verified: true, secrets }),
        limits: Limits { pause_longest_s: 600, ..Limits::of_webhook() },
        state: State::Active,
        replay: None,
        because: None,
        by: "964963282".to_owned(),
        at: NOW,
    }
}

fn outgoing(lane: &str) -> Outgoing {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "e-1"),
        ("ce-source", "urn:samflyt:system:seljord-acos"),
        ("ce-type", "no.samflyt.case.opened"),
        ("ce-subject", "sak%2017"),
        ("ce-time", "2026-03-02T07:00:00Z"),
        ("ce-datacontenttype", "application/json"),
        ("ce-tenant", "seljord"),
        ("ce-correlationid", "a"),
        ("ce-backfill", "true"),
        ("ce-digest", "0123456789abcdef0123456789abcdef"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let entry =
        Entry::new("events.seljord.case.opened.seljord-acos.e", 7, NOW, 0, headers, r#"{"case":"17"}"#);
    let sending = Sending { entry: Arc::new(entry), attempt: 2, redelivery: true };
    Outgoing { sending, lane: lane.to_owned() }
}

async fn post(webhooks: &Webhooks, of: &Subscription, lane: &str) -> Outcome {
    let endpoint = webhooks.endpoint(&TenantId::new("seljord").unwrap(), of).unwrap();
    let outgoing = outgoing(lane);
    let event = outgoing.sending.entry.event().unwrap();
    webhooks.post(&endpoint, &outgoing, &event).await
}

/// What comes of posting to an endpoint that does so.
async fn posted(does: Does) -> Outcome {
    let server = Server::start(does).await;
    let webhooks = webhooks(700);
    let of = subscription(&webhooks, &server.url);
    let begun = Instant::now();
    let outcome = post(&webhooks, &of, "").await;
    assert!(begun.elapsed() < Duration::from_secs(4), "it took {:?}", begun.elapsed());
    outcome
}

fn reason(outcome: Outcome) -> (String, Option<i64>) {
    match outcome {
        Outcome::Failed { reason, after } => (reason, after.map(time::Duration::whole_seconds)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whatever_an_endpoint_does_it_is_known_within_its_time_what_became_of_the_event() {
    let ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for does in [
        Does::Answers(ok),
        Does::Answers("HTTP/1.1 204 No Content\r\n\r\n"),
        Does::AnswersAfter(Duration::from_millis(100), ok),
        Does::Endless(chunked),
        Does::Stalls("HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\n"),
    ] {
        assert_eq!(posted(does).await, Outcome::Delivered);
    }
    let late = posted(Does::AnswersAfter(Duration::from_secs(3_600), ok)).await;
    assert_eq!(reason(late).0, "the endpoint did not answer within 0.7 s");
    let failed = Does::Answers("HTTP/1.1 500 X\r\ncontent-length: 27\r\n\r\nno room for 01819012345 now");
    let told = "the endpoint answered 500 Internal Server Error: no room for … now";
    assert_eq!(reason(posted(failed).await), (told.to_owned(), None));
    let endless = Does::Endless("HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n");
    let (told, _) = reason(posted(endless).await);
    assert!(told.ends_with(&"x".repeat(200)) && told.len() < 260, "{told}");
    let garbage = Does::Answers("\x00\x01 this is no HTTP at all\r\n\r\n");
    let (told, _) = reason(posted(garbage).await);
    assert!(told.starts_with("the endpoint gave no answer that can be read: "), "{told}");
    let (told, _) = reason(posted(Does::Closes).await);
    assert!(told.starts_with("the endpoint gave no answer that can be read: "), "{told}");
    let gone = posted(Does::Answers("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")).await;
    let Outcome::Gone(told) = gone else { panic!("{gone:?}") };
    assert!(told.starts_with("the endpoint answered 410 Gone: the subscription is paused"), "{told}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_leads() {
    let mut other = Server::start(Does::Answers("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let text = format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", other.url);
        let (told, _) = reason(posted(Does::Answers(text.leak())).await);
        assert!(told.contains("redirects are not followed"), "{told}");
    }
    assert!(other.requests.try_recv().is_err(), "it was followed");
}

#[tokio::test]
async fn a_pause_that_an_endpoint_asks_for_is_kept_up_to_the_longest() {
    for (text, pause) in [
        ("HTTP/1.1 429 X\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n", Some(120)),
        (
            "HTTP/1.1 503 X\r\nretry-after: Mon, 02 Mar 2026 08:01:30 GMT\r\ncontent-length: 0\r\n\r\n",
            Some(90),
        ),
        ("HTTP/1.1 503 X\r\nretry-after: 999999999\r\ncontent-length: 0\r\n\r\n", Some(600)),
        (
            "HTTP/1.1 503 X\r\nretry-after: Mon, 02 Mar 2026 07:00:00 GMT\r\ncontent-length: 0\r\n\r\n",
            Some(0),
        ),
        ("HTTP/1.1 429 X\r\nretry-after: soon\r\ncontent-length: 0\r\n\r\n", None),
        ("HTTP/1.1 500 X\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n", None),
    ] {
        assert_eq!(reason(posted(Does::Answers(text)).await).1, pause, "{text}");
    }
}

#[tokio::test]
async fn nobody_there_a_name_of_nobody_and_a_private_address_are_told_apart() {
    let webhooks = webhooks(700);
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let of = subscription(&webhooks, &format!("http://{closed}/"));
    let (told, _) = reason(post(&webhooks, &of, "").await);
    assert!(told.starts_with("no connection to the endpoint: ") && told.contains("refused"), "{told}");
    let strict = WebhookConfig { allow_http: true, ..WebhookConfig::default() };
    let strict = by_config(strict);
    let mut server = Server::start(Does::Answers("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let of = subscription(&strict, &server.url.replace("127.0.0.1", host));
        let (told, _) = reason(post(&strict, &of, "").await);
        assert!(told.contains("delivery.webhook.allow_private"), "{told}");
        assert!(
            strict
                .verify(&server.url.replace("127.0.0.1", host))
                .await
                .unwrap_err()
                .contains("allow_private")
        );
    }
    assert!(server.requests.try_recv().is_err(), "it was connected to");
}

#[tokio::test]
async fn a_request_is_a_cloud_event_with_an_id_that_tries_share_and_every_secret_that_holds_signs_it() {
    let mut server = Server::start(Does::Answers("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let webhooks = webhooks(700);
    let mut of = subscription(&webhooks, &server.url);
    assert_eq!(post(&webhooks, &of, "").await, Outcome::Delivered);
    let request = server.requests.recv().await.unwrap();
    for line in [
        "POST /events HTTP/1.1",
        "content-type: application/json",
        "ce-specversion: 1.0",
        "ce-id: e-1",
        "ce-subject: sak%2017",
        "ce-backfill: true",
        "webhook-id: seljord/cases/7",
        "webhook-timestamp: 1772438400",
        "samflyt-sequence: 7",
        "samflyt-attempt: 2",
        "samflyt-redelivery: true",
        r#"{"case":"17"}"#,
    ] {
        assert!(request.lines().any(|one| one == line), "{line} is not in {request}");
    }
    assert!(!request.contains("ce-digest") && !request.contains("ce-datacontenttype"), "{request}");
    let signatures = |request: &str| {
        let line = request.lines().find_map(|line| line.strip_prefix("webhook-signature: "));
        line.unwrap().split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let first = signatures(&request);
    let tenant = TenantId::new("seljord").unwrap();
    let rotate =
        |until| WebhookChange::Rotate { sealed: webhooks.seal.make(&tenant, "cases").unwrap().sealed, until };
    change_webhook(&mut of, rotate(NOW + time::Duration::HOUR)).unwrap();
    post(&webhooks, &of, "").await;
    let both = signatures(&server.requests.recv().await.unwrap());
    assert!(both.len() == 2 && both[1] == first[0] && both[0] != both[1], "{both:?}");
    // The overlap is over: the moment itself does not belong to it.
    change_webhook(&mut of, rotate(NOW)).unwrap();
    post(&webhooks, &of, "cases~1").await;
    let request = server.requests.recv().await.unwrap();
    assert_eq!(signatures(&request).len(), 1);
    assert!(request.contains("webhook-id: seljord/cases~1/7") && request.contains("samflyt-replay: cases~1"));
}

#[tokio::test]
async fn an_endpoint_proves_itself_by_naming_the_hub_and_what_is_missing_is_said() {
    for (answer, told) in [
        ("HTTP/1.1 200 OK\r\nwebhook-allowed-origin: samflyt\r\n", None),
        ("HTTP/1.1 200 OK\r\nwebhook-allowed-origin: other.example\r\nwebhook-allowed-origin: *\r\n", None),
        ("HTTP/1.1 200 OK\r\n", Some("has no `WebHook-Allowed-Origin`")),
        ("HTTP/1.1 200 OK\r\nwebhook-allowed-origin: other.example\r\n", Some("does not name `samflyt`")),
        ("HTTP/1.1 405 No\r\nwebhook-allowed-origin: samflyt\r\n", Some("answered OPTIONS with 405")),
        ("HTTP/1.1 301 No\r\nwebhook-allowed-origin: samflyt\r\n", Some("answered OPTIONS with 301")),
    ] {
        let text = format!("{answer}content-length: 0\r\n\r\n").leak();
        let mut server = Server::start(Does::Answers(text)).await;
        let verified = webhooks(700).verify(&server.url).await;
        match told {
            None => assert_eq!(verified, Ok(()), "{answer}"),
            Some(told) => {
                let why = verified.unwrap_err();
                assert!(why.contains(told) && why.contains("VerifySubscription"), "{why}");
            }
        }
        let request = server.requests.recv().await.unwrap();
        assert!(
            request.starts_with("OPTIONS /events ") && request.contains("webhook-request-origin: samflyt")
        );
    }
}

#[test]
fn a_secret_that_does_not_open_and_an_address_that_is_not_allowed_any_more_are_reasons_to_fail() {
    let webhooks = webhooks(700);
    let mut of = subscription(&webhooks, "http://127.0.0.1:1/");
    of.id = "another".to_owned();
    let why = |webhooks: &Webhooks, of: &Subscription| {
        webhooks.endpoint(&TenantId::new("seljord").unwrap(), of).unwrap().ready.as_ref().err().cloned()
    };
    assert!(why(&webhooks, &of).unwrap().contains("RotateSecret"));
    of.id = "cases".to_owned();
    assert_eq!(why(&webhooks, &of), None);
    assert!(why(&by_config(WebhookConfig::default()), &of).unwrap().contains("delivery.webhook.allow_http"));
}

#[tokio::test]
async fn a_machine_without_certificate_authorities_says_so_where_something_is_to_be_posted() {
    let webhooks = Webhooks { client: Err("there are none".to_owned()), ..webhooks(700) };
    let url = "http://127.0.0.1:1/";
    assert_eq!(reason(post(&webhooks, &subscription(&webhooks, url), "").await).0, "there are none");
    assert_eq!(webhooks.verify(url).await, Err("there are none".to_owned()));
}
