//! Erasures that break off: each state that one can leave behind.

use std::sync::Arc;

use samflyt_events::personal::{IdentityPolicy, synthetic};
use samflyt_events::{EntityId, EventRef, TenantId};
use samflyt_log::{Log, LogConfig};
use samflyt_runtime::broker::{Broker, BrokerOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::*;
use crate::seal::{Place, Plan};
use crate::{FileKeys, ProtectionConfig};

async fn log(broker: &Broker) -> Log {
    let access = broker.access();
    let (url, user, password) = (access.url.clone(), access.hub_user.clone(), access.hub_password.clone());
    Log::connect(LogConfig { url, user, password, ..LogConfig::default() }).await.unwrap()
}

async fn open(broker: &Broker, dir: &TempDir) -> Protection {
    let keys = Arc::new(FileKeys::in_folder(dir.path().join("keys")));
    let config = ProtectionConfig { identity_numbers: IdentityPolicy::SyntheticOnly, ..Default::default() };
    let tenant = TenantId::new("seljord").unwrap();
    Protection::open(&log(broker).await, keys, tenant, config, None).await.unwrap()
}

async fn protect(hub: &Protection, person: &Person) -> Value {
    let Person::National(number) = person else { panic!("a number") };
    let mut data = json!({ "applicant": number });
    let (event, entity) = (EventRef::parse("sys/1").unwrap(), EntityId::new("2026/17").unwrap());
    let plan = Plan::new("case", &["/applicant"], &[]).unwrap();
    hub.protect(&mut data, &plan, Place { event: &event, entity: &entity }).await.unwrap();
    data
}

async fn is_erased(hub: &Protection, sealed: &Value) -> bool {
    let event = EventRef::parse("sys/1").unwrap();
    !hub.reveal(sealed.clone(), &event, |_| true).await.unwrap().erased.is_empty()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_broke_off_holds_at_once_and_is_finished_at_the_next_start() {
    let dir = TempDir::new().unwrap();
    let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
    let person = Person::National((0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap());
    // After the note; after the key's bytes were overwritten; after the person's entry was cleared.
    for steps in 0..3 {
        let hub = open(&broker, &dir).await;
        let sealed = protect(&hub, &person).await;
        let lookup = hub.secrets.lookup(&person);
        let held = hub.bucket.get(&Key::Person(lookup)).await.unwrap().unwrap();
        let id = hub.open_record(lookup, &held).unwrap().sealing("case").unwrap();
        assert!(hub.condemn(lookup, id).await.unwrap());
        if steps > 0 {
            hub.bucket.destroy(&Key::Data(id)).await.unwrap();
        }
        if steps > 1 {
            hub.clear_record(lookup, &[id]).await.unwrap();
        }
        assert!(is_erased(&hub, &sealed).await, "{steps}");
        let hub = open(&broker, &dir).await;
        assert!(is_erased(&hub, &sealed).await, "{steps}");
        assert!(hub.bucket.get(&Key::Data(id)).await.unwrap().is_none(), "{steps}");
        assert!(hub.bucket.get(&Key::Person(lookup)).await.unwrap().is_none(), "{steps}");
        assert!(hub.bucket.get(&Key::Erased(id)).await.unwrap().unwrap().value.is_empty(), "{steps}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_while_an_erasure_is_broken_off_is_somebody_new() {
    let dir = TempDir::new().unwrap();
    let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
    let person = Person::National((0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap());
    let hub = open(&broker, &dir).await;
    let before = protect(&hub, &person).await;
    let known = hub.known(&person).await.unwrap().unwrap();
    let lookup = hub.secrets.lookup(&person);
    let held = hub.bucket.get(&Key::Person(lookup)).await.unwrap().unwrap();
    let id = hub.open_record(lookup, &held).unwrap().sealing("case").unwrap();
    hub.condemn(lookup, id).await.unwrap();
    let after = protect(&hub, &person).await;
    assert_ne!(hub.known(&person).await.unwrap().unwrap().pseudonym, known.pseudonym);
    let hub = open(&broker, &dir).await;
    assert!(is_erased(&hub, &before).await && !is_erased(&hub, &after).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_used_up_is_followed_by_another_and_both_die_with_the_person() {
    let dir = TempDir::new().unwrap();
    let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
    let person = Person::National((0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap());
    let hub = Arc::new(open(&broker, &dir).await);
    let (end, tasks) = (CancellationToken::new(), TaskTracker::new());
    let (followed, until) = (Arc::clone(&hub), end.clone());
    tasks.spawn(async move { followed.follow(until).await });
    let holder = (hub.secrets.lookup(&person), "case".into());
    let mut first = protect(&hub, &person).await;
    let key = loop {
        let cached = hub.cache.lock().holder(&holder);
        match cached {
            Some((_, key)) => break key,
            // It is not followed yet.
            None => first = protect(&hub, &person).await,
        }
    };
    key.use_up();
    let second = protect(&hub, &person).await;
    let (_, other) = hub.cache.lock().holder(&holder).unwrap();
    assert_ne!(key.id, other.id);
    assert_eq!(crate::pseudonym_of(&first["applicant"]), crate::pseudonym_of(&second["applicant"]));
    assert!(!is_erased(&hub, &first).await && !is_erased(&hub, &second).await);
    assert_eq!(hub.erase(&person, Classes::All).await.unwrap().keys, 2);
    assert!(is_erased(&hub, &first).await && is_erased(&hub, &second).await);
    end.cancel();
    tasks.close();
    tasks.wait().await;
}
