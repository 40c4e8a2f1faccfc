//! One upload that has begun.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use samflyt_events::{Reason, Refusal};
use tokio::sync::{Mutex, MutexGuard};

use super::PartName;
use crate::documents::decide::{self, Misplaced};
use crate::documents::error::{StoreError, blocking};

#[derive(Debug)]
pub(crate) struct Part {
    pub name: PartName,
    path: PathBuf,
    state: Mutex<PartState>,
    /// It has ended, and its file is gone: whoever comes now begins anew.
    over: AtomicBool,
}

#[derive(Debug)]
pub(crate) struct PartState {
    file: Arc<File>,
    came: u64,
    /// What became of it, once it has ended. It has no file then.
    pub ended: Option<Result<(), Refusal>>,
}

impl Part {
    pub(super) fn open(name: PartName, path: PathBuf) -> Result<Self, StoreError> {
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let failed = StoreError::file("open an upload");
        let file = opened.map_err(&failed)?;
        let came = file.metadata().map_err(failed)?.len().min(name.size);
        let state = PartState { file: Arc::new(file), came, ended: None };
        Ok(Self { name, path, state: Mutex::new(state), over: AtomicBool::new(false) })
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Takes in a piece; says how far the upload came. A piece that was being written when its sender went is written
    /// again by the next, at the same place.
    ///
    /// # Errors
    /// `OFFSET_WRONG`, `STORE_UNAVAILABLE`, or what the upload ended with.
    pub async fn append(&self, offset: u64, mut piece: Bytes) -> Result<u64, Refusal> {
        let mut state = self.state.lock().await;
        match &state.ended {
            Some(Ok(())) => return Ok(self.name.size),
            Some(Err(refusal)) => return Err(refusal.clone()),
            None => {}
        }
        let (came, size) = (state.came, self.name.size);
        let new = decide::place(came, size, offset, piece.len())
            .map_err(|misplaced| refuse(misplaced, came, size))?;
        let piece = piece.split_off(new.start);
        if !piece.is_empty() {
            let file = Arc::clone(&state.file);
            let end = came + piece.len() as u64;
            let failed = StoreError::file("write an upload");
            blocking(move || file.write_all_at(&piece, came).map_err(failed)).await?;
            state.came = end;
        }
        Ok(state.came)
    }

    pub async fn lock(&self) -> MutexGuard<'_, PartState> {
        self.state.lock().await
    }

    /// A part of a whole upload's bytes.
    pub async fn read(&self, state: &PartState, at: u64, len: usize) -> Result<Bytes, StoreError> {
        let file = Arc::clone(&state.file);
        let failed = StoreError::file("read an upload");
        blocking(move || {
            let mut piece = vec![0; len];
            file.read_exact_at(&mut piece, at).map_err(failed)?;
            Ok(piece.into())
        })
        .await
    }

    /// Ends it, for all who send it, and clears what it left.
    pub fn end(&self, state: &mut PartState, outcome: Result<(), Refusal>) {
        state.ended = Some(outcome);
        self.discard();
        // After its file: whoever comes between the two is told how it ended.
        self.over.store(true, Ordering::Release);
    }

    /// Clears what nobody will go on with.
    pub fn discard(&self) {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "an upload that ended could not be cleared");
            }
            _ => {}
        }
    }
}

impl PartState {
    pub fn came(&self) -> u64 {
        self.came
    }
}

fn refuse(misplaced: Misplaced, came: u64, size: u64) -> Refusal {
    let rule = match misplaced {
        Misplaced::Gap => format!("leaves a gap: the upload came as far as {came}"),
        Misplaced::Beyond => format!("goes beyond the {size} bytes that the document was said to have"),
    };
    let advice = format!("go on from {came}; `GetUpload`, or `HEAD` over HTTP, says how far it came");
    Refusal::of_field(Reason::OffsetWrong, "/offset", rule, advice)
}
