//! The command line: a file in, out again, and verified.

use samflyt_testkit::hub::{SELJORD, register};
use serde_json::Value;

use super::{break_off, document, file, sha256};
use crate::process::HubProcess;

/// Exit code, standard output, standard error.
async fn run(hub: &HubProcess, arguments: &[&str]) -> (i32, String, String) {
    let output = hub.command(arguments).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_put_fetched_and_verified_and_a_damaged_one_is_named_with_exit_code_1() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
    let client = hub.operator().await;
    register(&client, SELJORD).await;
    let document = document(1, 2_000_000);
    let name = sha256(&document);
    let (from, to) = (dir.path().join("a.bin"), dir.path().join("b.bin"));
    std::fs::write(&from, &document).unwrap();
    let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());

    break_off(&client, &document, 600_000).await;
    let (code, out, error) = run(&hub, &["archive", "put", from, "--tenant", "seljord"]).await;
    assert_eq!(code, 0, "{error}");
    assert!(out.contains(&name) && out.contains("warning: /content"), "{out}");
    assert!(error.contains("going on after 600000 bytes"), "{error}");
    let (code, out, _) = run(&hub, &["archive", "put", from, "--tenant", "seljord", "--json"]).await;
    let receipt: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, receipt["already_there"].as_bool()), (0, Some(true)));

    let get = ["archive", "get", &name, "--tenant", "seljord", "--output", to];
    assert_eq!(run(&hub, &get).await.0, 0);
    assert_eq!(std::fs::read(to).unwrap(), document);
    let (code, out, _) = run(&hub, &["archive", "verify", "--tenant", "seljord"]).await;
    assert_eq!((code, out.trim()), (0, "1 documents, 2 000 000 bytes: 0 not good"));

    assert_eq!(hub.metric("samflyt_archive_documents").await, Some(1));
    assert_eq!(hub.metric("samflyt_archive_documents_size_bytes").await, Some(2_000_000));
    assert_eq!(hub.metric("samflyt_archive_documents_damaged").await, Some(0));

    std::fs::remove_file(to).unwrap();
    let path = file(&dir.path().join("hub"), &name);
    std::fs::write(&path, [&document[..1_999_999], &[document[1_999_999] ^ 1]].concat()).unwrap();
    let (code, _, error) = run(&hub, &get).await;
    assert!(code == 1 && error.contains("DOCUMENT_DAMAGED") && error.contains(&name), "{error}");
    assert!(!std::path::Path::new(to).exists(), "nothing of it is left under the name");
    let (code, out, _) = run(&hub, &["archive", "verify", "--tenant", "seljord", "--json"]).await;
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, lines[0]["finding"]["sha256"].as_str()), (1, Some(name.as_str())));
    assert_eq!(lines.last().unwrap()["done"]["findings"], 1);
    let (code, out, _) = run(&hub, &["archive", "show", &name, "--tenant", "seljord"]).await;
    assert!(code == 1 && out.contains("damaged: its bytes have the digest"), "{out}");

    assert_eq!(hub.metric("samflyt_archive_documents_damaged").await, Some(1));

    let (code, _, error) = run(&hub, &["archive", "put", "/dev/null", "--tenant", "seljord"]).await;
    assert!(code == 1 && error.contains("DOCUMENT_EMPTY"), "{error}");
    hub.kill().await;
}
