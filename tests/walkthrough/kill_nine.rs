//! Promise 1: nothing acknowledged is lost by a kill.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use samflyt::client::Client;
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, register};
use tokio::sync::watch;

use crate::answers::{settled, status_at};
use crate::process::HubProcess;

const KILLS: usize = 20;
const SEED: u64 = 22;

/// Publishes until the connection breaks; notes and counts what was acknowledged.
async fn push(
    client: Client,
    from: u64,
    acknowledged: &mut BTreeMap<String, u64>,
    count: &watch::Sender<u64>,
) -> u64 {
    let requests = (from..).map(|n| request(event(SELJORD, &format!("e-{n}"), &format!("case-{}", n % 11))));
    let requests = futures::stream::iter(requests);
    let Ok(answers) = client.gateway().publish_events(requests).await else { return from };
    let mut answers = answers.into_inner();
    let mut next = from;
    while let Ok(Some(answer)) = answers.message().await {
        let id = answer.event_id.clone();
        match settled(answer) {
            Ok(receipt) => {
                let first = acknowledged.entry(id).or_insert(receipt.sequence);
                assert_eq!(*first, receipt.sequence, "the same event was answered with another sequence");
                next += 1;
                count.send_modify(|count| *count += 1);
            }
            Err(reason) => {
                assert_eq!(reason, "LOG_UNAVAILABLE");
                return next;
            }
        }
    }
    next
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_event_is_there_once_after_twenty_kills_of_hub_and_broker() {
    let dir = tempfile::tempdir().unwrap();
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut acknowledged = BTreeMap::new();
    let mut next = 0;
    for round in 0..KILLS {
        let hub = HubProcess::start(dir.path(), &[]).await;
        if round == 0 {
            register(&hub.operator().await, SELJORD).await;
        }
        let client = hub.operator().await;
        let (count, mut counted) = watch::channel(0);
        let killed_after = chance.random_range(1..300);
        let pushing = push(client, next, &mut acknowledged, &count);
        let killing = async {
            counted.wait_for(|count| *count >= killed_after).await.unwrap();
            hub.kill().await;
        };
        (next, ()) = tokio::join!(pushing, killing);
    }
    assert!(
        acknowledged.len() > KILLS * 10,
        "only {} were acknowledged: the kills came too early",
        acknowledged.len()
    );

    let hub = HubProcess::start(dir.path(), &[]).await;
    let log = hub.log().await;
    let last = log.state("EVENTS_seljord").await.unwrap().unwrap().last;
    let mut follower =
        log.follow(samflyt_log::Follow { stream: "EVENTS_seljord".to_owned(), after: 0, headers_only: true });
    let mut found = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for _ in 0..last {
        let entry = follower.next().await;
        let id = entry.header("ce-id").unwrap().to_owned();
        if found.insert(id.clone(), entry.sequence).is_some() {
            twice.insert(id);
        }
    }
    assert!(twice.is_empty(), "in the log more than once: {twice:?}");
    for (id, sequence) in &acknowledged {
        assert_eq!(found.get(id), Some(sequence), "{id} was acknowledged and is not where it was");
    }
    let status = status_at(&hub.operator().await, "seljord", last).await;
    assert_eq!(status.tenants[0].events, last, "lineage counts what the log holds");
    hub.kill().await;
}
