//! What can go wrong.

use std::path::PathBuf;

/// The store cannot be trusted, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("sled failed")]
    Sled(#[from] sled::Error),
    /// Says nothing about what is in it.
    #[error("sled's directory is locked")]
    Locked,
    #[error("sled panicked: {0}")]
    Panicked(String),
    #[error("the store is corrupt: {0}")]
    Corrupt(&'static str),
    #[error("the store counts {expected} entries and holds {found}, or their hashes differ")]
    SumDiffers { expected: u64, found: u64 },
    #[error("the store was folded by version {found}, this is version {expected}")]
    Version { expected: u32, found: u32 },
}

/// An entry cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The entry means nothing to this fold. It is logged and skipped. Never name a value.
    #[error("the entry cannot be folded: {0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A projection cannot start, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    #[error("the directory {path} cannot be used")]
    Directory {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path} is held by another process: does a hub run on this directory already?")]
    InUse { path: PathBuf },
    #[error("a new store cannot be opened in {path}")]
    NewStore {
        path: PathBuf,
        #[source]
        source: StoreError,
    },
    #[error(
        "the projection {name} was set aside {times} times without catching up between, the last time because: {reason}"
    )]
    KeepsFailing { name: &'static str, times: u32, reason: String },
}

/// An error with its causes, in one line.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
