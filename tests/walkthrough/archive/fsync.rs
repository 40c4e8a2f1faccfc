//! The part of durability that no kill can show: before a receipt, the document and its folder were synced.

use std::process::Stdio;

use samflyt_testkit::hub::{SELJORD, register};
use tokio::process::Command;

use super::{document, sha256, upload};
use crate::process::HubProcess;

/// The paths that were synced while a document was uploaded; none where nothing can be traced here.
async fn synced_while_uploading(
    hub: &HubProcess,
    dir: &std::path::Path,
    bytes: &[u8],
) -> Option<Vec<String>> {
    let trace = dir.join("syscalls");
    let mut strace = Command::new("strace")
        .args(["-f", "-y", "-s", "256", "-e", "trace=fsync,fdatasync,rename", "-o"])
        .arg(&trace)
        .args(["-p", &hub.pid().to_string()])
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut said = tokio::io::BufReader::new(strace.stderr.take()?);
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line).await.ok()?;
    if !line.contains("attached") {
        return None;
    }
    upload(&hub.operator().await, bytes).await.unwrap();
    let pid = strace.id()?.to_string();
    Command::new("kill").args(["-INT", &pid]).status().await.ok()?;
    strace.wait().await.ok()?;
    let seen = std::fs::read_to_string(&trace).ok()?;
    Some(seen.lines().map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_synced_before_it_gets_its_name_and_its_folder_after() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    let document = document(1, 100_000);
    let name = sha256(&document);
    let Some(calls) = synced_while_uploading(&hub, dir.path(), &document).await else {
        eprintln!("strace is not installed, or may not trace: the fsyncs are not seen here");
        return;
    };
    let at = |what: &dyn Fn(&str) -> bool| calls.iter().position(|call| what(call));
    let file = at(&|call| call.contains("sync(") && call.contains(&format!("{name}#")));
    let rename = at(&|call| call.contains("rename(") && call.contains(&format!("{name}#")));
    let folder = calls
        .iter()
        .rposition(|call| call.contains("sync(") && call.contains(&format!("/seljord/{}>", &name[..2])));
    let seen = calls.join("\n");
    assert!(file.is_some() && file < rename, "{seen}");
    assert!(rename < folder, "{seen}");
    hub.kill().await;
}
