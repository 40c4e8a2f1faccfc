//! Whether answers are as the protocol's schemas say, and who looks.

use std::path::PathBuf;
use std::process::Command;

use samflyt_events::TenantId;
use samflyt_noark::fiks::Schema;
use samflyt_noark::write;
use serde_json::Value;

use crate::access::{AccessConfig, Viewer};
use crate::records::testing::NOW;

/// Another system than the one that deposits, with access to these codes.
pub(crate) fn viewer(codes: &[&str]) -> Viewer {
    let access = AccessConfig {
        systems: vec!["seljord-visma".to_owned()],
        tilgangsrestriksjon: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..AccessConfig::default()
    };
    let tenant = TenantId::new("seljord").unwrap();
    Viewer::new(&[access], &tenant, "964963193", Some("seljord-visma"), false, NOW)
}

/// Writes an answer, and has xmllint say whether it is valid.
pub(crate) fn assert_valid(schema: Schema, file: &str, answer: &Value) {
    let xml = write::document(schema.root(), answer).unwrap();
    let Some(dir) = std::env::var_os("SAMFLYT_CONFORMANCE_DIR") else {
        println!("SAMFLYT_CONFORMANCE_DIR is not set: not checked against {file}");
        return;
    };
    let schema = PathBuf::from(dir).join("fiks-arkiv/schema").join(file);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("answer.xml");
    std::fs::write(&path, &xml).unwrap();
    let said =
        Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).arg(&path).output().unwrap();
    assert!(said.status.success(), "{}\n{xml}", String::from_utf8_lossy(&said.stderr));
}
