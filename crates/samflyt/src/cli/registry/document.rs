//! Documents as files.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::cli::output;

/// Writes a document to start from, and never over something that is there. `next` is the command that takes it.
pub(super) fn write(document: &Value, file: Option<&Path>, next: &str) -> anyhow::Result<()> {
    let text = format!("{document:#}\n");
    let Some(path) = file else { return output::print(&text) };
    let mut created = std::fs::File::create_new(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{} exists already and is not overwritten: choose another name", path.display())
        }
        _ => anyhow::Error::new(error).context(format!("cannot make {}", path.display())),
    })?;
    created.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    output::print(&format!("wrote {}: edit it, then `{next}` it", path.display()))
}

/// Reads a file of at most so many bytes; `-` is standard input.
pub(super) fn read(path: &Path, bytes_max: usize) -> anyhow::Result<Vec<u8>> {
    let (mut text, limit) = (Vec::new(), bytes_max as u64 + 1);
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut text))
    };
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if text.len() > bytes_max {
        anyhow::bail!("{} has more than {bytes_max} bytes: that is more than the hub takes", path.display());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_document_is_written_once_and_overwrites_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("document.json");
        let document = serde_json::json!({"id": "x"});
        write(&document, Some(&path), "put").unwrap();
        let written = read(&path, 100).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), document);
        let refused = write(&document, Some(&path), "put").unwrap_err().to_string();
        assert!(refused.contains("exists already"), "{refused}");
        assert_eq!(read(&path, 100).unwrap(), written);
        assert!(read(&path, 3).is_err());
    }
}
