//! Key stores that have lost something: told at the start, by name, and left as they are.

use std::path::Path;

use futures::TryStreamExt;
use samflyt_protection::{Classes, OpenError, Person, ProviderError, StoreError};
use serde_json::json;

use crate::harness::{Town, family_plan, number};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&entry.path(), &target),
            kind if kind.is_file() => drop(std::fs::copy(entry.path(), target).unwrap()),
            _ => {}
        }
    }
}

/// The folder of the bucket's stream in the broker's store.
fn folder_of_bucket(dir: &Path) -> Option<std::path::PathBuf> {
    std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).find_map(
        |path| match path.file_name().is_some_and(|name| name == "KV_KEYS_seljord") {
            true => Some(path),
            false => folder_of_bucket(&path),
        },
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_missing_is_not_made_anew_where_the_log_has_sealed_events() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let (_, protected) = hub.protect(&json!({"applicant": number(0)}), &family_plan("case"), "sys/1").await;
    hub.stop().await;
    assert!(town.open("seljord", Some(protected.position)).await.is_ok());
    let context = async_nats::jetstream::new(town.log().await.client().clone());
    context.delete_stream("KV_KEYS_seljord").await.unwrap();
    let error = town.open("seljord", Some(protected.position)).await.unwrap_err();
    assert!(matches!(&error, OpenError::Missing(_)) && error.to_string().contains("seljord"), "{error}");
    assert!(context.get_stream("KV_KEYS_seljord").await.is_err(), "nothing was made");
    // Made by somebody who did not know: it is another one.
    town.open("seljord", None).await.unwrap();
    let error = town.open("seljord", Some(protected.position)).await.unwrap_err();
    assert!(matches!(error, OpenError::Other(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_restored_from_a_backup_that_is_older_than_the_log_is_refused() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let plan = family_plan("case");
    let (_, before) = hub.protect(&json!({"applicant": number(0)}), &plan, "sys/1").await;
    let (backup, kept) = (town.dir.path().join("backup"), folder_of_bucket(&town.store()).unwrap());
    town.broker.kill().await;
    copy(&kept, &backup);
    town.broker.start_again().await.unwrap();
    let hub_again = town.hub("seljord").await;
    let after =
        hub_again.protection.erase(&Person::National(number(0)), Classes::All).await.unwrap().position;
    hub_again.stop().await;
    hub.stop().await;
    town.broker.kill().await;
    std::fs::remove_dir_all(&kept).unwrap();
    copy(&backup, &kept);
    town.broker.start_again().await.unwrap();
    let error = town.open("seljord", Some(after)).await.unwrap_err();
    assert!(matches!(error, OpenError::Older { .. }), "{error}");
    assert!(town.open("seljord", Some(before.position)).await.is_ok(), "the log was as old");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_lost_entries_is_refused_and_left_as_it_is() {
    for family in ["k", "p", "e", "mark"] {
        let town = Town::start().await;
        let hub = town.hub("seljord").await;
        for nth in 0..3 {
            hub.protect(&json!({"applicant": number(nth)}), &family_plan("case"), "sys/1").await;
        }
        hub.protection.erase(&Person::National(number(2)), Classes::All).await.unwrap();
        hub.stop().await;
        town.open("seljord", None).await.unwrap();
        let bucket = town.bucket("seljord").await;
        let filter =
            if family == "mark" { "$KV.KEYS_seljord.mark" } else { &format!("$KV.KEYS_seljord.{family}.>") };
        let mut names = bucket.info_with_subjects(filter).await.unwrap();
        let (name, _) = names.try_next().await.unwrap().unwrap();
        let lost = bucket.get_last_raw_message_by_subject(&name).await.unwrap();
        bucket.delete_message(lost.sequence).await.unwrap();
        let held = bucket.get_info().await.unwrap().state;
        let error = town.open("seljord", None).await.unwrap_err();
        assert!(matches!(&error, OpenError::Damaged { .. }), "{family}: {error}");
        assert!(error.to_string().contains("seljord"), "{error}");
        let left = bucket.get_info().await.unwrap().state;
        assert_eq!((left.last_sequence, left.messages), (held.last_sequence, held.messages), "{family}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_key_that_is_missing_or_anothers_is_refused_and_not_replaced() {
    let town = Town::start().await;
    town.open("seljord", None).await.unwrap();
    let path = town.dir.path().join("keys/seljord.json");
    let whole = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = town.open("seljord", None).await.unwrap_err();
    let OpenError::Store { source: StoreError::Provider(ProviderError::Missing(_)), .. } = error else {
        panic!("{error}")
    };
    assert!(!path.exists());
    // A key of the right form that wrapped nothing here.
    let elsewhere = Town::start().await;
    elsewhere.open("seljord", None).await.unwrap();
    std::fs::copy(elsewhere.dir.path().join("keys/seljord.json"), &path).unwrap();
    let error = town.open("seljord", None).await.unwrap_err();
    let OpenError::Store { source: StoreError::Provider(ProviderError::DoesNotOpen { .. }), .. } = error
    else {
        panic!("{error}")
    };
    std::fs::write(&path, whole).unwrap();
    town.open("seljord", None).await.unwrap();
}
