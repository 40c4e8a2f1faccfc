//! Contracts as files.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use samflyt_events::EventType;
use samflyt_events::contract::{DOCUMENT_BYTES_MAX, template};

use crate::cli::output;

/// Writes a contract to start from, and never over something that is there.
pub(super) fn write_new(kind: &EventType, file: Option<&Path>) -> anyhow::Result<()> {
    let text = format!("{}\n", serde_json::to_string_pretty(&template(kind))?);
    let Some(path) = file else { return output::print(&text) };
    let mut created = std::fs::File::create_new(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{} exists already and is not overwritten: choose another name", path.display())
        }
        _ => anyhow::Error::new(error).context(format!("cannot make {}", path.display())),
    })?;
    created.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    output::print(&format!("wrote {}: edit it, then `samflyt registry contract publish` it", path.display()))
}

/// Reads a contract; `-` is standard input.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let (mut text, bytes_max) = (Vec::new(), DOCUMENT_BYTES_MAX as u64);
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(bytes_max + 1).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_end(&mut text))
    };
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if text.len() > DOCUMENT_BYTES_MAX {
        anyhow::bail!("{} has more than {DOCUMENT_BYTES_MAX} bytes: that is no contract", path.display());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_contract_can_be_published_and_overwrites_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("contract.json");
        let kind = EventType::new("case.opened").unwrap();
        write_new(&kind, Some(&path)).unwrap();
        let written = read(&path).unwrap();
        samflyt_events::Contract::parse(&written).unwrap();
        let refused = write_new(&kind, Some(&path)).unwrap_err().to_string();
        assert!(refused.contains("exists already"), "{refused}");
        assert_eq!(read(&path).unwrap(), written);
    }
}
