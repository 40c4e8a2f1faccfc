//! Takes files in and keeps them on disk until all are there and right: what is damaged or incomplete changes nothing.

use std::path::{Path, PathBuf};

use futures::{Stream, StreamExt};
use samflyt_events::{Reason, Refusal};
use samflyt_proto::registry as pb;
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tonic::Status;

use super::line::Line;
use super::manifest::{Manifest, Sum};
use super::{LINE_BYTES_MAX, MANIFEST, disk_failed, invalid};

const MANIFEST_BYTES_MAX: usize = 1024 * 1024;

/// Files that are what their manifest says. Gone from disk when dropped.
pub(super) struct Received {
    pub manifest: Manifest,
    dir: TempDir,
}

impl Received {
    /// A file's lines, from the first.
    pub async fn lines(&self, name: &'static str) -> Result<Lines, Refusal> {
        let file = File::open(self.dir.path().join(name)).await.map_err(|error| disk_failed(&error))?;
        Ok(Lines { name, number: 0, reader: BufReader::new(file), text: Vec::new() })
    }
}

/// Reads one line after the other.
pub(super) struct Lines {
    name: &'static str,
    number: u64,
    reader: BufReader<File>,
    text: Vec<u8>,
}

impl Lines {
    pub async fn next(&mut self) -> Result<Option<Line>, Refusal> {
        self.text.clear();
        let read =
            self.reader.read_until(b'\n', &mut self.text).await.map_err(|error| disk_failed(&error))?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        Line::parse(self.name, self.number, &self.text).map(Some)
    }

    /// Of the line that was read last; the first is 1.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// # Errors
/// `REQUEST_INVALID` names the file and what is wrong with it.
pub(super) async fn receive(
    messages: impl Stream<Item = Result<pb::ImportTenantRequest, Status>>,
    data_dir: &Path,
) -> Result<Received, Refusal> {
    std::fs::create_dir_all(data_dir).map_err(|error| disk_failed(&error))?;
    let dir = tempfile::Builder::new()
        .prefix(DIR_PREFIX)
        .tempdir_in(data_dir)
        .map_err(|error| disk_failed(&error))?;
    let mut messages = std::pin::pin!(messages);
    let mut desk = Desk { dir: dir.path().to_owned(), manifest: None, text: Vec::new(), open: None, done: 0 };
    let mut current = String::new();
    while let Some(message) = messages.next().await {
        let message = message.map_err(|status| {
            invalid("", format!("ended before all was there: {}", status.message()), "import again")
        })?;
        if !message.file.is_empty() && message.file != current {
            desk.end_file().await?;
            desk.begin_file(&message.file).await?;
            current = message.file;
        }
        desk.take(&message.content).await?;
    }
    desk.end_file().await?;
    Ok(Received { manifest: desk.all_there()?, dir })
}

const DIR_PREFIX: &str = "import-";

/// Removes what an import that was killed left behind.
pub(crate) fn tidy(data_dir: &Path) {
    let entries = std::fs::read_dir(data_dir).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(DIR_PREFIX)) {
        if let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!(%error, "what an import left behind cannot be removed");
        }
    }
}

/// Where files are taken in, one after the other.
struct Desk {
    dir: PathBuf,
    manifest: Option<Manifest>,
    /// Of the manifest, while it comes.
    text: Vec<u8>,
    open: Option<(BufWriter<File>, Sum)>,
    /// How many files are there and right.
    done: usize,
}

impl Desk {
    async fn begin_file(&mut self, name: &str) -> Result<(), Refusal> {
        let Some(manifest) = &self.manifest else {
            let advice = "send the files in the order that the manifest gives them";
            return if name == MANIFEST {
                Ok(())
            } else {
                Err(invalid(name, "came before the manifest", advice))
            };
        };
        match manifest.files.get(self.done) {
            Some(next) if next.name == name => {
                let file = File::create(self.dir.join(name)).await.map_err(|error| disk_failed(&error))?;
                self.open = Some((BufWriter::new(file), Sum::default()));
                Ok(())
            }
            next => {
                let rule = match next {
                    Some(next) => format!("came where {} was to come", next.name),
                    None => "came after the last file".to_owned(),
                };
                Err(invalid(name, rule, "send the files in the order that the manifest gives them"))
            }
        }
    }

    async fn take(&mut self, content: &[u8]) -> Result<(), Refusal> {
        match &mut self.open {
            None if self.manifest.is_none() => {
                self.text.extend_from_slice(content);
                if self.text.len() > MANIFEST_BYTES_MAX {
                    return Err(invalid(MANIFEST, "is too large for a manifest", "begin with the manifest"));
                }
                Ok(())
            }
            None => Err(invalid("", "has content that is of no file", "name a file with each new content")),
            Some((file, sum)) => {
                sum.update(content);
                if sum.unended() > LINE_BYTES_MAX {
                    let message = format!("a line has more than {LINE_BYTES_MAX} bytes: no hub wrote it");
                    return Err(Refusal::new(Reason::TooLarge, message));
                }
                file.write_all(content).await.map_err(|error| disk_failed(&error))
            }
        }
    }

    async fn end_file(&mut self) -> Result<(), Refusal> {
        let Some((mut file, sum)) = self.open.take() else {
            if self.manifest.is_none() && !self.text.is_empty() {
                self.manifest = Some(Manifest::parse(&self.text)?);
            }
            return Ok(());
        };
        file.flush().await.map_err(|error| disk_failed(&error))?;
        let promised = self.manifest.as_ref().and_then(|manifest| manifest.files.get(self.done));
        let Some(promised) = promised else { return Ok(()) };
        let found = sum.finish(&promised.name);
        if found != *promised {
            let what = if found.entries < promised.entries || found.bytes < promised.bytes {
                "is cut short"
            } else {
                "was altered"
            };
            let rule = format!(
                "{what}: {} entries, {} bytes, SHA-256 {}; the manifest says {}, {}, {}",
                found.entries, found.bytes, found.sha256, promised.entries, promised.bytes, promised.sha256
            );
            return Err(invalid(&promised.name, rule, "take the file as it was exported"));
        }
        self.done += 1;
        Ok(())
    }

    fn all_there(self) -> Result<Manifest, Refusal> {
        let Some(manifest) = self.manifest else {
            return Err(invalid(MANIFEST, "is missing", "begin with the manifest"));
        };
        match manifest.files.get(self.done) {
            None => Ok(manifest),
            Some(missing) => Err(invalid(&missing.name, "is missing", "send every file of the manifest")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use samflyt_events::TenantId;
    use time::macros::datetime;

    use super::super::{CATALOGUE, EVENTS};
    use super::*;

    const LINES: &[u8] = b"{}\n{}\n";

    fn files() -> Vec<(&'static str, Vec<u8>)> {
        let sums = [CATALOGUE, EVENTS].map(|name| {
            let mut sum = Sum::default();
            sum.update(LINES);
            sum.finish(name)
        });
        let tenant = TenantId::new("seljord").unwrap();
        let manifest = Manifest::new(tenant, datetime!(2026-03-02 8:00 UTC), BTreeMap::new(), sums.into());
        let manifest = serde_json::to_vec(&manifest).unwrap();
        vec![(MANIFEST, manifest), (CATALOGUE, LINES.to_vec()), (EVENTS, LINES.to_vec())]
    }

    async fn refused(files: Vec<(&'static str, Vec<u8>)>) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        let messages = files.into_iter().flat_map(|(file, content)| {
            let pieces: Vec<Vec<u8>> = content.chunks(3).map(<[u8]>::to_vec).collect();
            pieces.into_iter().map(move |content| {
                Ok(pb::ImportTenantRequest { file: file.to_owned(), content, reason: String::new() })
            })
        });
        let answer = receive(futures::stream::iter(messages), dir.path()).await;
        let refused = answer.as_ref().err().map(|refusal| refusal.message.clone());
        drop(answer);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left on disk");
        refused
    }

    #[tokio::test]
    async fn files_that_are_whole_and_in_order_are_taken_and_all_others_are_refused_by_name() {
        assert_eq!(refused(files()).await, None);
        type Damage = fn(&mut Vec<(&'static str, Vec<u8>)>);
        let damages: [(&str, Damage); 7] = [
            ("`/events.jsonl` is cut short", |files| files[2].1.truncate(3)),
            ("`/events.jsonl` was altered", |files| files[2].1[1] = b'['),
            ("`/events.jsonl` is missing", |files| files.truncate(2)),
            ("`/events.jsonl` came where catalogue.jsonl was to come", |files| files.swap(1, 2)),
            ("`/catalogue.jsonl` came before the manifest", |files| files.swap(0, 1)),
            ("`/extra.jsonl` came after the last file", |files| {
                files.push(("extra.jsonl", b"{}\n".to_vec()))
            }),
            ("`/manifest.json` is missing", |files| files.clear()),
        ];
        for (expected, damage) in damages {
            let mut damaged = files();
            damage(&mut damaged);
            let told = refused(damaged).await.unwrap();
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
