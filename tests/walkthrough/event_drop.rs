//! `samflyt drop-events`, as a system has it that can only write files.

use std::path::Path;

use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};

use crate::process::HubProcess;

const MAPPING: &str = "\
format = 'csv'
delimiter = ';'
type = 'case.opened'
entity = 'sak'
time = 'dato'
[data]
case = { column = 'sak' }
hours = { column = 'timer', type = 'integer' }
";

/// What one run told; the last is the summary.
async fn run(hub: &HubProcess, dir: &Path) -> (Option<i32>, Vec<Value>) {
    let (folder, mapping) = (dir.join("drop"), dir.join("mapping.toml"));
    let arguments = [
        "drop-events",
        "--once",
        "--json",
        "--poll-s",
        "1",
        "--tenant",
        SELJORD.tenant,
        "--system",
        SELJORD.system,
        "--folder",
        folder.to_str().unwrap(),
        "--mapping",
        mapping.to_str().unwrap(),
    ];
    let output = hub.command(&arguments).output().await.unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!told.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), told)
}

#[tokio::test(flavor = "multi_thread")]
async fn good_rows_are_events_once_bad_ones_are_told_by_line_and_a_mended_file_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    let inn = dir.path().join("drop/inn");
    std::fs::create_dir_all(&inn).unwrap();
    std::fs::write(dir.path().join("mapping.toml"), MAPPING).unwrap();
    let text = "sak;dato;timer\n1;2026-03-01;20\n2;2026-03-01;4711\n1;2026-03-02;21\n3;2026-03-01;x\n";
    std::fs::write(inn.join("saker.csv"), text).unwrap();
    std::fs::write(inn.join("feil.csv"), "a,b\n1,2\n").unwrap();

    let (code, told) = run(&hub, dir.path()).await;
    let summary = json!({"summary": {"files": 2, "accepted": 2, "refused": 2}});
    assert_eq!((code, told.last()), (Some(1), Some(&summary)), "{told:?}");
    let done = told.iter().find(|one| one["what"] == "done").unwrap();
    let done = Path::new(done["to"].as_str().unwrap());
    let reason = std::fs::read_to_string(done.join("grunn.txt")).unwrap();
    assert!(reason.contains("- line 3: /data/hours ") && reason.contains("CONTRACT_VIOLATED"), "{reason}");
    assert!(reason.contains("- line 5: column `timer` is not a whole number"), "{reason}");
    let refused = std::fs::read_to_string(done.join("saker-avviste.csv")).unwrap();
    assert_eq!(refused, "sak;dato;timer\n2;2026-03-01;4711\n3;2026-03-01;x\n");
    let reason = std::fs::read_to_string(dir.path().join("drop/avvist/feil/grunn.txt")).unwrap();
    assert!(reason.contains("no column `sak`"), "{reason}");

    let mended = refused.replace("4711", "30").replace(";x", ";31");
    std::fs::write(inn.join("saker-avviste.csv"), mended).unwrap();
    std::fs::write(inn.join("igjen.csv"), text.replace("4711", "30").replace(";x", ";31")).unwrap();
    let (code, told) = run(&hub, dir.path()).await;
    assert_eq!(code, Some(0), "{told:?}");
    assert_eq!(told.last().unwrap()["summary"]["accepted"], 6);
    let state = hub.log().await.state("EVENTS_seljord").await.unwrap().unwrap();
    assert_eq!(state.messages, 4, "a row that comes twice is one event");
    hub.kill().await;
}
