//! Webhooks on the command line, with the real binary, and what it leaves behind.

use std::fs::File;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::Value;

use super::endpoint::{Endpoint, accepts};
use super::publish_cases;
use crate::process::{HubProcess, up};

/// Runs a command; its code, and what it printed as JSON.
async fn run(hub: &HubProcess, line: &str) -> (i32, Value) {
    let words: Vec<&str> = line.split(' ').chain(["--tenant", SELJORD.tenant, "--json"]).collect();
    let output = hub.command(&words).output().await.unwrap();
    let said = serde_json::from_slice(&output.stdout);
    let said = said.unwrap_or_else(|_| panic!("{line}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), said)
}

fn secret(said: &Value) -> String {
    said["secret"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_verified_rotated_and_moved_and_its_secrets_stand_in_no_file_and_no_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = up(dir.path());
    command
        .env("SAMFLYT_DELIVERY__WEBHOOK__ALLOW_PRIVATE", "true")
        .env("SAMFLYT_DELIVERY__WEBHOOK__ALLOW_HTTP", "true")
        .env("SAMFLYT_TELEMETRY__LOG_FILTER", "debug,samflyt=trace")
        .stderr(File::create(dir.path().join("hub.log")).unwrap());
    let hub = HubProcess::of(command).await;
    let client = &hub.operator().await;
    register(client, SELJORD).await;
    let mut endpoint = Endpoint::start(None).await;
    // What a system published itself needs no agreement.
    let create =
        format!("subscription create cases --consumer {} --webhook {}", SELJORD.system, endpoint.url);
    let (code, made) = run(&hub, &create).await;
    assert_eq!(
        (code, &made["state"], &made["webhook"]),
        (0, &"unverified".into(), &endpoint.url.clone().into())
    );
    assert!(made["because"].as_str().unwrap().contains("WebHook-Allowed-Origin"), "{made}");
    assert_eq!(run(&hub, "subscription verify cases").await.0, 1, "the endpoint still does not want events");
    endpoint.answers.send_replace(Some(accepts));
    let (code, verified) = run(&hub, "subscription verify cases").await;
    assert_eq!((code, &verified["state"], &verified["because"]), (0, &"active".into(), &"".into()));
    let first = secret(&made);
    let second = secret(&run(&hub, "subscription rotate cases --overlap 3600").await.1);
    publish_cases(client, 0..1, 1).await;
    let posted = endpoint.got.recv().await.unwrap();
    assert_eq!((posted.signed_by(&first), posted.signed_by(&second)), (1, 1));
    let mut other = Endpoint::start(Some(accepts)).await;
    let (code, moved) = run(&hub, &format!("subscription move cases --webhook {}", other.url)).await;
    assert_eq!((code, &moved["webhook"]), (0, &other.url.clone().into()));
    publish_cases(client, 1..2, 1).await;
    assert_eq!(other.got.recv().await.unwrap().signed_by(&second), 1);
    hub.terminate();
    assert!(hub.ended().await.success());
    let mut searched = Vec::new();
    let secrets: Vec<Vec<u8>> = [first, second].iter().flat_map(|secret| spellings(secret)).collect();
    search(dir.path(), &secrets, &mut searched);
    for name in ["hub.log", ".blk"] {
        assert!(searched.iter().any(|one| one.ends_with(name)), "{name} is not among {searched:?}");
    }
}

/// A secret as bytes, and in base64, wherever in what is encoded it begins.
fn spellings(secret: &str) -> Vec<Vec<u8>> {
    let clear = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let encoded = (0..3).map(|before| {
        let text = STANDARD_NO_PAD.encode([vec![0; before], clear.clone()].concat());
        text.as_bytes()[(before * 8).div_ceil(6)..(before + clear.len()) * 8 / 6].to_vec()
    });
    encoded.chain([clear.clone()]).collect()
}

/// Searches the files of a folder, and says which ones they were.
fn search(dir: &Path, secrets: &[Vec<u8>], searched: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            search(&entry.path(), secrets, searched);
        } else if entry.file_type().unwrap().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            let has = |secret: &Vec<u8>| bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!secrets.iter().any(has), "a secret stands in {}", entry.path().display());
            searched.push(entry.path().display().to_string());
        }
    }
}
