//! A document on its way out of the store: checked while it is read.
//!
//! Kept true: the last piece is given only after all of the document was found to be what it is named after. Whoever got
//! the last piece has a good document; whoever did not, knows that they have not.

use bytes::Bytes;
use object_store::path::Path;
use sha2::{Digest as _, Sha256};

use super::{Documents, PIECE_BYTES};
use crate::documents::digest::Digest;
use crate::documents::format::{Detector, Format};

/// Why a document cannot be read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It is not what it is named after.
    Damaged(String),
    Missing,
    Unreadable(String),
}

pub(crate) struct Reading {
    documents: Documents,
    path: Path,
    digest: Digest,
    size: u64,
    at: u64,
    hasher: Sha256,
    detector: Detector,
}

impl Reading {
    pub(super) fn new(documents: Documents, path: Path, digest: Digest, size: u64) -> Self {
        let (hasher, detector) = (Sha256::new(), Detector::default());
        Self { documents, path, digest, size, at: 0, hasher, detector }
    }

    /// The next piece; none after the last.
    ///
    /// # Errors
    /// [`Broken`] in place of the last piece, or of any that the store cannot give.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        if self.size == 0 {
            return Err(Broken::Damaged("it is empty".to_owned()));
        }
        if self.at == self.size {
            return Ok(None);
        }
        let end = self.size.min(self.at + PIECE_BYTES);
        let piece = self.documents.range(&self.path, self.at..end).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => Broken::Missing,
            error => Broken::Unreadable(error.to_string()),
        })?;
        if piece.len() as u64 != end - self.at {
            return Err(Broken::Damaged(format!("it ends before its {} bytes", self.size)));
        }
        self.hasher.update(&piece);
        self.detector.feed(&piece);
        self.at = end;
        if end == self.size {
            let found = Digest::finish(std::mem::take(&mut self.hasher));
            if found != self.digest {
                return Err(Broken::Damaged(format!("its bytes have the digest {found}")));
            }
        }
        Ok(Some(piece))
    }

    /// Reads all that is left, and keeps none of it.
    pub async fn check(mut self) -> Result<Format, Broken> {
        while self.next().await?.is_some() {}
        Ok(self.detector.finish())
    }
}
