//! Why a broker could not be had.

use std::io;
use std::path::PathBuf;

use super::find::NotFound;
use super::process::BrokerExit;

/// Why a broker could not be started.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    #[error(transparent)]
    NotFound(#[from] NotFound),

    #[error("the broker's directory {} cannot be used; check that it exists or can be created, and its owner", dir.display())]
    Dir {
        dir: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("another broker runs in {}: a directory has one at a time; stop the other hub or choose another data directory", dir.display())]
    InUse { dir: PathBuf },

    #[error("the broker's credentials in {} cannot be used; restore the file, or remove it to have new ones made", path.display())]
    Credentials {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("{} could not be run", binary.display())]
    Spawn {
        binary: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("nats-server ended while starting: {exit}\n{log_tail}")]
    EndedWhileStarting { exit: BrokerExit, log_tail: String },

    #[error("nats-server was not ready after {waited_s} s ({last}); see {}", log.display())]
    NotReady { waited_s: u64, last: String, log: PathBuf },
}
