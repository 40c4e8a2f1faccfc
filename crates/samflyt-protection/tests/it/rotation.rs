//! A new version of the tenant key.

use samflyt_events::TenantId;
use samflyt_protection::{Classes, Person};
use serde_json::json;

use crate::harness::{Town, family_plan, number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_rotation_the_earlier_version_is_needed_for_nothing() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let plan = family_plan("case");
    let mut events = Vec::new();
    for nth in 0..10 {
        let data = json!({"applicant": number(nth), "name": format!("Kari {nth}")});
        let event = format!("sys/{nth}");
        events.push((hub.protect(&data, &plan, &event).await.0, data, event));
    }
    hub.protection.erase(&Person::National(number(3)), Classes::All).await.unwrap();
    let (tenant, keys) = (TenantId::new("seljord").unwrap(), town.keys());
    assert_eq!(keys.add_version(&tenant).unwrap(), 2);
    let rotation = hub.protection.rotate().await.unwrap();
    assert_eq!((rotation.version, rotation.rewrapped), (2, 9));
    assert_eq!(hub.protection.rotate().await.unwrap().rewrapped, 0);
    keys.retire(&tenant, 1).unwrap();
    hub.stop().await;
    let hub = town.hub("seljord").await;
    for (nth, (sealed, data, event)) in events.iter().enumerate() {
        let revealed = hub.reveal(sealed, event).await.unwrap();
        if nth == 3 {
            assert_eq!(revealed.erased.len(), 2);
        } else {
            assert_eq!(revealed.data, *data);
        }
    }
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_and_an_erasure_at_the_same_time_put_no_key_back() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let (tenant, keys) = (TenantId::new("seljord").unwrap(), town.keys());
    let plan = family_plan("case");
    for nth in 0..30 {
        hub.protect(&json!({"applicant": number(nth)}), &plan, "sys/1").await;
    }
    keys.add_version(&tenant).unwrap();
    let erase = async {
        for nth in 0..30 {
            hub.protection.erase(&Person::National(number(nth)), Classes::All).await.unwrap();
        }
    };
    let (rotation, ()) = futures::join!(hub.protection.rotate(), erase);
    rotation.unwrap();
    let left = town.bucket("seljord").await.info_with_subjects("$KV.KEYS_seljord.k.>").await.unwrap();
    let left: Vec<_> = futures::StreamExt::collect(left).await;
    assert!(left.is_empty(), "{} keys", left.len());
    hub.stop().await;
}
