//! Several hubs on one broker.

use std::time::Duration;

use samflyt_protection::{Classes, Person, pseudonym_of};
use serde_json::json;

use crate::harness::{Hub, Town, family_plan, number};

const ROUNDS: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hubs_that_meet_a_person_at_once_end_with_one_key() {
    let town = Town::start().await;
    let hubs = [town.hub("seljord").await, town.hub("seljord").await, town.hub("seljord").await];
    for nth in 0..20 {
        let data = json!({"applicant": number(nth), "name": "Kari"});
        let plan = family_plan("case");
        let event = format!("sys/{nth}");
        let sealed =
            futures::future::join_all(hubs.iter().map(|hub| hub.protect(&data, &plan, &event))).await;
        let first = pseudonym_of(&sealed[0].0["applicant"]);
        assert!(sealed.iter().all(|(sealed, _)| pseudonym_of(&sealed["applicant"]) == first));
        for hub in &hubs {
            assert_eq!(hub.reveal(&sealed[1].0, &event).await.unwrap().data, data);
        }
    }
    let keys = town.bucket("seljord").await.info_with_subjects("$KV.KEYS_seljord.k.>").await.unwrap();
    let keys: Vec<_> = futures::StreamExt::collect(keys).await;
    assert_eq!(keys.len(), 20, "the losers' keys are gone");
    for hub in hubs {
        hub.stop().await;
    }
}

async fn soon(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    });
    assert!(waited.await.is_ok(), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_hub_erases_leaves_the_others_cache() {
    let town = Town::start().await;
    let (one, other) = (town.hub("seljord").await, town.hub("seljord").await);
    let data = json!({"applicant": number(0), "name": "Kari"});
    let (sealed, _) = other.protect(&data, &family_plan("case"), "sys/1").await;
    assert_eq!(other.reveal(&sealed, "sys/1").await.unwrap().data, data, "it is cached");
    one.protection.erase(&Person::National(number(0)), Classes::All).await.unwrap();
    assert!(!one.reveal(&sealed, "sys/1").await.unwrap().erased.is_empty());
    soon("the other hub hears of it", async || {
        other.reveal(&sealed, "sys/1").await.unwrap().erased == ["/applicant", "/name"]
    })
    .await;
    let (again, _) = other.protect(&data, &family_plan("case"), "sys/2").await;
    assert_ne!(pseudonym_of(&again["applicant"]), pseudonym_of(&sealed["applicant"]));
    one.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_reveals_nothing_from_the_cache() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let data = json!({"applicant": number(0), "name": "Kari"});
    let (sealed, _) = hub.protect(&data, &family_plan("case"), "sys/1").await;
    town.broker.kill().await;
    soon("it is missed", async || hub.reveal(&sealed, "sys/1").await.is_err()).await;
    town.broker.start_again().await.unwrap();
    soon("it is back", async || hub.reveal(&sealed, "sys/1").await.is_ok()).await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_and_events_at_the_same_time_never_leave_half_a_person() {
    let town = Town::start().await;
    let uncached = Hub::uncached(town.open("seljord", None).await.unwrap());
    let hubs: [Hub; 2] = [town.hub("seljord").await, uncached];
    let plan = family_plan("case");
    let data = json!({"applicant": number(0), "name": "Kari", "address": "Storgata 1"});
    let (mut whole, person) = (0, Person::National(number(0)));
    for round in 0..ROUNDS {
        let publish = async |hub: usize| {
            let mut sealed = Vec::new();
            for nth in 0..8 {
                let event = format!("sys/{round}-{hub}-{nth}");
                sealed.push((hubs[hub].protect(&data, &plan, &event).await, event));
            }
            sealed
        };
        let erase = async {
            // One question to the broker later in each round, so that it meets an event at every step of its way.
            for _ in 0..round {
                hubs[0].protection.known(&person).await.unwrap();
            }
            hubs[round % 2].protection.erase(&person, Classes::All).await
        };
        let (one, two, erased) = futures::join!(publish(0), publish(1), erase);
        erased.unwrap();
        for ((sealed, protected), event) in one.iter().chain(&two) {
            assert_eq!(protected.persons.len(), 1);
            for hub in &hubs {
                let revealed = hub.reveal(sealed, event).await.unwrap();
                let erased = revealed.erased.len();
                assert!(erased == 3 || (erased == 0 && revealed.data == data), "{:?}", revealed.erased);
                whole += usize::from(erased == 0);
            }
        }
    }
    assert!(whole > 0 && whole < ROUNDS * 16 * 2, "both came about: {whole}");
    hubs[0].protection.erase(&Person::National(number(0)), Classes::All).await.unwrap();
    assert_eq!(hubs[1].protection.known(&Person::National(number(0))).await.unwrap(), None);
    for hub in hubs {
        hub.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hubs_that_meet_a_tenant_at_once_end_with_one_key_store() {
    let town = Town::start().await;
    for nth in 0..5 {
        let tenant = format!("tenant-{nth}");
        let opened = futures::future::join_all((0..3).map(|_| town.hub(&tenant))).await;
        let data = json!({"applicant": number(0), "name": "Kari"});
        let (sealed, protected) = opened[0].protect(&data, &family_plan("case"), "sys/1").await;
        for hub in opened {
            assert_eq!(hub.reveal(&sealed, "sys/1").await.unwrap().data, data);
            hub.stop().await;
        }
        assert!(town.open(&tenant, Some(protected.position)).await.is_ok());
    }
}
