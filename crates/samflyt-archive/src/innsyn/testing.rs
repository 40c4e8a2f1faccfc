//! Whether answers are as the protocol's schemas say.

use std::path::PathBuf;
use std::process::Command;

use samflyt_noark::fiks::Schema;
use samflyt_noark::write;
use serde_json::Value;

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
