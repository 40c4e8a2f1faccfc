//! A message by the command line: sent, answered, looked up again, and in the lineage as any deposit.

use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};

use super::letter::letter;
use crate::archive::deposits::import_structure;
use crate::process::HubProcess;

/// What a command printed, and whether it ended well.
async fn run(hub: &HubProcess, arguments: &[&str]) -> (Value, bool) {
    let output = hub.command(arguments).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{errors}")), output.status.success())
}

async fn send(hub: &HubProcess, files: &[&str]) -> (Value, bool) {
    let mut arguments = vec!["archive", "send", "arkivering.arkivmelding.opprett"];
    arguments.extend(files);
    arguments.extend(["--tenant", SELJORD.tenant, "--system", SELJORD.system]);
    arguments.extend(["--correlation", "sak-17", "--json"]);
    run(hub, &arguments).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_by_hand_is_answered_and_its_affair_is_in_the_lineage() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
    let operator = hub.operator().await;
    register(&operator, SELJORD).await;
    import_structure(&operator).await;
    let (payload, file) = (dir.path().join("arkivmelding.xml"), dir.path().join("brev.txt"));
    std::fs::write(&payload, letter(|_| {})).unwrap();
    std::fs::write(&file, "brev").unwrap();
    let (payload, file) = (payload.to_str().unwrap(), file.to_str().unwrap());
    let (refused, well) = send(&hub, &[payload]).await;
    assert!(!well, "{refused}");
    let told = refused["answers"][1]["payload"].as_str().unwrap();
    assert!(told.contains("/arkivmelding/antallFiler says 1, and 0 files came"), "{told}");

    let (sent, well) = send(&hub, &[payload, file]).await;
    assert!(well && sent["answers"][1]["type"].as_str().unwrap().ends_with(".kvittering"), "{sent}");
    let (again, _) = send(&hub, &[payload, file]).await;
    assert_eq!((&again["message_id"], &again["already_there"]), (&sent["message_id"], &json!(true)));

    let (listed, _) = run(&hub, &["archive", "messages", "--tenant", SELJORD.tenant, "--json"]).await;
    let states: Vec<_> = listed["messages"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!((states.as_slice(), &listed["waiting"]), (&[&json!("answered"); 2][..], &json!(0)));
    let event = format!("{}/{}", SELJORD.system, sent["message_id"].as_str().unwrap());
    let (trace, _) = run(&hub, &["lineage", "trace", SELJORD.tenant, &event, "--json"]).await;
    let text = trace.to_string();
    for kind in ["archive.message-received", "archive.deposit-accepted", "sak-17"] {
        assert!(text.contains(kind), "{kind}: {text}");
    }
    hub.kill().await;
}
