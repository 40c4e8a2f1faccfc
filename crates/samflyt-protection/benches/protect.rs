//! What sealing and opening three personal fields of an event costs, once the person's key is in memory.
//!
//! `cargo bench -p samflyt-protection` prints processor time per event first, which the load of the machine does not
//! change, and then Criterion's times by the clock.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use criterion::{BatchSize, Criterion};
use futures::FutureExt;
use samflyt_events::personal::{IdentityPolicy, synthetic};
use samflyt_events::{EntityId, EventRef, TenantId};
use samflyt_log::{Log, LogConfig};
use samflyt_protection::{Classes, FileKeys, Person, Place, Plan, Protection, ProtectionConfig, Whose};
use samflyt_runtime::broker::{Broker, BrokerOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const PERSONS: usize = 300;
const BATCHES: usize = 200;
const EVENTS_IN_BATCH: usize = 500;

async fn open(dir: &TempDir) -> (Broker, Arc<Protection>) {
    let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
    let access = broker.access();
    let (url, user, password) = (access.url.clone(), access.hub_user.clone(), access.hub_password.clone());
    let log = Log::connect(LogConfig { url, user, password, ..LogConfig::default() }).await.unwrap();
    let keys = Arc::new(FileKeys::in_folder(dir.path().join("keys")));
    let tenant = TenantId::new("seljord").unwrap();
    let config = ProtectionConfig { identity_numbers: IdentityPolicy::SyntheticOnly, ..Default::default() };
    (broker, Arc::new(Protection::open(&log, keys, tenant, config, None).await.unwrap()))
}

/// An event about one person: identifier, name and address.
fn event() -> (Value, Plan) {
    let number = (0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap();
    let data = json!({
        "case": "2026/17", "decision": "granted", "applicant": number,
        "name": "Kari Nordmann Hansen", "address": "Storgata 117, 3840 Seljord",
    });
    let at = || Whose::PersonAt("/applicant".to_owned());
    (data, Plan::new("case", &["/applicant"], &[("/name", at()), ("/address", at())]).unwrap())
}

/// Nanoseconds that this thread has run, by the scheduler's account.
fn processor_ns() -> u64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    account.split(' ').next().unwrap().parse().unwrap()
}

/// Processor time per call, in microseconds. Each batch is made outside of what is measured.
fn processor_us<T>(make: impl Fn() -> T, mut call: impl FnMut(T)) -> f64 {
    let mut spent = 0;
    for _ in 0..BATCHES {
        let batch: Vec<T> = (0..EVENTS_IN_BATCH).map(|_| make()).collect();
        let before = processor_ns();
        batch.into_iter().for_each(&mut call);
        spent += processor_ns() - before;
    }
    spent as f64 / 1_000.0 / (BATCHES * EVENTS_IN_BATCH) as f64
}

/// What a new person costs, and an erasure: by the clock, with the broker's writes to disk.
async fn print_persons(protection: &Protection, plan: &Plan, place: Place<'_>) {
    let (mut made, mut erased) = (Vec::new(), Vec::new());
    for nth in 0..PERSONS {
        let name = format!("person-{nth}");
        let mut data = json!({"applicant": name, "name": "Kari", "address": "Storgata 117"});
        let since = Instant::now();
        protection.protect(&mut data, plan, place).await.unwrap();
        made.push(since.elapsed());
        let person = Person::Local { system: place.event.system.clone(), name };
        let since = Instant::now();
        protection.erase(&person, Classes::All).await.unwrap();
        erased.push(since.elapsed());
    }
    made.sort();
    erased.sort();
    let (middle, late) = (PERSONS / 2, PERSONS * 99 / 100);
    println!("by the clock, {PERSONS} persons:");
    println!("  the first event of a person  p50 {:?}, p99 {:?}", made[middle], made[late]);
    println!("  erasing a person             p50 {:?}, p99 {:?}", erased[middle], erased[late]);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let dir = TempDir::new().unwrap();
    let (_broker, protection) = runtime.block_on(open(&dir));
    let (end, tasks) = (CancellationToken::new(), TaskTracker::new());
    let (followed, until) = (Arc::clone(&protection), end.clone());
    tasks.spawn_on(async move { followed.follow(until).await }, runtime.handle());
    let (data, plan) = event();
    let (reference, entity) = (EventRef::parse("sys/1").unwrap(), EntityId::new("2026/17").unwrap());
    let place = Place { event: &reference, entity: &entity };
    let mut sealed = data.clone();
    let _inside = runtime.handle().enter();
    // Until the key store is followed nothing is cached.
    runtime.block_on(async {
        loop {
            protection.protect(&mut data.clone(), &plan, place).await.unwrap();
            if protection.protect(&mut data.clone(), &plan, place).now_or_never().is_some() {
                break;
            }
        }
        protection.protect(&mut sealed, &plan, place).await.unwrap();
    });
    let protect = |mut data: Value| {
        if protection.protect(&mut data, &plan, place).now_or_never().is_none() {
            // The key has sealed so many fields that the person gets another.
            runtime.block_on(protection.protect(&mut data, &plan, place)).unwrap();
        }
        black_box(data);
    };
    let reveal = |sealed: Value| {
        let cached = protection.reveal(sealed, &reference, |_| true).now_or_never();
        black_box(cached.expect("the key is in memory").unwrap());
    };
    let serialise = |data: Value| drop(black_box(serde_json::to_vec(&data)));
    println!("processor time per event, {} events:", BATCHES * EVENTS_IN_BATCH);
    println!("  protect three fields    {:.2} µs", processor_us(|| data.clone(), protect));
    println!("  reveal three fields     {:.2} µs", processor_us(|| sealed.clone(), reveal));
    println!("  serialise the clear     {:.2} µs", processor_us(|| data.clone(), serialise));
    println!("  serialise the sealed    {:.2} µs", processor_us(|| sealed.clone(), serialise));

    runtime.block_on(print_persons(&protection, &plan, place));

    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("protect three fields", |b| {
        b.iter_batched(|| data.clone(), protect, BatchSize::SmallInput);
    });
    criterion.bench_function("reveal three fields", |b| {
        b.iter_batched(|| sealed.clone(), reveal, BatchSize::SmallInput);
    });
    criterion.final_summary();
    end.cancel();
    tasks.close();
    runtime.block_on(tasks.wait());
}
