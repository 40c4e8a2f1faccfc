//! Extractions from the demo region, by its own command lines.

use std::process::Stdio;

use samflyt::client::Client;
use samflyt_proto::archive::CheckNumbersRequest;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::uttrekk::Uttrekk;
use super::{document_of, says_the_same, told};
use crate::archive::fiks::published::conformance;
use crate::process::BINARY;

/// A demo that stays up.
struct Demo {
    /// Dropped, it is killed.
    _child: Child,
    endpoint: String,
    token: String,
}

impl Demo {
    async fn start(dir: &std::path::Path) -> Self {
        let mut child = Command::new(BINARY)
            .args(["demo", "--keep", "--data-dir"])
            .arg(dir)
            .env("SAMFLYT_GRPC__LISTEN", "127.0.0.1:0")
            .env("SAMFLYT_HTTP__LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        let endpoint = loop {
            let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("{}", said.join("\n")));
            if let Some(endpoint) = line.trim().strip_prefix("gRPC ") {
                break endpoint.split_whitespace().next().unwrap().to_owned();
            }
            said.push(line);
        };
        assert!(said.iter().any(|line| line == "The totals add up."), "{}", said.join("\n"));
        // What it says later is read, so that it can say it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let token = std::fs::read_to_string(dir.join("operator-token")).unwrap().trim().to_owned();
        Self { _child: child, endpoint, token }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn extractions_from_the_demo_region_are_valid_and_say_the_same_as_the_api() {
    let Some(conformance) = conformance() else { return };
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(&dir.path().join("demo")).await;
    let client = Client::connect(&demo.endpoint, &demo.token).await.unwrap();
    let mut journalposter = 0;
    for tenant in ["fyresdal", "kviteseid", "nissedal", "seljord", "tokke", "vinje"] {
        let to = dir.path().join(tenant);
        let schemas = conformance.join("noark5/v5.0");
        let output = Command::new(BINARY)
            .args(["archive", "export", "--json", "--tenant", tenant, "--arkivdel", "SAK"])
            .args(["--from", "2000-01-01", "--to", "2100-01-01", "--schemas"])
            .arg(schemas)
            .arg("--to-folder")
            .arg(&to)
            .env("SAMFLYT_ENDPOINT", &demo.endpoint)
            .env("SAMFLYT_TOKEN", &demo.token)
            .output()
            .await
            .unwrap();
        let counted: Value = told(&output);
        let uttrekk = Uttrekk::of(&to);
        uttrekk.is_valid(&conformance);
        uttrekk.describes_itself_rightly();
        let request = CheckNumbersRequest { tenant: tenant.to_owned() };
        let series = client.records().check_numbers(request).await.unwrap().into_inner().series;
        let given: i64 = series.iter().filter(|one| one.series == "journal").map(|one| one.given).sum();
        assert_eq!(counted["journalposter"].as_i64(), Some(given), "{tenant}");
        let registreringer = uttrekk.structure().registreringer();
        assert_eq!(Some(registreringer.len() as u64), counted["registreringer"].as_u64());
        for said in &registreringer {
            let kept = document_of(&client, tenant, said["systemID"].as_str().unwrap()).await;
            says_the_same(&uttrekk, said, &kept);
        }
        journalposter += given;
    }
    assert!(journalposter > 0, "the demo deposited nothing");
    println!("{journalposter} journalposter of six municipalities");
}
