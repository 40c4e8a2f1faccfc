//! Each way in which an endpoint can fail, beside one that does not.

use std::collections::BTreeSet;

use prost_types::Duration;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::SubscriptionState;

use super::endpoint::{Endpoint, accepts};
use super::faulty::{Does, Faulty};
use super::webhooks::{change, create, get, house_with, webhook};
use super::{publish_cases, status};

/// What an endpoint does, and what is told of it.
const FAULTS: [(&str, Does, &str); 9] = [
    ("late", Does::SaysTooLate, "the endpoint did not answer within 0.7 s"),
    (
        "broken",
        Does::Says("HTTP/1.1 500 X\r\ncontent-length: 4\r\n\r\nfull"),
        "the endpoint answered 500 Internal Server Error: full",
    ),
    (
        "moved",
        Does::Says("HTTP/1.1 301 X\r\nlocation: https://other.example/\r\ncontent-length: 0\r\n\r\n"),
        "the endpoint answered 301 Moved Permanently: redirects are not followed, give the subscription its new address",
    ),
    ("garbage", Does::Says("\x00\x01 no HTTP\r\n\r\n"), "the endpoint gave no answer that can be read"),
    (
        "endless",
        Does::SaysWithoutEnd("HTTP/1.1 502 X\r\ncontent-length: 9999999999\r\n\r\n"),
        "the endpoint answered 502 Bad Gateway: xxx",
    ),
    (
        "headless",
        Does::SaysWithoutEnd("HTTP/1.1 200 OK\r\nx: "),
        "the endpoint gave no answer that can be read",
    ),
    ("closed", Does::Says(""), "the endpoint gave no answer that can be read"),
    (
        "gone",
        Does::Says("HTTP/1.1 410 X\r\ncontent-length: 0\r\n\r\n"),
        "the endpoint answered 410 Gone: the subscription is paused, end it or set it active again",
    ),
    (
        "busy",
        Does::Says("HTTP/1.1 429 X\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n"),
        "the endpoint answered 429 Too Many Requests",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_fail_is_told_and_when_the_endpoint_mends_everything_arrives() {
    let house = house_with(|config| config.delivery.webhook.timeout_ms = 700).await;
    let client = &house.operator;
    let mut endpoints = Vec::new();
    for (id, does, told) in FAULTS {
        let endpoint = Faulty::start(does).await;
        let of = create(client, webhook(id, &endpoint.url)).await.subscription.unwrap();
        assert_eq!(of.state(), SubscriptionState::Active, "{id}: {}", of.because);
        endpoints.push((id, told, endpoint));
    }
    let mut good = Endpoint::start(Some(accepts)).await;
    create(client, webhook("good", &good.url)).await;
    let all = publish_cases(client, 0..6, 3).await;
    let mut got = good.take(6).await;
    got.sort_unstable();
    assert_eq!(got, all, "others are unaffected");
    for (id, told, endpoint) in &mut endpoints {
        let how = loop {
            let how = status(client, id).await;
            if !how.last_failure.is_empty() {
                break how;
            }
            tokio::task::yield_now().await;
        };
        assert!(how.last_failure.starts_with(*told), "{id}: {}", how.last_failure);
        assert!(how.held > 0 && how.last_failed_at.is_some(), "{id}: {how:?}");
        endpoint.mend();
        if *id == "gone" {
            assert_eq!(get(client, id).await.state(), SubscriptionState::Paused);
            let active = SubscriptionState::Active.into();
            let again =
                pb::ChangeSubscriptionRequest { id: (*id).to_owned(), state: active, ..Default::default() };
            change(client, again).await.unwrap();
        }
    }
    for (id, _, mut endpoint) in endpoints {
        let mut accepted = BTreeSet::new();
        while accepted.len() < all.len() {
            accepted.extend(Some(endpoint.next().await).filter(|one| one.accepted).map(|one| one.sequence));
        }
        assert!(accepted.into_iter().eq(all.iter().copied()), "{id}");
    }
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_asks_for_a_pause_is_left_alone_for_so_long() {
    let house = house_with(|_| {}).await;
    let client = &house.operator;
    let asks =
        Does::Says("HTTP/1.1 503 X\r\nretry-after: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let mut endpoint = Faulty::start(asks).await;
    let span = |seconds| Some(Duration { seconds, nanos: 0 });
    // One at a time, so that nothing is on its way already; without the pause it would be tried after a second.
    let limits = Some(pb::Limits {
        in_flight: 1,
        pause_first: span(1),
        pause_longest: span(10),
        ..pb::Limits::default()
    });
    create(client, pb::Subscription { limits, ..webhook("cases", &endpoint.url) }).await;
    let all = publish_cases(client, 0..3, 3).await;
    let refused = endpoint.next().await;
    while status(client, "cases").await.resting_until.is_none() {
        tokio::task::yield_now().await;
    }
    endpoint.mend();
    let first = endpoint.next().await;
    let waited = first.at - refused.at;
    assert!(waited.as_millis() >= 1_900, "it was left alone for {waited:?} only");
    let mut accepted = BTreeSet::from([first.sequence]);
    while accepted.len() < all.len() {
        accepted.insert(endpoint.next().await.sequence);
    }
    assert!(accepted.into_iter().eq(all));
    house.hub.end().await;
}
