//! `samflyt registry export` and `import-tenant`: a municipality with everything, as files in a folder.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use samflyt_proto::registry as pb;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::Why;
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, show};

/// Comes first, and names the others in their order.
const MANIFEST: &str = "manifest.json";
/// How much of a file one message holds, in bytes.
const PART_BYTES: usize = 256 * 1024;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt registry export seljord ./seljord-2026")]
pub(super) struct Export {
    /// The municipality
    tenant: String,
    /// The folder to make
    dir: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt registry import-tenant ./seljord-2026 --reason \"moved from the old hub\""
)]
pub(super) struct ImportTenant {
    /// The folder that an export made
    dir: PathBuf,
    #[command(flatten)]
    why: Why,
}

impl Export {
    /// The folder is there whole or not at all.
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        if self.dir.exists() {
            anyhow::bail!("{} is there already and is not overwritten: name another", self.dir.display());
        }
        let request = pb::ExportTenantRequest { tenant: self.tenant };
        let mut parts =
            remote.catalogue().await?.export_tenant(request).await.map_err(Failure::from)?.into_inner();
        let beside = self.dir.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = tempfile::Builder::new().prefix(".samflyt-export-").tempdir_in(beside);
        let draft = draft.with_context(|| format!("cannot write in {}", beside.display()))?;
        let mut written = Written::new(draft.path(), bar(as_json)?);
        while let Some(part) = parts.message().await.map_err(Failure::from)? {
            written.take(&part)?;
        }
        let (files, bytes) = written.end()?;
        let draft = draft.keep();
        std::fs::rename(&draft, &self.dir).with_context(|| format!("cannot make {}", self.dir.display()))?;
        if as_json {
            return print_json(&json!({"dir": self.dir, "files": files, "bytes": bytes}));
        }
        print(&format!(
            "{}: {} files, {} bytes",
            self.dir.display(),
            show::number(files),
            show::number(bytes)
        ))
    }
}

fn bar(as_json: bool) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{spinner} {msg}  {bytes}")?;
    Ok(if as_json { ProgressBar::hidden() } else { ProgressBar::new_spinner().with_style(style) })
}

/// The files of an export, as they come.
struct Written<'d> {
    dir: &'d Path,
    open: Option<(String, File)>,
    files: u64,
    bytes: u64,
    bar: ProgressBar,
}

impl<'d> Written<'d> {
    fn new(dir: &'d Path, bar: ProgressBar) -> Self {
        Self { dir, open: None, files: 0, bytes: 0, bar }
    }

    fn take(&mut self, part: &pb::ExportTenantResponse) -> anyhow::Result<()> {
        let is_open = self.open.as_ref().is_some_and(|(name, _)| part.file.is_empty() || *name == part.file);
        if !is_open {
            self.close()?;
            let path = self.dir.join(inside(&part.file)?);
            if let Some(dir) = path.parent() {
                std::fs::create_dir_all(dir)?;
            }
            let file = File::create_new(&path)
                .with_context(|| format!("the hub sent {} twice", plain(&part.file)))?;
            self.open = Some((part.file.clone(), file));
            self.files += 1;
            self.bar.set_message(plain(&part.file));
        }
        if let Some((name, file)) = &mut self.open {
            file.write_all(&part.content).with_context(|| format!("cannot write {name}"))?;
        }
        self.bytes += part.content.len() as u64;
        self.bar.set_position(self.bytes);
        Ok(())
    }

    fn close(&mut self) -> anyhow::Result<()> {
        let Some((name, file)) = self.open.take() else { return Ok(()) };
        file.sync_all().with_context(|| format!("cannot write {name}"))
    }

    fn end(mut self) -> anyhow::Result<(u64, u64)> {
        self.close()?;
        self.bar.finish_and_clear();
        if !self.dir.join(MANIFEST).is_file() {
            anyhow::bail!("the hub ended before it had sent {MANIFEST}: export again");
        }
        Ok((self.files, self.bytes))
    }
}

/// A file's name as a path that stays in the folder.
fn inside(name: &str) -> anyhow::Result<&Path> {
    let path = Path::new(name);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if name.is_empty() || !is_plain {
        anyhow::bail!("`{}` is no name of a file in a folder", plain(name));
    }
    Ok(path)
}

impl ImportTenant {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let files = named(&self.dir)?;
        let mut catalogue = remote.patient_catalogue().await?;
        let (sender, parts) = mpsc::channel(4);
        let (dir, reason, bar) = (self.dir.clone(), self.why.reason, bar(as_json)?);
        let reading = tokio::task::spawn_blocking(move || send(&dir, &files, &reason, &sender, &bar));
        let answer = catalogue.import_tenant(ReceiverStream::new(parts)).await;
        // Where a file could not be read, the hub's refusal is a consequence of that.
        reading.await.context("reading the files broke off")??;
        let answer = answer.map_err(Failure::from)?.into_inner();
        if as_json {
            return print_json(&json!({
                "tenant": answer.tenant,
                "catalogue_entries": answer.catalogue_entries,
                "events": answer.events,
            }));
        }
        let (entries, events) = (show::number(answer.catalogue_entries), show::number(answer.events));
        print(&plain(&format!("{}: {entries} entries of the catalogue, {events} events", answer.tenant)))
    }
}

/// The files of an export in their order, the manifest first.
fn named(dir: &Path) -> anyhow::Result<Vec<String>> {
    let path = dir.join(MANIFEST);
    let text = std::fs::read(&path)
        .with_context(|| format!("{} cannot be read: is {} an export?", path.display(), dir.display()))?;
    let manifest: Value =
        serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    let listed =
        manifest["files"].as_array().with_context(|| format!("{} lists no files", path.display()))?;
    let names = listed.iter().map(|file| {
        let name = file["name"].as_str().or(file.as_str()).unwrap_or_default();
        inside(name).map(|_| name.to_owned())
    });
    std::iter::once(Ok(MANIFEST.to_owned())).chain(names).collect()
}

/// Hands the files over part by part; ends early where the hub takes no more.
fn send(
    dir: &Path,
    files: &[String],
    reason: &str,
    parts: &mpsc::Sender<pb::ImportTenantRequest>,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let mut sent = 0;
    for name in files {
        bar.set_message(plain(name));
        let mut file = File::open(dir.join(name)).with_context(|| format!("cannot read {}", plain(name)))?;
        let mut is_first = true;
        loop {
            let mut content = Vec::new();
            Read::by_ref(&mut file).take(PART_BYTES as u64).read_to_end(&mut content)?;
            // An empty file is a message too.
            if content.is_empty() && !is_first {
                break;
            }
            is_first = false;
            sent += content.len() as u64;
            bar.set_position(sent);
            let part = pb::ImportTenantRequest { file: name.clone(), content, reason: reason.to_owned() };
            if parts.blocking_send(part).is_err() {
                return Ok(());
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(file: &str, content: &str) -> pb::ExportTenantResponse {
        pb::ExportTenantResponse { file: file.to_owned(), content: content.as_bytes().to_vec() }
    }

    #[test]
    fn files_come_part_by_part_and_go_back_in_the_order_of_the_manifest() {
        let dir = tempfile::tempdir().unwrap();
        let mut written = Written::new(dir.path(), ProgressBar::hidden());
        let manifest = json!({"files": [{"name": "b.jsonl"}, {"name": "a/empty.jsonl"}]}).to_string();
        let parts =
            [part(MANIFEST, &manifest), part("b.jsonl", "on"), part("", "e\n"), part("a/empty.jsonl", "")];
        parts.iter().for_each(|part| written.take(part).unwrap());
        assert_eq!(written.end().unwrap(), (3, manifest.len() as u64 + 4));
        assert_eq!(std::fs::read_to_string(dir.path().join("b.jsonl")).unwrap(), "one\n");

        let (sender, mut parts) = mpsc::channel(8);
        let files = named(dir.path()).unwrap();
        send(dir.path(), &files, "why", &sender, &ProgressBar::hidden()).unwrap();
        drop(sender);
        let mut order = Vec::new();
        while let Some(part) = parts.blocking_recv() {
            order.push((part.file, part.content.len()));
        }
        assert_eq!(order[1..], [("b.jsonl".to_owned(), 4), ("a/empty.jsonl".to_owned(), 0)]);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["", "..", "../x", "/etc/x", "a/../../x", "./x/.."] {
            assert!(inside(name).is_err(), "{name}");
        }
        let dir = tempfile::tempdir().unwrap();
        let mut written = Written::new(dir.path(), ProgressBar::hidden());
        assert!(written.take(&part("../out", "x")).is_err());
        assert!(written.take(&part("x", "1")).is_ok());
        assert!(written.end().is_err(), "there was no manifest");
    }
}
