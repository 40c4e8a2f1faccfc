//! `samflyt push`, as a person uses it: a file, the real binary, a hub in a process of its own (promise 2).

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::answers::all_answers;
use crate::http::cloudevent;
use crate::process::{HubProcess, signal};

/// A file of events, each of its own, of some cases.
fn write_events(file: &Path, count: usize) {
    let line = |n: usize| format!("{}\n", cloudevent(&format!("e-{n}"), &format!("case-{}", n % 7)));
    std::fs::write(file, (0..count).map(line).collect::<String>()).unwrap();
}

/// The places in the log that a push told, by line; and its summary.
#[derive(Debug, Default, PartialEq)]
struct Told {
    sequences: Vec<(u64, u64)>,
    summary: Value,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let mut value: Value = serde_json::from_str(line).unwrap();
        assert!(value.get("refused").is_none(), "{line}");
        match value["accepted"]["sequence"].as_u64() {
            Some(sequence) => self.sequences.push((value["line"].as_u64().unwrap(), sequence)),
            None => self.summary = value["summary"].take(),
        }
    }
}

async fn push(hub: &HubProcess, file: &Path) -> Told {
    let output = hub.command(&["push", file.to_str().unwrap(), "--json"]).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut told = Told::default();
    String::from_utf8(output.stdout).unwrap().lines().for_each(|line| told.hear(line));
    told
}

/// Pushes until so many lines are settled, then sends a signal; gives what was told until the end.
async fn interrupt(hub: &HubProcess, file: &Path, settled: usize, with: Signal) -> (Told, Option<i32>) {
    let mut child =
        hub.command(&["push", file.to_str().unwrap(), "--json"]).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Told::default();
    while let Some(line) = lines.next_line().await.unwrap() {
        told.hear(&line);
        if told.sequences.len() == settled {
            signal(&child, with);
        }
    }
    (told, child.wait().await.unwrap().code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_pushed_again_also_after_the_brokers_window_is_answered_the_same_and_changes_nothing() {
    const EVENTS: u64 = 200;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.jsonl");
    write_events(&file, EVENTS as usize);
    let hub = HubProcess::start(dir.path(), &[("SAMFLYT_NATS__DUPLICATE_WINDOW_S", "1")]).await;
    register(&hub.operator().await, SELJORD).await;
    let log = hub.log().await;

    let first = push(&hub, &file).await;
    let expected: Vec<(u64, u64)> = (1..=EVENTS).map(|n| (n, n)).collect();
    assert_eq!(first.sequences, expected, "each line is told its place in the log");
    assert_eq!(first.summary["accepted"], EVENTS);
    let lineage = all_answers(&hub.operator().await, SELJORD.tenant, EVENTS).await;

    for wait in [Duration::ZERO, Duration::from_millis(2_500)] {
        // Time is what is under test here: the broker must have forgotten.
        tokio::time::sleep(wait).await;
        let again = push(&hub, &file).await;
        assert_eq!(again.sequences, expected);
        assert_eq!((&again.summary["accepted"], &again.summary["duplicates"]), (&json!(0), &json!(EVENTS)));
        let state = log.state("EVENTS_seljord").await.unwrap().unwrap();
        assert_eq!((state.last, state.messages), (EVENTS, EVENTS), "the log is unchanged");
        assert_eq!(all_answers(&hub.operator().await, SELJORD.tenant, EVENTS).await, lineage);
    }
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_interrupted_goes_on_where_it_was_and_one_that_was_killed_loses_nothing() {
    const EVENTS: u64 = 20_000;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.jsonl");
    write_events(&file, EVENTS as usize);
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;

    // A kill may lose the position, and the next push begins at an earlier line: what is told again is the same.
    let (killed, code) = interrupt(&hub, &file, 300, Signal::KILL).await;
    assert_eq!((code, &killed.summary), (None, &Value::Null));
    let (stopped, code) = interrupt(&hub, &file, 300, Signal::INT).await;
    assert_eq!((code, &stopped.summary["complete"]), (Some(130), &json!(false)));
    let rest = push(&hub, &file).await;
    assert_eq!(rest.summary["complete"], true);

    let (last, _) = *stopped.sequences.last().unwrap();
    assert!(last < EVENTS, "the push was over before it was interrupted");
    assert_eq!(rest.sequences[0].0, last + 1, "it goes on with the first line that was not settled");
    let all: Vec<(u64, u64)> = stopped.sequences.iter().chain(&rest.sequences).copied().collect();
    let from = usize::try_from(all[0].0).unwrap() - 1;
    assert_eq!(killed.sequences[from..], all[..killed.sequences.len() - from]);
    assert_eq!(rest.sequences.last().unwrap().0, EVENTS);
    let mut places: Vec<u64> = killed.sequences[..from].iter().chain(&all).map(|(_, place)| *place).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places, (1..=EVENTS).collect::<Vec<_>>(), "every line is in the log, once");
    let state = hub.log().await.state("EVENTS_seljord").await.unwrap().unwrap();
    assert_eq!(state.messages, EVENTS);
    hub.kill().await;
}
