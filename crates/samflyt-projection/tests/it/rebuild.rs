//! Folding anew: on demand, for a new version, after damage.

use std::{path::Path, sync::Arc, time::Duration};

use tempfile::TempDir;

use crate::harness::{FakeLog, contents, eventually, start, try_start};

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_is_made_beside_the_old_state_and_takes_over() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 20_000);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    running.runner.wait_for("a", 20_000).await;
    eventually("it is complete", || !running.runner.view().rebuilding()).await;

    let mut progress = running.runner.rebuild().await;
    let mut appended = 0;
    while !progress.borrow_and_update().done {
        assert!(!progress.borrow().failed);
        let view = running.runner.view();
        assert!(!view.rebuilding());
        assert!(view.position("a").unwrap().sequence >= 20_000);
        log.append("a", "meanwhile");
        appended += 1;
        let _ = tokio::time::timeout(Duration::from_millis(5), progress.changed()).await;
    }
    running.runner.wait_for("a", 20_000 + appended).await;
    assert_eq!(contents(&running.runner.view()), log.expected());
    eventually("the old directory is deleted", || {
        names(dir.path()) == ["ledger-2", "ledger.CURRENT", "ledger.lock"]
    })
    .await;
    running.stop().await;

    let running = start(log.clone(), dir.path()).await;
    assert_eq!(running.runner.view().position("a").unwrap().sequence, 20_000 + appended);
    assert_eq!(contents(&running.runner.view()), log.expected());
    running.stop().await;
}

#[tokio::test]
async fn a_rebuild_that_was_not_finished_leaves_the_old_state() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 5_000);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    running.runner.wait_for("a", 5_000).await;
    let progress = running.runner.rebuild().await;
    running.stop().await;
    assert!(!progress.borrow().done);
    let running = start(log.clone(), dir.path()).await;
    assert_eq!(contents(&running.runner.view()), log.expected());
    assert_eq!(names(dir.path()), ["ledger-1", "ledger.CURRENT", "ledger.lock"]);
    running.stop().await;
}

#[tokio::test]
async fn a_new_version_says_that_it_is_rebuilding_until_it_has_caught_up() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 30_000);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    running.runner.wait_for("a", 30_000).await;
    running.stop().await;
    let running = try_start::<2>(log.clone(), dir.path()).await.unwrap();
    running.runner.follow("a");
    assert!(running.runner.view().rebuilding());
    running.runner.wait_for("a", 30_000).await;
    eventually("it is complete", || !running.runner.view().rebuilding()).await;
    assert_eq!(contents(&running.runner.view()), log.expected());
    running.stop().await;
}

fn current(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("ledger.CURRENT")).unwrap()
}

/// Folds 1,000 entries with version 1, then begins with version 2, which cannot catch up.
async fn with_a_new_version_begun(log: &Arc<FakeLog>, dir: &Path) {
    log.append_many("a", 999);
    let running = start(log.clone(), dir).await;
    running.runner.follow("a");
    eventually("it is complete", || !running.runner.view().rebuilding()).await;
    // That it has caught up is kept with the next commit.
    running.runner.wait_for("a", log.append("a", "one more")).await;
    running.stop().await;
    log.change("a", |stream| stream.withheld = 1);
    let running = try_start::<2>(log.clone(), dir).await.unwrap();
    running.runner.follow("a");
    running.runner.wait_for("a", 1_000).await;
    assert!(running.runner.view().rebuilding());
    running.stop().await;
}

const BESIDE: [&str; 4] = ["ledger-1", "ledger-2", "ledger.CURRENT", "ledger.lock"];

#[tokio::test]
async fn the_version_before_can_be_started_again_while_the_new_one_has_not_caught_up() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    with_a_new_version_begun(&log, dir.path()).await;
    assert_eq!(
        (names(dir.path()), current(dir.path())),
        (BESIDE.map(str::to_owned).to_vec(), "ledger-1".to_owned())
    );

    let running = start(log.clone(), dir.path()).await;
    let view = running.runner.view();
    assert!(!view.rebuilding());
    assert_eq!(view.position("a").unwrap().sequence, 1_000, "it finds what it left");
    assert_eq!(contents(&view), log.expected());
    drop(view);
    assert_eq!(names(dir.path()), ["ledger-1", "ledger.CURRENT", "ledger.lock"], "what was begun goes");
    running.stop().await;
}

#[tokio::test]
async fn a_new_version_goes_on_with_what_it_began_and_the_old_goes_when_it_has_caught_up() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    with_a_new_version_begun(&log, dir.path()).await;

    let running = try_start::<2>(log.clone(), dir.path()).await.unwrap();
    assert_eq!(running.runner.view().position("a").unwrap().sequence, 1_000, "it goes on");
    running.runner.follow("a");
    assert!(running.runner.view().rebuilding());
    assert_eq!(
        (names(dir.path()), current(dir.path())),
        (BESIDE.map(str::to_owned).to_vec(), "ledger-1".to_owned())
    );
    log.change("a", |stream| stream.withheld = 0);
    log.append("a", "the last");
    eventually("it is complete", || !running.runner.view().rebuilding()).await;
    eventually("the old goes", || names(dir.path()) == ["ledger-2", "ledger.CURRENT", "ledger.lock"]).await;
    assert_eq!(current(dir.path()), "ledger-2");
    running.stop().await;

    let running = try_start::<2>(log.clone(), dir.path()).await.unwrap();
    assert_eq!(running.runner.view().position("a").unwrap().sequence, 1_001);
    assert_eq!(contents(&running.runner.view()), log.expected());
    running.stop().await;
}

#[tokio::test]
async fn a_rebuild_of_a_new_version_that_has_caught_up_takes_over_from_both() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    with_a_new_version_begun(&log, dir.path()).await;
    let running = try_start::<2>(log.clone(), dir.path()).await.unwrap();
    running.runner.follow("a");
    let mut progress = running.runner.rebuild().await;
    log.change("a", |stream| stream.withheld = 0);
    log.append("a", "the last");
    progress.wait_for(|progress| progress.done).await.unwrap();
    let newest = |names: Vec<String>| names == ["ledger-3", "ledger.CURRENT", "ledger.lock"];
    eventually("both go", || newest(names(dir.path()))).await;
    assert_eq!(contents(&running.runner.view()), log.expected());
    running.stop().await;
}

#[tokio::test]
async fn a_damaged_directory_is_set_aside_and_folded_anew() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 5_000);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    running.runner.wait_for("a", 5_000).await;
    running.stop().await;
    let db = dir.path().join("ledger-1/db");
    let mut bytes = std::fs::read(&db).unwrap();
    for at in (2_000..bytes.len()).step_by(4_001) {
        bytes[at] ^= 0x10;
    }
    std::fs::write(&db, bytes).unwrap();
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    running.runner.wait_for("a", 5_000).await;
    assert_eq!(contents(&running.runner.view()), log.expected());
    running.stop().await;
}
