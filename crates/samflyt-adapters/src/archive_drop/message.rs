//! What is sent, read from the files.

use std::io;
use std::path::{Path, PathBuf};

use samflyt_noark::fiks::MessageType;
use sha2::{Digest, Sha256};

use super::candidate::Candidate;
use crate::document::{self, hexadecimal};
use crate::folder::Stamp;

/// The largest payload that the hub takes.
pub(super) const PAYLOAD_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// A message as the files say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub kind: MessageType,
    pub payload: Vec<u8>,
    pub documents: Vec<Document>,
    /// Follows from all of the above.
    pub client_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    pub name: String,
    pub path: PathBuf,
    pub sha256: String,
    pub size: u64,
}

/// Reads a candidate; none where a file is not as it was found.
///
/// # Errors
/// Where a file cannot be read.
pub(super) fn read(inn: &Path, candidate: &Candidate) -> io::Result<Option<Message>> {
    let dir = inn.join(&candidate.from);
    let mut files = candidate.sent.iter();
    let Some((name, _)) = files.next() else { return Ok(None) };
    let mut payload = Vec::new();
    io::Read::read_to_end(&mut document::open(&dir.join(name))?, &mut payload)?;
    let mut documents = Vec::new();
    for (name, _) in files {
        let path = dir.join(name);
        let (sha256, size) = document::measure(&mut document::open(&path)?)?;
        documents.push(Document { name: name.clone(), path, sha256, size });
    }
    for (name, stamp) in &candidate.sent {
        if Stamp::of(&dir.join(name))? != Some(*stamp) {
            return Ok(None);
        }
    }
    let client_id = client_id(candidate.kind, &payload, &documents);
    Ok(Some(Message { kind: candidate.kind, payload, documents, client_id }))
}

fn client_id(kind: MessageType, payload: &[u8], documents: &[Document]) -> String {
    let mut hasher = Sha256::new();
    let (kind, payload) = (kind.name(), hexadecimal(Sha256::new_with_prefix(payload)));
    let documents = documents.iter().flat_map(|document| [document.name.as_str(), document.sha256.as_str()]);
    for part in [kind.as_str(), payload.as_str()].into_iter().chain(documents) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    format!("drop-{}", hexadecimal(hasher))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_message_id_follows_from_all_that_is_sent_and_from_nothing_else() {
        let document = |name: &str, sha256: &str, path: &str| Document {
            name: name.to_owned(),
            path: path.into(),
            sha256: sha256.to_owned(),
            size: 1,
        };
        let id = |kind, payload: &[u8], documents: &[Document]| client_id(kind, payload, documents);
        let (opprett, oppdater) = (MessageType::ArkivmeldingOpprett, MessageType::ArkivmeldingOppdater);
        let first = id(opprett, b"1", &[document("a", "b", "here")]);
        assert_eq!(first, id(opprett, b"1", &[document("a", "b", "there")]));
        assert!(first.len() <= 120, "{first}");
        let others = [
            id(oppdater, b"1", &[document("a", "b", "here")]),
            id(opprett, b"2", &[document("a", "b", "here")]),
            id(opprett, b"1", &[document("ab", "", "here")]),
            id(opprett, b"1", &[]),
        ];
        assert!(others.iter().all(|other| *other != first));
    }

    #[test]
    fn a_file_that_changed_since_it_was_found_is_not_sent() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.xml");
        std::fs::write(&path, "<a/>").unwrap();
        let candidate = Candidate {
            name: "a".to_owned(),
            from: PathBuf::new(),
            kind: MessageType::ArkivmeldingOpprett,
            sent: vec![("a.xml".to_owned(), Stamp::of(&path).unwrap().unwrap())],
            beside: Vec::new(),
        };
        assert_eq!(read(dir.path(), &candidate).unwrap().unwrap().payload, b"<a/>");
        std::fs::write(&path, "<ab/>").unwrap();
        assert_eq!(read(dir.path(), &candidate).unwrap(), None);
    }
}
