//! Events are posted: to an endpoint that proved itself, signed, in order; one that fails holds back nothing else.

use axum::http::StatusCode;
use prost_types::Duration;
use samflyt::client::Client;
use samflyt::hub::HubConfig;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::SubscriptionState;
use samflyt_proto::delivery::start::At;
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::json;
use tonic::Code;

use super::consumer::Consumer;
use super::endpoint::{Endpoint, accepts};
use super::{CONSUMER, TYPE, publish_cases, status, subscribe, subscription};
use crate::house::House;

fn tenant() -> String {
    SELJORD.tenant.to_owned()
}

pub fn local(config: &mut HubConfig) {
    let webhook = &mut config.delivery.webhook;
    (webhook.allow_private, webhook.allow_http) = (true, true);
}

async fn house() -> House {
    house_with(|_| {}).await
}

pub async fn house_with(adjust: impl FnOnce(&mut HubConfig)) -> House {
    let house = House::start(|config| {
        local(config);
        adjust(config);
    })
    .await;
    house.system(CONSUMER, "seljord", "Visma Flyt").await;
    house.agreement("cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
    house
}

pub fn webhook(id: &str, url: &str) -> pb::Subscription {
    pb::Subscription { webhook: Some(pb::Webhook { url: url.to_owned() }), ..subscription(id) }
}

pub async fn create(client: &Client, subscription: pb::Subscription) -> pb::CreateSubscriptionResponse {
    let start = Some(pb::Start { at: Some(At::Beginning(true)) });
    let request = pb::CreateSubscriptionRequest { subscription: Some(subscription), start };
    client.delivery().create_subscription(request).await.unwrap().into_inner()
}

pub async fn change(
    client: &Client,
    request: pb::ChangeSubscriptionRequest,
) -> Result<pb::Subscription, tonic::Status> {
    let request = pb::ChangeSubscriptionRequest { tenant: tenant(), ..request };
    client.delivery().change_subscription(request).await.map(|done| done.into_inner().subscription.unwrap())
}

pub async fn get(client: &Client, id: &str) -> pb::Subscription {
    let request = pb::GetSubscriptionRequest { tenant: tenant(), id: id.to_owned() };
    client.delivery().get_subscription(request).await.unwrap().into_inner().subscription.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_gets_nothing_before_it_proves_itself_and_then_everything_signed_and_in_order() {
    let house = house().await;
    let client = &house.operator;
    let mut endpoint = Endpoint::start(None).await;
    let made = create(client, webhook("cases", &endpoint.url)).await;
    let of = made.subscription.unwrap();
    assert_eq!(of.state(), SubscriptionState::Unverified);
    assert!(of.because.contains("405") && of.because.contains("WebHook-Allowed-Origin"), "{}", of.because);
    let all = publish_cases(client, 0..30, 5).await;
    let request = pb::VerifySubscriptionRequest { tenant: tenant(), id: "cases".to_owned() };
    let verify = async || {
        client
            .delivery()
            .verify_subscription(request.clone())
            .await
            .unwrap()
            .into_inner()
            .subscription
            .unwrap()
    };
    assert_eq!(verify().await.state(), SubscriptionState::Unverified);
    assert!(endpoint.got.try_recv().is_err(), "it got an event");
    endpoint.answers.send_replace(Some(accepts));
    let of = verify().await;
    assert_eq!((of.state(), of.because.as_str()), (SubscriptionState::Active, ""));
    let mut last = std::collections::BTreeMap::new();
    let mut got = Vec::new();
    while got.len() < all.len() {
        let posted = endpoint.got.recv().await.unwrap();
        assert_eq!(posted.signed_by(&made.secret), 1);
        assert_eq!(posted.header("webhook-id"), format!("seljord/cases/{}", posted.sequence()));
        assert_eq!(posted.header("ce-type"), "no.samflyt.case.opened");
        assert_eq!(posted.header("content-type"), "application/json");
        let case = posted.header("ce-subject").to_owned();
        assert!(last.insert(case, posted.sequence()).is_none_or(|before| before < posted.sequence()));
        got.push(posted.sequence());
    }
    got.sort_unstable();
    assert_eq!(got, all);
    while status(client, "cases").await.position < all[29] {
        tokio::task::yield_now().await;
    }
    // The same again is the same, and its secret is not shown twice.
    assert_eq!(create(client, webhook("cases", &endpoint.url)).await.secret, "");
    // Another address proves itself first; what comes meanwhile waits for it.
    let other = Endpoint::start(None).await;
    let moved = pb::Webhook { url: other.url.clone() };
    let moved =
        pb::ChangeSubscriptionRequest { id: "cases".to_owned(), webhook: Some(moved), ..Default::default() };
    assert_eq!(change(client, moved).await.unwrap().state(), SubscriptionState::Unverified);
    publish_cases(client, 30..31, 5).await;
    // It stays so over a restart.
    let dir = house.hub.end().await;
    let hub = TestHub::start_in(dir, local).await;
    let client = &hub.operator().await;
    assert_eq!(get(client, "cases").await.state(), SubscriptionState::Unverified);
    let mut other = other;
    other.answers.send_replace(Some(accepts));
    client.delivery().verify_subscription(request).await.unwrap();
    let posted = other.got.recv().await.unwrap();
    assert_eq!(posted.signed_by(&made.secret), 1);
    assert!(endpoint.got.try_recv().is_err(), "it went to the address before");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_and_a_consumer_that_is_down_hold_back_only_themselves_and_redriving_empties_the_list() {
    let house = house().await;
    let client = &house.operator;
    let limits = |try_for| {
        let span = |seconds| Some(Duration { seconds, nanos: 0 });
        Some(pb::Limits {
            try_for: span(try_for),
            pause_first: span(1),
            pause_longest: span(1),
            ..Default::default()
        })
    };
    let mut poisoned = Endpoint::start(Some(|case| match case {
        "case-0" => (StatusCode::UNPROCESSABLE_ENTITY, &[]),
        _ => accepts(case),
    }))
    .await;
    let mut down = Endpoint::start(Some(|_| (StatusCode::INTERNAL_SERVER_ERROR, &[]))).await;
    let mut good = Endpoint::start(Some(accepts)).await;
    create(client, pb::Subscription { limits: limits(2), ..webhook("poisoned", &poisoned.url) }).await;
    create(client, pb::Subscription { limits: limits(2), ..webhook("down", &down.url) }).await;
    create(client, webhook("good", &good.url)).await;
    let all = publish_cases(client, 0..40, 10).await;
    let mut got = good.take(40).await;
    got.sort_unstable();
    assert_eq!(got, all, "others are unaffected");
    let mut got = poisoned.take(36).await;
    got.sort_unstable();
    let of_others: Vec<u64> = (0..40).filter(|n| n % 10 != 0).map(|n| all[n]).collect();
    assert_eq!(got, of_others, "other cases are unaffected");
    let wait_for_dead = async |id: &str, count: u32| {
        while status(client, id).await.dead_letters < count {
            tokio::task::yield_now().await;
        }
    };
    wait_for_dead("poisoned", 1).await;
    wait_for_dead("down", 1).await;
    let how = status(client, "down").await;
    assert_eq!(how.last_failure, "the endpoint answered 500 Internal Server Error");
    assert!(how.last_failed_at.is_some() && how.held >= 8, "{how:?}");
    for endpoint in [&poisoned, &down] {
        endpoint.answers.send_replace(Some(accepts));
    }
    for (id, endpoint, missing) in [
        ("poisoned", &mut poisoned, vec![all[0], all[10], all[20], all[30]]),
        ("down", &mut down, all.clone()),
    ] {
        let redrive = pb::RedriveDeadLettersRequest { tenant: tenant(), id: id.to_owned(), which: None };
        let redriven = client.delivery().redrive_dead_letters(redrive).await.unwrap().into_inner().redriven;
        assert!(redriven >= 1, "{id}");
        let mut got = endpoint.take(missing.len()).await;
        got.sort_unstable();
        assert_eq!(got, missing, "{id}");
        while status(client, id).await.held > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(status(client, id).await.dead_letters, 0, "{id}");
    }
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_pauses_its_subscription_and_goes_on_with_the_same_event() {
    let house = house().await;
    let client = &house.operator;
    let mut endpoint = Endpoint::start(Some(|_| (StatusCode::GONE, &[]))).await;
    create(client, webhook("cases", &endpoint.url)).await;
    let all = publish_cases(client, 0..3, 1).await;
    while get(client, "cases").await.state() != SubscriptionState::Paused {
        tokio::task::yield_now().await;
    }
    let of = get(client, "cases").await;
    assert!(of.because.starts_with("the endpoint answered 410 Gone"), "{}", of.because);
    assert_eq!(of.changed_by, "samflyt");
    let first = endpoint.got.recv().await.unwrap();
    assert_eq!(first.sequence(), all[0]);
    endpoint.answers.send_replace(Some(accepts));
    let active = SubscriptionState::Active.into();
    let again = pb::ChangeSubscriptionRequest { id: "cases".to_owned(), state: active, ..Default::default() };
    assert_eq!(change(client, again).await.unwrap().because, "");
    assert_eq!(endpoint.take(3).await, all);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_rotate_with_an_overlap_in_which_both_sign() {
    let house = house().await;
    let client = &house.operator;
    let mut endpoint = Endpoint::start(Some(accepts)).await;
    let first = create(client, webhook("cases", &endpoint.url)).await.secret;
    let rotate = async |seconds| {
        let overlap = Some(Duration { seconds, nanos: 0 });
        let request = pb::RotateSecretRequest { tenant: tenant(), id: "cases".to_owned(), overlap };
        client.delivery().rotate_secret(request).await.map(|answer| answer.into_inner().secret)
    };
    let second = rotate(60).await.unwrap();
    publish_cases(client, 0..1, 1).await;
    let posted = endpoint.got.recv().await.unwrap();
    assert_eq!((posted.signed_by(&first), posted.signed_by(&second)), (1, 1));
    let third = rotate(0).await.unwrap();
    publish_cases(client, 1..2, 1).await;
    let posted = endpoint.got.recv().await.unwrap();
    let by = [&first, &second, &third].map(|secret| posted.signed_by(secret));
    assert_eq!(by, [0, 0, 1]);
    assert!(rotate(31 * 24 * 3_600).await.unwrap_err().message().contains("/overlap"));
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_webhook_is_named_and_it_is_not_fetched() {
    let house = house().await;
    let client = &house.operator;
    let request =
        |url: &str| pb::CreateSubscriptionRequest { subscription: Some(webhook("cases", url)), start: None };
    let wrong = client.delivery().create_subscription(request("ftp://flyt.example.no")).await.unwrap_err();
    assert!(wrong.message().contains("/subscription/webhook/url"), "{wrong}");
    let endpoint = Endpoint::start(Some(accepts)).await;
    create(client, webhook("cases", &endpoint.url)).await;
    let other = client.delivery().create_subscription(request("http://127.0.0.1:1/")).await.unwrap_err();
    assert_eq!(other.code(), Code::AlreadyExists);
    let fetched = Consumer::start(client, "cases", 0).await.err().unwrap();
    assert!(fetched.code() == Code::InvalidArgument && fetched.message().contains("/start/id"), "{fetched}");
    subscribe(client, subscription("fetched"), At::Now(true)).await;
    let id = "fetched".to_owned();
    let rotate = pb::RotateSecretRequest { tenant: tenant(), id: id.clone(), overlap: None };
    let verify = pb::VerifySubscriptionRequest { tenant: tenant(), id: id.clone() };
    let webhook = Some(pb::Webhook { url: endpoint.url.clone() });
    let moved = pb::ChangeSubscriptionRequest { id, webhook, ..Default::default() };
    for refused in [
        client.delivery().rotate_secret(rotate).await.unwrap_err(),
        client.delivery().verify_subscription(verify).await.unwrap_err(),
        change(client, moved).await.unwrap_err(),
    ] {
        assert!(
            refused.code() == Code::InvalidArgument && refused.message().contains("no webhook"),
            "{refused}"
        );
    }
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unless_it_is_allowed_nothing_is_posted_without_tls_or_to_an_address_that_is_not_public() {
    let house = super::house().await;
    let client = &house.operator;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for (url, told) in [
        (format!("http://localhost:{port}/"), "does not begin with `https://`"),
        (format!("https://127.0.0.1:{port}/"), "is an address that is not public"),
        (format!("https://[::ffff:7f00:1]:{port}/"), "is an address that is not public"),
    ] {
        let request =
            pb::CreateSubscriptionRequest { subscription: Some(webhook("cases", &url)), start: None };
        let refused = client.delivery().create_subscription(request).await.unwrap_err();
        let is_named = refused.message().contains("/subscription/webhook/url");
        assert!(is_named && refused.message().contains(told), "{url}: {refused}");
    }
    // Where a name leads is known when it is looked up.
    let of =
        create(client, webhook("cases", &format!("https://localhost:{port}/"))).await.subscription.unwrap();
    assert_eq!(of.state(), SubscriptionState::Unverified);
    assert!(of.because.contains("allow_private"), "{}", of.because);
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "it was connected to");
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_posted_under_names_of_its_own_and_ends_by_itself() {
    let house = house().await;
    let client = &house.operator;
    let mut endpoint = Endpoint::start(Some(accepts)).await;
    create(client, webhook("cases", &endpoint.url)).await;
    let all = publish_cases(client, 0..3, 1).await;
    assert_eq!(endpoint.take(3).await, all);
    let request = pb::ReplayEventsRequest {
        tenant: tenant(),
        id: "cases".to_owned(),
        from: Some(pb::Start { at: Some(At::Beginning(true)) }),
        ..Default::default()
    };
    let replay = client.delivery().replay_events(request).await.unwrap().into_inner().replay;
    for sequence in all {
        let posted = endpoint.got.recv().await.unwrap();
        assert_eq!((posted.sequence(), posted.header("samflyt-replay")), (sequence, replay.as_str()));
        assert_eq!(posted.header("webhook-id"), format!("seljord/{replay}/{sequence}"));
    }
    while get(client, &replay).await.state() != SubscriptionState::Ended {
        tokio::task::yield_now().await;
    }
    house.hub.end().await;
}
