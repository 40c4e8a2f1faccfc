//! What the files are: the first of them.

use std::collections::BTreeMap;

use samflyt_events::{Refusal, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{CATALOGUE, EVENTS, MANIFEST, invalid};

/// The version of the files' form. Another one is refused, never guessed at.
pub(super) const VERSION: u32 = 1;
const FORMAT: &str = "samflyt-tenant";

/// What there is, and how it is known to be whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub format: String,
    pub version: u32,
    pub tenant: TenantId,
    #[serde(with = "time::serde::rfc3339")]
    pub exported_at: OffsetDateTime,
    /// The last sequence of each stream that is in the files.
    pub positions: BTreeMap<String, u64>,
    /// In the order in which they come.
    pub files: Vec<FileSum>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSum {
    pub name: String,
    pub entries: u64,
    pub bytes: u64,
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

#[derive(Deserialize)]
struct AnyVersion {
    format: String,
    version: u32,
}

impl Manifest {
    pub fn new(
        tenant: TenantId,
        exported_at: OffsetDateTime,
        positions: BTreeMap<String, u64>,
        files: Vec<FileSum>,
    ) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, tenant, exported_at, positions, files }
    }

    /// # Errors
    /// `REQUEST_INVALID` where it is not one, or of a version that this hub does not know.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let not_one = |error: serde_json::Error| {
            invalid(MANIFEST, format!("is no manifest: {error}"), "begin with the file as it was exported")
        };
        let any: AnyVersion = serde_json::from_slice(bytes).map_err(not_one)?;
        if any.format != FORMAT || any.version != VERSION {
            let rule = format!("is {} {}; this hub reads {FORMAT} {VERSION}", any.format, any.version);
            return Err(invalid(
                MANIFEST,
                rule,
                "export with a hub of this version, or import with one of that",
            ));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(not_one)?;
        let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
        if names != [CATALOGUE, EVENTS] {
            let rule = format!("names other files than {CATALOGUE} and {EVENTS}, or in another order");
            return Err(invalid(MANIFEST, rule, "take the file as it was exported"));
        }
        Ok(manifest)
    }
}

/// Counts and sums up a file while it goes by.
#[derive(Clone, Default)]
pub(super) struct Sum {
    entries: u64,
    bytes: u64,
    sha256: Sha256,
    unended: usize,
}

impl Sum {
    pub fn update(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.unended += part.len();
            if part.ends_with(b"\n") {
                self.entries += 1;
                self.unended = 0;
            }
        }
        self.bytes += bytes.len() as u64;
        self.sha256.update(bytes);
    }

    /// Bytes since the last line end.
    pub fn unended(&self) -> usize {
        self.unended
    }

    pub fn finish(self, name: &str) -> FileSum {
        let sha256 = self.sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        FileSum { name: name.to_owned(), entries: self.entries, bytes: self.bytes, sha256 }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn manifest() -> Manifest {
        let sums = [CATALOGUE, EVENTS].map(|name| Sum::default().finish(name));
        let tenant = TenantId::new("seljord").unwrap();
        Manifest::new(tenant, datetime!(2026-03-02 8:00 UTC), BTreeMap::new(), sums.into())
    }

    #[test]
    fn another_version_is_refused_by_its_number_and_never_guessed_at() {
        let text = serde_json::to_string(&manifest()).unwrap();
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap(), manifest());
        let later = text.replace("\"version\":1", "\"version\":2").replace("\"positions\"", "\"places\"");
        let refusal = Manifest::parse(later.as_bytes()).unwrap_err();
        assert!(refusal.message.contains("samflyt-tenant 2"), "{refusal}");
        let swapped = text.replace("catalogue.jsonl", "x").replace("events.jsonl", "catalogue.jsonl");
        assert!(Manifest::parse(swapped.as_bytes()).is_err());
    }

    #[test]
    fn a_sum_is_the_same_however_the_bytes_come() {
        let (mut whole, mut parts) = (Sum::default(), Sum::default());
        whole.update(b"ab\ncd\ne");
        for part in [&b"a"[..], b"b\nc", b"d", b"\ne"] {
            parts.update(part);
        }
        assert_eq!((whole.entries, whole.unended()), (2, 1));
        assert_eq!(whole.finish("f"), parts.finish("f"));
    }
}
