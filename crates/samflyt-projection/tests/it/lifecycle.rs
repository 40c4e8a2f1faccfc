//! Following, reading, ending.

use std::time::{Duration, Instant};

use samflyt_projection::ProjectionError;
use tempfile::TempDir;

use crate::harness::{FakeLog, contents, eventually, start, try_start};

#[tokio::test]
async fn what_is_appended_is_visible_once_it_was_waited_for() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    let running = start(log.clone(), dir.path()).await;
    let mut commits = running.runner.commits();
    running.runner.follow("a");
    let began = Instant::now();
    for text in ["x", "y", "x"] {
        let sequence = log.append("a", text);
        running.runner.wait_for("a", sequence).await;
        assert_eq!(running.runner.view().position("a").unwrap().sequence, sequence);
        assert_eq!(contents(&running.runner.view()), log.expected());
    }
    assert!(commits.has_changed().unwrap());
    commits.mark_unchanged();
    eventually("the log was asked after the last entry", || running.runner.caught_up_at("a") > Some(began))
        .await;
    eventually("it is complete", || !running.runner.view().rebuilding()).await;
    let view = running.runner.view();
    let keys: Vec<_> = view.scan_prefix_backward(&[2]).map(|pair| pair.unwrap().0).collect();
    assert_eq!(keys, [b"\x02y".to_vec(), b"\x02x".to_vec()]);
    assert_eq!(view.positions()[0].head, 3);
    drop(view);
    running.stop().await;
}

#[tokio::test]
async fn a_stream_that_appears_later_is_folded_from_its_beginning() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    let running = start(log.clone(), dir.path()).await;
    log.append_many("a", 10);
    running.runner.follow("a");
    running.runner.follow("b");
    running.runner.wait_for("a", 10).await;
    log.append_many("b", 500);
    running.runner.follow("b");
    running.runner.wait_for("b", 500).await;
    assert_eq!(contents(&running.runner.view()), log.expected());
    assert_eq!(running.runner.alarms(), 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_does_not_keep_the_others_waiting() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("flood", 100_000);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("flood");
    running.runner.wait_for("flood", 1_000).await;
    running.runner.follow("quiet");
    let sequence = log.append("quiet", "x");
    running.runner.wait_for("quiet", sequence).await;
    let flood = running.runner.view().position("flood").unwrap().clone();
    assert!(flood.sequence < 50_000, "{flood:?}");
    assert_eq!(flood.head, 100_000);
    running.stop().await;
}

#[tokio::test]
async fn a_directory_that_is_in_use_is_left_alone() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    let running = start(log.clone(), dir.path()).await;
    let other = try_start::<1>(log.clone(), dir.path()).await;
    assert!(matches!(other.err(), Some(ProjectionError::InUse { .. })));
    running.runner.follow("a");
    running.runner.wait_for("a", log.append("a", "x")).await;
    running.stop().await;
}

#[tokio::test]
async fn a_fold_that_always_panics_ends_the_projection() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append("a", "panic");
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    let ended = tokio::time::timeout(Duration::from_secs(20), running.runner.ended()).await.unwrap();
    assert!(matches!(ended, Err(ProjectionError::KeepsFailing { .. })), "{ended:?}");
}
