//! A broker for one test: a temporary directory and a nats-server in it, both gone when dropped.

use std::ops::Deref;

use samflyt_runtime::broker::{Broker, BrokerAccess, BrokerError, BrokerOptions};
use tempfile::TempDir;

/// A broker of its own for a test. Dereferences to how it is reached.
pub struct TestBroker {
    // Before the directory: what writes there must be gone first.
    broker: Broker,
    dir: TempDir,
}

impl TestBroker {
    /// On a free port, synced before each acknowledgement. Takes about 50 ms once nats-server is installed.
    ///
    /// # Errors
    /// See [`BrokerError`].
    pub async fn start() -> Result<Self, BrokerError> {
        Self::with_options(|_| {}).await
    }

    /// As [`TestBroker::start`], with some options changed.
    ///
    /// # Errors
    /// See [`BrokerError`].
    pub async fn with_options(change: impl FnOnce(&mut BrokerOptions)) -> Result<Self, BrokerError> {
        let unusable = |source| BrokerError::Dir { dir: std::env::temp_dir(), source };
        let dir = tempfile::Builder::new().prefix("samflyt-broker-").tempdir().map_err(unusable)?;
        let mut options = BrokerOptions::in_dir(dir.path());
        change(&mut options);
        Ok(Self { broker: Broker::start(options).await?, dir })
    }

    /// To stop, kill and start it again.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Where its configuration, log and store are.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }
}

impl Deref for TestBroker {
    type Target = BrokerAccess;

    fn deref(&self) -> &BrokerAccess {
        self.broker.access()
    }
}
