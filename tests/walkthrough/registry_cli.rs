//! The catalogue on the command line, with the real binary.

use samflyt_events::catalogue::Kind;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};

use crate::answers::{publish, status_at};
use crate::catalogue::document;
use crate::process::HubProcess;
use crate::tables::systems;

async fn run(hub: &HubProcess, line: &str, file: &std::path::Path) -> (i32, String, String) {
    let words: Vec<&str> =
        line.split(' ').map(|word| if word == "FILE" { file.to_str().unwrap() } else { word }).collect();
    let output = hub.command(&words).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_command_line_a_resource_is_written_put_read_imported_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    let file = dir.path().join("controller.json");
    assert_eq!(run(&hub, "registry new controller FILE", &file).await.0, 0);
    let put = run(&hub, "registry put controller FILE --reason first", &file).await;
    assert_eq!((put.0, put.1.starts_with("seljord is described")), (0, true), "{put:?}");
    let got = run(&hub, "registry get controller seljord --tenant seljord", &file).await;
    let written: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&got.1).unwrap(), written);
    assert!(got.2.starts_with("revision "), "{}", got.2);
    let stale = run(&hub, "registry put controller FILE --expected-revision 1", &file).await;
    assert_eq!(stale.0, 0, "it is just so: nothing to overwrite");
    let told = run(&hub, "registry history controller seljord --tenant seljord", &file).await.1;
    assert!(told.contains("controller.described") && told.contains("first"), "{told}");

    let table = dir.path().join("systems.csv");
    std::fs::write(&table, systems()).unwrap();
    let tried = run(&hub, "registry import system FILE --tenant seljord --dry-run", &table).await;
    assert_eq!(tried.0, 1, "rows were not taken: {tried:?}");
    assert!(tried.1.starts_with("2 would be created"), "{}", tried.1);
    run(&hub, "registry import system FILE --tenant seljord", &table).await;
    let listed = run(&hub, "registry list system --tenant seljord", &table).await.1;
    assert!(listed.contains("seljord-okonomi-okern"), "{listed}");

    // A version that somebody publishes is not retired in passing.
    publish(&hub.operator().await, event(SELJORD, "e", "case-1")).await.unwrap();
    let refused = run(&hub, "registry contract retire case.opened 1.0", &table).await;
    assert_eq!((refused.0, refused.2.contains("--yes")), (1, true), "{refused:?}");
    let retired = run(&hub, "registry contract retire case.opened 1.0 --yes", &table).await;
    assert_eq!((retired.0, retired.1.contains("(retired)")), (0, true), "{retired:?}");
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_decided_on_what_lineage_said_and_its_municipality_moves_to_another_hub() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let hub = HubProcess::start(dir.path(), &[]).await;
    let operator = hub.operator().await;
    register(&operator, SELJORD).await;
    let ephorte = "registry system register seljord-ephorte --host seljord --product ephorte --name ePhorte";
    assert_eq!(run(&hub, ephorte, dir.path()).await.0, 0);
    let mut sequence = 0;
    for (id, system, cause) in
        [("a", SELJORD.system, ""), ("b", "seljord-ephorte", "seljord-oppvekst/a"), ("c", SELJORD.system, "")]
    {
        let mut event = event(SELJORD, id, "case-1");
        event.system = system.to_owned();
        event.causation_id = cause.to_owned();
        sequence = publish(&operator, event).await.unwrap().sequence;
    }
    status_at(&operator, "seljord", sequence).await;

    let file = dir.path().join("change.json");
    let change = document(Kind::Change, |document| {
        document["action"] = json!({"do": "retire", "system": SELJORD.system});
    });
    std::fs::write(&file, change.to_string()).unwrap();
    assert_eq!(run(&hub, "registry put change FILE", &file).await.0, 0);
    let of = "seljord-new-archive --tenant seljord";
    let decide = format!("registry change decide {of} --body Forum --approve");
    assert_eq!(run(&hub, &decide, &file).await.0, 1, "it was not analysed");
    let analysed = run(&hub, &format!("registry change analyse {of} --lines 2"), &file).await;
    assert_eq!(analysed.0, 0, "{analysed:?}");
    assert!(analysed.1.starts_with("touches: "), "{}", analysed.1);
    assert_eq!(run(&hub, &decide, &file).await.0, 0);
    let got = run(&hub, &format!("registry get change {of}"), &file).await.1;
    let decided: Value = serde_json::from_str(&got).unwrap();
    let answer = &decided["analysis"]["answer"];
    assert_eq!(decided["analysis"]["positions"]["EVENTS_seljord"], sequence);
    assert!(answer["counts"]["flow"].as_u64() >= Some(1), "{answer}");
    assert_eq!((answer["lines"].as_array().unwrap().len(), &answer["asked"]["do"]), (2, &json!("retire")));

    let folder = dir.path().join("seljord");
    let exported = run(&hub, "registry export seljord FILE", &folder).await;
    assert_eq!(exported.0, 0, "{exported:?}");
    assert_eq!(run(&hub, "registry export seljord FILE", &folder).await.0, 1, "nothing is overwritten");
    let other = HubProcess::start(elsewhere.path(), &[]).await;
    let imported = run(&other, "registry import-tenant FILE --reason moved", &folder).await;
    assert_eq!(imported.0, 0, "{imported:?}");
    assert!(imported.1.contains("3 events"), "{}", imported.1);
    let there = run(&other, &format!("registry get change {of}"), &file).await.1;
    assert_eq!(serde_json::from_str::<Value>(&there).unwrap(), decided);
    hub.kill().await;
    other.kill().await;
}
