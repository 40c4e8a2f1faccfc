//! What the disk or the store behind the documents may answer.

use samflyt_events::{Reason, Refusal};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot {doing}")]
    File { doing: &'static str, source: std::io::Error },
    #[error("the store of documents failed")]
    Object(#[from] object_store::Error),
    #[error("{0} is used by another process")]
    InUse(std::path::PathBuf),
    #[error("a task of the store was broken off")]
    BrokenOff,
}

impl StoreError {
    pub(crate) fn file(doing: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::File { doing, source }
    }
}

/// Logged here, once; the caller learns that it is not their fault.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(%error, %cause, "documents cannot be stored or read");
        Self::new(
            Reason::StoreUnavailable,
            "the store of documents cannot be used at the moment: try again; what an upload has sent so far is kept",
        )
    }
}

/// Runs what waits for the disk where it keeps nobody else waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(StoreError::BrokenOff))
}
