//! The supervised broker against a real nats-server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures::StreamExt;
use samflyt_runtime::broker::{Broker, BrokerError, BrokerOptions, SyncInterval};
use serde_json::Value;

const HELPER_DIR: &str = "SAMFLYT_TEST_HELPER_DIR";

async fn start() -> (tempfile::TempDir, Broker) {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::start(BrokerOptions::in_dir(dir.path())).await.unwrap();
    (dir, broker)
}

async fn jetstream_of(broker: &Broker) -> jetstream::Context {
    jetstream::new(broker.access().hub().connect(&broker.access().url).await.unwrap())
}

async fn stream_with(broker: &Broker, messages: u64) -> jetstream::Context {
    let js = jetstream_of(broker).await;
    let config =
        jetstream::stream::Config { name: "T".into(), subjects: vec!["t.>".into()], ..Default::default() };
    js.create_stream(config).await.unwrap();
    for _ in 0..messages {
        js.publish("t.x", "y".into()).await.unwrap().await.unwrap();
    }
    js
}

/// How many messages the stream has, seen by a new connection.
async fn kept(broker: &Broker) -> u64 {
    jetstream_of(broker).await.get_stream("T").await.unwrap().cached_info().state.messages
}

/// Asks the monitoring port, in the plainest HTTP there is.
async fn monitor(broker: &Broker, path: &str) -> Value {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = broker.access().monitor_url.strip_prefix("http://").unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    connection.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn is_running(pid: u32) -> bool {
    // A zombie has ended; its state is the first letter after the name.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with('Z'))
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "not within 10 s: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn send_kill(pid: u32) {
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn it_starts_on_a_free_loopback_port_and_syncs_before_each_acknowledgement() {
    let (_dir, broker) = start().await;
    assert!(broker.access().url.starts_with("nats://127.0.0.1:"));
    assert_eq!(monitor(&broker, "/varz").await["jetstream"]["config"]["sync_always"], true);
    assert_eq!(monitor(&broker, "/jsz").await["config"]["sync_always"], true);
    assert_eq!(monitor(&broker, "/varz").await["host"], "127.0.0.1");
}

#[tokio::test]
async fn the_servers_own_sync_interval_can_be_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let options = BrokerOptions { sync: SyncInterval::Default, ..BrokerOptions::in_dir(dir.path()) };
    let broker = Broker::start(options).await.unwrap();
    assert_ne!(monitor(&broker, "/jsz").await["config"]["sync_always"], true);
}

#[tokio::test]
async fn two_start_at_once_on_different_ports() {
    let ((_dir1, one), (_dir2, two)) = tokio::join!(start(), start());
    assert_ne!(one.access().url, two.access().url);
    assert_ne!(one.access().hub_password, two.access().hub_password);
}

#[tokio::test]
async fn a_message_as_large_as_configured_is_accepted() {
    let (_dir, broker) = start().await;
    let js = stream_with(&broker, 0).await;
    let eight_mib = vec![b'x'; 8 * 1024 * 1024];
    js.publish("t.x", eight_mib.into()).await.unwrap().await.unwrap();
}

#[tokio::test]
async fn stopped_or_killed_and_started_again_it_has_the_same_port_and_messages() {
    let (_dir, broker) = start().await;
    drop(stream_with(&broker, 3).await);
    let before = broker.access().url.clone();

    broker.stop().await;
    assert!(!is_running(broker.pid()));
    assert!(broker.access().hub().connect(&before).await.is_err());
    broker.start_again().await.unwrap();
    assert_eq!(kept(&broker).await, 3);

    broker.kill().await;
    assert!(!is_running(broker.pid()));
    broker.start_again().await.unwrap();
    assert_eq!(kept(&broker).await, 3);
    assert_eq!(monitor(&broker, "/varz").await["port"].to_string(), before.rsplit_once(':').unwrap().1);
}

#[tokio::test]
async fn a_kept_directory_keeps_its_credentials_and_messages() {
    let (dir, broker) = start().await;
    drop(stream_with(&broker, 2).await);
    let before = broker.access().clone();
    drop(broker);

    let broker = Broker::start(BrokerOptions::in_dir(dir.path())).await.unwrap();
    assert_eq!(broker.access().hub_password, before.hub_password);
    assert_eq!(broker.access().auth_issuer_seed, before.auth_issuer_seed);
    assert_eq!(kept(&broker).await, 2);
}

#[tokio::test]
async fn a_directory_has_one_broker_at_a_time() {
    let (dir, broker) = start().await;
    let second = Broker::start(BrokerOptions::in_dir(dir.path())).await;
    assert!(matches!(second.err(), Some(BrokerError::InUse { .. })));
    drop(broker);
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_shows_the_servers_own_words() {
    let (_dir, broker) = start().await;
    let port = broker.access().url.rsplit_once(':').unwrap().1.parse().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let options = BrokerOptions { port: Some(port), ..BrokerOptions::in_dir(dir.path()) };
    let message = Broker::start(options).await.err().unwrap().to_string();
    assert!(message.contains("address already in use"), "{message}");
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let (_dir, broker) = start().await;
    let pid = broker.pid();
    assert!(is_running(pid));
    drop(broker);
    assert!(!is_running(pid));
}

#[tokio::test]
async fn an_end_nobody_asked_for_is_reported() {
    let (_dir, broker) = start().await;
    broker.stop().await;
    assert!(
        tokio::time::timeout(Duration::from_millis(50), broker.exited()).await.is_err(),
        "stop was asked for"
    );
    broker.start_again().await.unwrap();
    send_kill(broker.pid());
    let exit = broker.supervise(false).await;
    assert!(exit.to_string().contains("signal: 9"), "{exit}");
}

#[tokio::test]
async fn a_supervised_one_comes_back_by_itself_with_its_messages() {
    let (_dir, broker) = start().await;
    drop(stream_with(&broker, 4).await);
    let first = broker.pid();
    send_kill(first);
    tokio::select! {
        exit = broker.supervise(true) => panic!("supervision gave up: {exit}"),
        () = until("a new run", || broker.pid() != first) => {}
    }
    assert_eq!(kept(&broker).await, 4);
}

#[tokio::test]
async fn a_system_cannot_connect_while_nobody_answers_the_callout() {
    let (_dir, broker) = start().await;
    let url = &broker.access().url;
    assert!(async_nats::ConnectOptions::with_token("anything".into()).connect(url).await.is_err());
    assert!(async_nats::connect(url).await.is_err());
    assert!(
        async_nats::ConnectOptions::with_user_and_password("hub".into(), "guess".into())
            .connect(url)
            .await
            .is_err()
    );
    assert!(broker.access().sys().connect(url).await.is_ok());
}

#[tokio::test]
async fn debug_output_shows_no_secret() {
    let (_dir, broker) = start().await;
    let access = broker.access();
    let shown = format!("{access:?}");
    for secret in [&access.hub_password, &access.sys_password, &access.auth_issuer_seed] {
        assert!(!shown.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn it_dies_with_its_parent_even_when_that_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helper_that_starts_a_broker_and_waits", "--nocapture"])
        .env(HELPER_DIR, dir.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let told = dir.path().join("pid");
    until("the helper's broker", || told.exists()).await;
    let pid = std::fs::read_to_string(&told).unwrap().parse().unwrap();
    assert!(is_running(pid));

    helper.kill().unwrap();
    helper.wait().unwrap();
    until("the broker's end", || !is_running(pid)).await;
    let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("broker"))).await;
    assert!(broker.is_ok(), "its directory is free again");
}

/// Not a test of its own: what [`it_dies_with_its_parent_even_when_that_is_killed`] runs as another process.
#[tokio::test]
async fn helper_that_starts_a_broker_and_waits() {
    let Some(dir) = std::env::var_os(HELPER_DIR).map(PathBuf::from) else { return };
    let broker = Broker::start(BrokerOptions::in_dir(dir.join("broker"))).await.unwrap();
    write_at_once(&dir.join("pid"), &broker.pid().to_string());
    std::future::pending().await
}

fn write_at_once(path: &Path, content: &str) {
    let temporary = path.with_extension("new");
    std::fs::write(&temporary, content).unwrap();
    std::fs::rename(temporary, path).unwrap();
}

/// The kernel's promise hangs on the thread that spawned; tokio ends idle blocking threads after 10 s.
#[tokio::test]
async fn it_outlives_the_thread_that_asked_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let options = BrokerOptions::in_dir(dir.path());
    let starter = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Broker::start(options)).unwrap()
    });
    let broker = starter.join().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(is_running(broker.pid()));
}

#[tokio::test]
async fn a_start_takes_a_moment() {
    drop(start().await);
    let begun = Instant::now();
    let (_dir, broker) = start().await;
    let took = begun.elapsed();
    println!("started in {took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    let mut subscription = jetstream_of(&broker).await.client().subscribe("x").await.unwrap();
    subscription.unsubscribe().await.unwrap();
    assert!(subscription.next().await.is_none());
}
