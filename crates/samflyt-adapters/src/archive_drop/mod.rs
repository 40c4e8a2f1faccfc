//! A folder that takes arkivmelding XML with its documents.
//!
//! A message is `<name>.xml` in `inn` with the documents that it refers to beside it, or a folder `<name>/` with `arkivmelding.xml`
//! and its documents. Messages are sent one after the other, oldest first, as one may build on the one before. What the same
//! files mean is one message to the hub, whatever they are called and however often they come: `klientMeldingId` is the digest of
//! all of them.

mod candidate;
mod hub;
mod message;
mod outcome;
mod round;
mod told;

use std::path::PathBuf;
use std::time::Duration;

pub use round::{Failed, run};
pub use told::{Tally, Told};

/// What is watched, and how patiently.
#[derive(Debug, Clone)]
pub struct DropConfig {
    pub folder: PathBuf,
    /// Between two looks.
    pub poll: Duration,
    /// For how long something that is not whole is waited for in silence: then missing documents are told of, and XML that is
    /// not well-formed is sent as it is.
    pub patience: Duration,
    /// Ends when nothing is left that can be sent.
    pub once: bool,
}
