//! Erasing: what is destroyed is told as erased, everywhere, and its bytes are gone.

use futures::TryStreamExt;
use samflyt_protection::{Classes, Person, pseudonym_of};
use serde_json::json;

use crate::harness::{Town, family_plan, is_on_disk, number};

fn person(nth: u32) -> Person {
    Person::National(number(nth))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasing_some_classes_keeps_the_others_and_erasing_all_forgets_the_person() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let (case, archive) = (family_plan("case"), family_plan("archive-duty"));
    let data = json!({"applicant": number(0), "name": "Kari", "parents": [{"id": number(1), "name": "Ola"}]});
    let (one, _) = hub.protect(&data, &case, "sys/1").await;
    let (two, _) = hub.protect(&data, &archive, "sys/2").await;
    let pseudonym = pseudonym_of(&one["applicant"]).unwrap();
    assert_eq!(pseudonym_of(&two["applicant"]), Some(pseudonym), "one person has one pseudonym");

    let erasure = hub.protection.erase(&person(0), Classes::Only(&["case", "other"])).await.unwrap();
    assert_eq!((erasure.pseudonym, erasure.keys), (Some(pseudonym), 1));
    assert_eq!(erasure.kept, ["archive-duty"]);
    let revealed = hub.reveal(&one, "sys/1").await.unwrap();
    assert_eq!(revealed.erased, ["/applicant", "/name"]);
    assert_eq!(revealed.data["parents"], data["parents"], "another person's");
    assert_eq!(hub.reveal(&two, "sys/2").await.unwrap().data, data, "another class");

    let erasure = hub.protection.erase(&person(0), Classes::All).await.unwrap();
    assert_eq!((erasure.keys, erasure.kept.len()), (1, 0));
    assert_eq!(hub.reveal(&two, "sys/2").await.unwrap().erased, ["/applicant", "/name"]);
    assert_eq!(hub.protection.known(&person(0)).await.unwrap(), None);
    let again = hub.protection.erase(&person(0), Classes::All).await.unwrap();
    assert_eq!((again.pseudonym, again.keys), (None, 0));

    let (three, _) = hub.protect(&data, &case, "sys/3").await;
    assert_ne!(pseudonym_of(&three["applicant"]), Some(pseudonym), "somebody new");
    assert_eq!(pseudonym_of(&three["parents"][0]["id"]), pseudonym_of(&one["parents"][0]["id"]));
    assert_eq!(hub.reveal(&three, "sys/3").await.unwrap().data, data);
    assert_eq!(hub.reveal(&one, "sys/1").await.unwrap().erased, ["/applicant", "/name"]);
    hub.stop().await;
}

/// What the bucket holds of a family: keys and their payloads.
async fn held(town: &Town, family: &str) -> Vec<(String, Vec<u8>)> {
    let stream = town.bucket("seljord").await;
    let filter = format!("$KV.KEYS_seljord.{family}.>");
    let names = stream.info_with_subjects(filter).await.unwrap().map_ok(|(name, _)| name);
    let mut held = Vec::new();
    for name in names.try_collect::<Vec<String>>().await.unwrap() {
        let message = stream.get_last_raw_message_by_subject(&name).await.unwrap();
        held.push((name, message.payload.to_vec()));
    }
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bytes_of_a_destroyed_key_and_of_the_way_to_it_are_nowhere_in_the_brokers_files() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let data = json!({"applicant": number(0), "name": "Kari"});
    hub.protect(&data, &family_plan("case"), "sys/1").await;
    let early = held(&town, "p").await;
    // The person's entry is written anew for another class.
    hub.protect(&data, &family_plan("archive-duty"), "sys/2").await;
    let (keys, late) = (held(&town, "k").await, held(&town, "p").await);
    assert_eq!((keys.len(), early.len(), late.len()), (2, 1, 1));
    assert_ne!(early, late);
    assert!(!is_on_disk(&town.store(), &early[0].1), "the earlier entry");
    for (name, bytes) in keys.iter().chain(&late) {
        assert!(is_on_disk(&town.store(), bytes), "{name} is looked for in the right place");
    }
    hub.protection.erase(&person(0), Classes::All).await.unwrap();
    for (name, bytes) in keys.iter().chain(&late) {
        assert!(!is_on_disk(&town.store(), bytes), "{name}");
    }
    assert!(held(&town, "k").await.is_empty() && held(&town, "p").await.is_empty());
    let notes = held(&town, "e").await;
    assert_eq!((notes.len(), notes.iter().all(|(_, bytes)| bytes.is_empty())), (2, true));
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_affairs_own_fields_are_erased_with_the_affair() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let data = json!({"remark": "a neighbour called"});
    let (sealed, protected) = hub.protect(&data, &family_plan("case"), "sys/1").await;
    assert!(protected.persons.is_empty());
    let affair = Person::Unnamed { system: "sys".parse().unwrap(), entity: "2026/17".parse().unwrap() };
    assert_eq!(hub.protection.erase(&affair, Classes::All).await.unwrap().keys, 1);
    assert_eq!(hub.reveal(&sealed, "sys/1").await.unwrap().erased, ["/remark"]);
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_erasures_outlive_a_killed_broker() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let data = json!({"applicant": number(0), "name": "Kari", "parents": [{"id": number(1), "name": "Ola"}]});
    let (sealed, _) = hub.protect(&data, &family_plan("case"), "sys/1").await;
    let position = hub.protection.erase(&person(1), Classes::All).await.unwrap().position;
    hub.stop().await;
    town.broker.kill().await;
    town.broker.start_again().await.unwrap();
    let hub = crate::harness::Hub::of(town.open("seljord", Some(position)).await.unwrap());
    let revealed = hub.reveal(&sealed, "sys/1").await.unwrap();
    assert_eq!((&revealed.data["name"], revealed.erased.len()), (&json!("Kari"), 2));
    hub.stop().await;
}
