//! The folder of an extraction.
//!
//! Kept true: nothing outside it is written; `arkivuttrekk.xml` appears whole, when all else is on disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail, ensure};
use samflyt_archive::Digest;
use samflyt_noark::noark5::SCHEMAS;
use samflyt_proto::archive::{ExtractionDocument, SchemaFile};
use sha2::{Digest as _, Sha256};

pub(super) const DESCRIPTION: &str = "arkivuttrekk.xml";
const METADATA: [&str; 5] =
    [DESCRIPTION, "arkivstruktur.xml", "endringslogg.xml", "loependeJournal.xml", "offentligJournal.xml"];
const DOCUMENTS: &str = "DOKUMENT";

#[derive(Debug, Clone)]
pub(super) struct Folder {
    dir: PathBuf,
    /// Of an earlier try.
    has_documents: bool,
}

impl Folder {
    /// Metadata of an earlier try go: they are written anew. Documents stay.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        let documents = dir.join(DOCUMENTS);
        fs::create_dir_all(&documents).with_context(|| format!("cannot make {}", documents.display()))?;
        for file in METADATA {
            match fs::remove_file(dir.join(file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", dir.join(file).display()));
                }
                _ => {}
            }
        }
        let has_documents = fs::read_dir(&documents)?.next().is_some();
        Ok(Self { dir: dir.to_owned(), has_documents })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Copies the schemas into it.
    pub fn take_schemas(&self, from: &Path) -> anyhow::Result<Vec<SchemaFile>> {
        let take = |name: &str| {
            let schema = fs::read(from.join(name)).with_context(|| {
                let all = SCHEMAS.join(", ");
                format!("{} cannot be read: --schemas names a folder with {all}", from.join(name).display())
            })?;
            fs::write(self.dir.join(name), &schema)?;
            Ok(SchemaFile { name: name.to_owned(), sha256: Digest::of(&schema).to_string() })
        };
        SCHEMAS.iter().map(|name| take(name)).collect()
    }

    /// A metadata file, empty.
    pub fn metadata(&self, path: &str) -> anyhow::Result<File> {
        ensure!(METADATA.contains(&path), "the hub sent a file that no extraction has: {path}");
        let path = self.dir.join(path);
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Whether a document is there, whole and right.
    pub fn has(&self, document: &ExtractionDocument) -> anyhow::Result<bool> {
        let path = self.place(&document.path)?;
        if !self.has_documents {
            return Ok(false);
        }
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
            Ok(meta) if meta.len() != document.size => return Ok(false),
            Ok(_) => {}
        }
        let mut hasher = Sha256::new();
        io::copy(&mut File::open(&path)?, &mut hasher)?;
        Ok(Digest::finish(hasher).to_string() == document.sha256)
    }

    /// A document's file, empty.
    pub fn document(&self, document: &ExtractionDocument) -> anyhow::Result<File> {
        let path = self.place(&document.path)?;
        File::create(&path)
            .or_else(|error| match (error.kind(), path.parent()) {
                (io::ErrorKind::NotFound, Some(parent)) => {
                    fs::create_dir_all(parent).and_then(|()| File::create(&path))
                }
                _ => Err(error),
            })
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn place(&self, path: &str) -> anyhow::Result<PathBuf> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(plain && path.starts_with(DOCUMENTS), "the hub named a place outside the extraction: {path}");
        Ok(self.dir.join(path))
    }

    /// Counts the documents, has the disk take all of it, and writes the description.
    pub fn complete(&self, documents: u64, description: &[u8]) -> anyhow::Result<()> {
        let found = count(&self.dir.join(DOCUMENTS))?;
        if found != documents {
            bail!(
                "{} holds {found} files in {DOCUMENTS}, and the extraction has {documents} documents: some are of another \
                 extraction; use an empty folder",
                self.dir.display()
            );
        }
        rustix::fs::syncfs(File::open(&self.dir)?)?;
        let mut draft = tempfile::NamedTempFile::new_in(&self.dir)?;
        draft.write_all(description)?;
        draft.as_file().sync_all()?;
        let file = draft.persist(self.dir.join(DESCRIPTION))?;
        file.set_permissions(fs::metadata(self.dir.join("arkivstruktur.xml"))?.permissions())?;
        File::open(&self.dir)?.sync_all()?;
        Ok(())
    }
}

fn count(dir: &Path) -> io::Result<u64> {
    let mut files = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        files += if entry.file_type()?.is_dir() { count(&entry.path())? } else { 1 };
    }
    Ok(files)
}
