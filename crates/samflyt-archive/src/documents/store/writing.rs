//! A document on its way into the store. Dropped before it is complete, it leaves nothing.

use bytes::Bytes;
use object_store::{MultipartUpload, PutPayload};

use crate::documents::error::StoreError;

/// Stores elsewhere take no smaller parts, but for the last (5 MiB), and no more than 10,000 of them.
const PART_BYTES: usize = 8 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Writing {
    upload: Box<dyn MultipartUpload>,
    part: Vec<Bytes>,
    part_bytes: usize,
}

impl Writing {
    pub(super) fn new(upload: Box<dyn MultipartUpload>) -> Self {
        Self { upload, part: Vec::new(), part_bytes: 0 }
    }

    pub async fn write(&mut self, piece: Bytes) -> Result<(), StoreError> {
        self.part_bytes += piece.len();
        self.part.push(piece);
        if self.part_bytes >= PART_BYTES { self.flush().await } else { Ok(()) }
    }

    /// When it returns, the document is at its name, and on disk.
    pub async fn complete(mut self) -> Result<(), StoreError> {
        if !self.part.is_empty() {
            self.flush().await?;
        }
        self.upload.complete().await?;
        Ok(())
    }

    pub async fn abort(mut self) -> Result<(), StoreError> {
        Ok(self.upload.abort().await?)
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        self.part_bytes = 0;
        let part: PutPayload = std::mem::take(&mut self.part).into_iter().collect();
        Ok(self.upload.put_part(part).await?)
    }
}
