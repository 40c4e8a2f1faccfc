//! What an extraction gives, on its way to who asked for it.
//!
//! Kept true: of every file all bytes that were given are in its digest; only so much waits as the channel holds.

use std::collections::BTreeMap;

use samflyt_events::{Reason, Refusal};
use samflyt_noark::noark5::say::File;
use samflyt_noark::write::WriteError;
use samflyt_projection::StoreError;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::export_arkivdel_response::Part;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::records::unreadable;

/// How many documents are named at once.
const DOCUMENTS_AT_ONCE: usize = 500;
/// How much of a file is gathered before it is given.
pub(super) const PIECE_BYTES: usize = 256 * 1024;

/// Why an extraction ended before its end.
#[derive(Debug)]
pub(super) enum Ended {
    Refused(Refusal),
    /// Nobody listens any more.
    Unheard,
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Refused(unreadable(error))
    }
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a unit cannot be written for.
pub(super) fn unsaid(system_id: &str) -> impl Fn(WriteError) -> Ended + '_ {
    move |error| {
        let text = format!(
            "the record {system_id} cannot be said in Noark 5: {error}: correct it, then extract again"
        );
        Ended::Refused(Refusal::new(Reason::ResourceInvalid, text))
    }
}

pub(super) struct Outgoing {
    listener: mpsc::Sender<Result<Part, Refusal>>,
    stop: CancellationToken,
    digests: BTreeMap<&'static str, Sha256>,
    documents: Vec<pb::ExtractionDocument>,
}

impl Outgoing {
    /// Once `stop` is cancelled, nothing more is given.
    pub fn new(listener: mpsc::Sender<Result<Part, Refusal>>, stop: CancellationToken) -> Self {
        Self { listener, stop, digests: BTreeMap::new(), documents: Vec::new() }
    }

    /// The next bytes of a file.
    pub fn piece(&mut self, path: &'static str, text: String) -> Result<(), Ended> {
        if text.is_empty() {
            return Ok(());
        }
        self.digests.entry(path).or_default().update(text.as_bytes());
        self.give(Part::Piece(pb::ExtractionPiece {
            path: path.to_owned(),
            content: text.into_bytes().into(),
        }))
    }

    /// A document of a registrering.
    pub fn document(&mut self, file: File, registrering: &str) -> Result<(), Ended> {
        let File { path, sha256, size, .. } = file;
        let registrering = registrering.to_owned();
        self.documents.push(pb::ExtractionDocument { path, sha256, size, registrering });
        if self.documents.len() >= DOCUMENTS_AT_ONCE { self.documents_named() } else { Ok(()) }
    }

    /// Names the documents that were gathered.
    pub fn documents_named(&mut self) -> Result<(), Ended> {
        let documents = std::mem::take(&mut self.documents);
        if documents.is_empty() {
            return Ok(());
        }
        self.give(Part::Documents(pb::ExtractionDocuments { documents }))
    }

    pub fn give(&self, part: Part) -> Result<(), Ended> {
        if self.stop.is_cancelled() {
            return Err(super::grpc::stopping().into());
        }
        self.listener.blocking_send(Ok(part)).map_err(|_| Ended::Unheard)
    }

    /// The SHA-256 of a file that is complete; none: nothing was written of it.
    pub fn digest(&self, path: &str) -> Option<String> {
        let digest = self.digests.get(path)?.clone().finalize();
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
