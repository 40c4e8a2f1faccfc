//! On a real broker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use samflyt_log::{Log, LogConfig};
use samflyt_runtime::broker::{Broker, BrokerOptions};
use tempfile::TempDir;

use crate::harness::{contents, eventually, start};

async fn broker(dir: &TempDir) -> (Broker, Log) {
    let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
    let access = broker.access();
    let (url, user, password) = (access.url.clone(), access.hub_user.clone(), access.hub_password.clone());
    let log = Log::connect(LogConfig { url, user, password, ..LogConfig::default() }).await.unwrap();
    log.ensure_tenant(&"seljord".parse().unwrap()).await.unwrap();
    (broker, log)
}

async fn publish(log: &Log, count: usize) {
    let context = async_nats::jetstream::new(log.client().clone());
    for _ in 0..count.div_ceil(500) {
        let sent = (0..500.min(count))
            .map(|at| context.publish("events.seljord.case.opened.s.e", format!("key-{}", at % 97).into()));
        for acknowledged in join_all(sent).await {
            acknowledged.unwrap().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_a_real_log_is_followed_across_a_restart_of_the_broker() {
    let dir = TempDir::new().unwrap();
    let (broker, log) = broker(&dir).await;
    publish(&log, 2_000).await;
    let running = start(Arc::new(log.clone()), &dir.path().join("projections")).await;
    running.runner.follow("EVENTS_seljord");
    running.runner.wait_for("EVENTS_seljord", 2_000).await;
    broker.kill().await;
    broker.start_again().await.unwrap();
    eventually("the hub is connected again", || log.is_connected()).await;
    publish(&log, 500).await;
    let waited =
        tokio::time::timeout(Duration::from_secs(30), running.runner.wait_for("EVENTS_seljord", 2_500));
    waited.await.unwrap();
    assert_eq!(contents(&running.runner.view()).len(), 2_500 + 97);
    assert_eq!(running.runner.alarms(), 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_is_visible_soon_after_it_was_appended() {
    let dir = TempDir::new().unwrap();
    let (_broker, log) = broker(&dir).await;
    let running = start(Arc::new(log.clone()), &dir.path().join("projections")).await;
    running.runner.follow("EVENTS_seljord");
    let context = async_nats::jetstream::new(log.client().clone());
    let mut delays = Vec::new();
    for sequence in 1..=300 {
        let sent = context.publish("events.seljord.case.opened.s.e", "x".into()).await.unwrap();
        sent.await.unwrap();
        let appended = Instant::now();
        running.runner.wait_for("EVENTS_seljord", sequence).await;
        delays.push(appended.elapsed());
    }
    delays.sort();
    println!("append to visible: p50 {:?}, p99 {:?}", delays[150], delays[297]);
    // Loose: other tests run beside this one.
    assert!(delays[150] < Duration::from_millis(100), "{delays:?}");
    running.stop().await;
}
