//! The schemas of the standard, and xmllint.

use std::path::{Path, PathBuf};
use std::process::Command;

/// None, and a line that says so, where the schemas are not at hand.
pub fn folder() -> Option<PathBuf> {
    let dir = std::env::var_os("SAMFLYT_CONFORMANCE_DIR").map(PathBuf::from).filter(|dir| dir.is_dir());
    if dir.is_none() {
        eprintln!("SAMFLYT_CONFORMANCE_DIR is not set: nothing was validated");
    }
    dir
}

pub fn validate(schema: &Path, xml: &str) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), xml).unwrap();
    let lint = Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).arg(file.path()).output();
    let lint = lint.expect("xmllint (libxml2-utils) is installed");
    if lint.status.success() {
        Ok(())
    } else {
        Err(format!("{}\n{xml}", String::from_utf8_lossy(&lint.stderr)))
    }
}
