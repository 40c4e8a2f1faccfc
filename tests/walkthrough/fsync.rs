//! Promise 1, the part that no kill can show: the page cache survives a kill. The broker's fsyncs are counted against
//! the acknowledgements, and the same count fails with the broker's default interval.

use std::process::Stdio;

use samflyt_runtime::broker::SyncInterval;
use samflyt_testkit::broker::TestBroker;
use tokio::process::Command;

const EVENTS: usize = 100;

/// How often the broker synced its files while events were acknowledged, one after the other.
async fn syncs_while_publishing(sync: SyncInterval) -> Option<usize> {
    let broker = TestBroker::with_options(|options| options.sync = sync).await.unwrap();
    let log = samflyt_log::Log::connect(samflyt_log::LogConfig {
        url: broker.url.clone(),
        user: broker.hub_user.clone(),
        password: broker.hub_password.clone(),
        ..Default::default()
    })
    .await
    .unwrap();
    log.ensure_tenant(&samflyt_events::TenantId::new("seljord").unwrap()).await.unwrap();
    let trace = broker.dir().join("syscalls");
    let mut strace = Command::new("strace")
        .args(["-f", "-e", "trace=fsync,fdatasync,sync_file_range", "-o"])
        .arg(&trace)
        .args(["-p", &broker.broker().pid().to_string()])
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    // It says on standard error when it has attached.
    let mut said = tokio::io::BufReader::new(strace.stderr.take()?);
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line).await.ok()?;
    if !line.contains("attached") {
        return None;
    }
    for n in 0..EVENTS {
        log.append(&samflyt_testkit::events::recorded(n)).await.unwrap().appended().await.unwrap();
    }
    // Asked to end, it detaches and writes what it saw.
    let pid = strace.id()?.to_string();
    Command::new("kill").args(["-INT", &pid]).status().await.ok()?;
    strace.wait().await.ok()?;
    let seen = std::fs::read_to_string(&trace).ok()?;
    Some(seen.lines().filter(|line| line.contains("sync(") && !line.contains("resumed")).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledgement_has_an_fsync_of_its_own_and_the_default_interval_has_not() {
    let Some(always) = syncs_while_publishing(SyncInterval::Always).await else {
        eprintln!("strace is not installed, or may not trace: the fsyncs are not counted here");
        return;
    };
    assert!(always >= EVENTS, "{always} fsyncs for {EVENTS} acknowledgements");
    let default = syncs_while_publishing(SyncInterval::Default).await.unwrap();
    assert!(default < EVENTS / 2, "{default} fsyncs with the default interval: the count shows nothing");
}
