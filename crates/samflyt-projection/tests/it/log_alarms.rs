//! A log that is not the one that was folded is noticed, and everything is folded anew.

use tempfile::TempDir;

use crate::harness::{FakeLog, Running, contents, eventually, start};

async fn settled(log: &FakeLog, running: &Running) {
    eventually("the fold agrees with the log", || {
        let view = running.runner.view();
        !view.rebuilding() && contents(&view) == log.expected()
    })
    .await;
}

#[tokio::test]
async fn a_log_behind_the_checkpoint_is_an_alarm_and_folded_anew() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 100);
    log.append_many("b", 100);
    let running = start(log.clone(), dir.path()).await;
    ["a", "b"].iter().for_each(|stream| running.runner.follow(stream));
    settled(&log, &running).await;
    log.change("a", |stream| stream.entries.truncate(60));
    eventually("there is an alarm", || running.runner.alarms() == 1).await;
    settled(&log, &running).await;
    assert_eq!(running.runner.view().position("a").unwrap().sequence, 60);
    running.stop().await;
}

#[tokio::test]
async fn a_stream_made_anew_is_an_alarm_also_when_it_is_longer() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 100);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    settled(&log, &running).await;
    running.stop().await;
    log.change("a", |stream| {
        stream.created += 1;
        stream.entries = (1..=200).map(|sequence| (sequence, "other".to_owned())).collect();
    });
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    eventually("there is an alarm", || running.runner.alarms() == 1).await;
    settled(&log, &running).await;
    running.stop().await;
}

#[tokio::test]
async fn a_gap_is_an_alarm_once_and_folded_anew() {
    let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
    log.append_many("a", 100);
    let running = start(log.clone(), dir.path()).await;
    running.runner.follow("a");
    settled(&log, &running).await;
    log.change("a", |stream| stream.entries.push((105, "late".to_owned())));
    eventually("there is an alarm", || running.runner.alarms() == 1).await;
    settled(&log, &running).await;
    log.append_many("a", 10);
    settled(&log, &running).await;
    assert_eq!(running.runner.alarms(), 1);
    running.stop().await;
}
