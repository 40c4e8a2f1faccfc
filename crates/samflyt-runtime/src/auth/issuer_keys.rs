//! The keys of one issuer, kept fresh.
//!
//! There is no task in the background: requests notice that the keys are due, and one of them reads while the others go
//! on with the keys there are. Only requests with an unknown key id wait for each other, as the new keys are what they
//! need.

use std::sync::Arc;

use parking_lot::Mutex;
use time::{Duration, OffsetDateTime};

use super::config::AuthConfig;
use super::error::JwksError;
use super::keys::{VerificationKey, parse_jwks};
use super::source::Source;
use crate::clock::SharedClock;

/// The usable keys of an issuer at one time.
#[derive(Default)]
pub(super) struct KeySet {
    /// Grows with every change of the document. 0: never read.
    pub generation: u64,
    keys: Vec<VerificationKey>,
}

impl KeySet {
    pub fn find(&self, key_id: &str) -> Option<&VerificationKey> {
        self.keys.iter().find(|key| key.id == key_id)
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// When a source is read.
struct Pace {
    /// After this long the keys are due.
    refresh: Duration,
    /// The same after a failure.
    retry: Duration,
    /// The least time between two reads.
    gap: Duration,
}

/// The keys of one issuer.
pub(super) struct IssuerKeys {
    issuer: String,
    source: Source,
    pace: Pace,
    clock: SharedClock,
    state: Mutex<State>,
    /// Held by whoever reads the source.
    reading: tokio::sync::Mutex<()>,
}

struct State {
    keys: Arc<KeySet>,
    document: Vec<u8>,
    attempted_at: OffsetDateTime,
    /// How long after `attempted_at` the keys are due.
    due_after: Duration,
    failing: bool,
}

impl State {
    /// Whether `after` has passed since the last attempt, or the clock was set back.
    fn has_passed(&self, after: Duration, now: OffsetDateTime) -> bool {
        now < self.attempted_at || now - self.attempted_at >= after
    }
}

impl IssuerKeys {
    /// The keys of `issuer`, not read yet.
    pub fn new(issuer: String, source: Source, config: &AuthConfig, clock: SharedClock) -> Self {
        let seconds = |s: u32| Duration::seconds(s.into());
        let pace = match source {
            Source::File(_) => Pace {
                refresh: seconds(config.jwks_file_check_seconds),
                retry: seconds(config.jwks_file_check_seconds),
                gap: Duration::ZERO,
            },
            Source::Http { .. } => Pace {
                refresh: seconds(config.jwks_refresh_seconds),
                retry: seconds(config.jwks_refresh_seconds / 10).max(seconds(config.jwks_fetch_gap_seconds)),
                gap: seconds(config.jwks_fetch_gap_seconds),
            },
        };
        let state = State {
            keys: Arc::default(),
            document: Vec::new(),
            attempted_at: OffsetDateTime::UNIX_EPOCH,
            due_after: Duration::ZERO,
            failing: false,
        };
        Self { issuer, source, pace, clock, state: Mutex::new(state), reading: tokio::sync::Mutex::default() }
    }

    /// Reads the keys for the first time. A failure is the caller's to report.
    pub async fn load(&self) -> Result<Arc<KeySet>, JwksError> {
        let _reading = self.reading.lock().await;
        self.begin(self.clock.now());
        let outcome = self.source.read().await.and_then(|document| self.apply(document));
        self.end(outcome.is_err());
        outcome.map(|()| self.snapshot())
    }

    /// The keys; if they are due and nobody else is reading, read anew.
    pub async fn current(&self) -> Arc<KeySet> {
        let now = self.clock.now();
        if !self.is_due(now) {
            return self.snapshot();
        }
        if let Ok(_reading) = self.reading.try_lock()
            && self.is_due(now)
        {
            self.refresh(now).await;
        }
        self.snapshot()
    }

    /// The keys after having looked for new ones, as often as the source may be asked.
    pub async fn after_unknown_key(&self) -> Arc<KeySet> {
        let _reading = self.reading.lock().await;
        // Only now: another may have read while this one waited.
        let now = self.clock.now();
        let may_read = { self.state.lock().has_passed(self.pace.gap, now) };
        if may_read {
            self.refresh(now).await;
        }
        self.snapshot()
    }

    /// Reads the source; a failure leaves the keys as they are and is logged when it begins. To be called while
    /// `reading` is held.
    async fn refresh(&self, now: OffsetDateTime) {
        self.begin(now);
        let outcome = self.source.read().await.and_then(|document| self.apply(document));
        let was_failing = self.end(outcome.is_err());
        let (issuer, location) = (&self.issuer, self.source.location());
        match outcome {
            Err(error) if !was_failing => {
                let cause = error.cause();
                tracing::warn!(
                    %issuer, %location, %error, cause,
                    "the key set cannot be read; the keys read before stay in use"
                );
            }
            Ok(()) if was_failing => tracing::info!(%issuer, %location, "the key set can be read again"),
            _ => {}
        }
    }

    /// Notes an attempt. Should it be abandoned (its request was cancelled), the keys are due again after the gap.
    fn begin(&self, now: OffsetDateTime) {
        let mut state = self.state.lock();
        state.attempted_at = now;
        state.due_after = self.pace.gap;
    }

    /// Notes how the attempt went; says whether the one before had failed.
    fn end(&self, failed: bool) -> bool {
        let mut state = self.state.lock();
        state.due_after = if failed { self.pace.retry } else { self.pace.refresh };
        std::mem::replace(&mut state.failing, failed)
    }

    /// Takes over the keys of `document` if it is another than the last.
    fn apply(&self, document: Vec<u8>) -> Result<(), JwksError> {
        let generation = {
            let state = self.state.lock();
            if state.keys.generation > 0 && state.document == document {
                return Ok(());
            }
            state.keys.generation + 1
        };
        let parsed = parse_jwks(&document)?;
        let (issuer, location) = (&self.issuer, self.source.location());
        for skipped in &parsed.skipped {
            tracing::warn!(%issuer, %location, key = %skipped, "a key of the key set cannot be used");
        }
        if parsed.usable.is_empty() {
            tracing::warn!(
                %issuer, %location,
                "the key set has no usable key; every token of this issuer is refused"
            );
        }
        tracing::info!(%issuer, %location, keys = parsed.usable.len(), generation, "read the key set");
        let mut state = self.state.lock();
        state.keys = Arc::new(KeySet { generation, keys: parsed.usable });
        state.document = document;
        Ok(())
    }

    fn is_due(&self, now: OffsetDateTime) -> bool {
        let state = self.state.lock();
        state.has_passed(state.due_after, now)
    }

    fn snapshot(&self) -> Arc<KeySet> {
        Arc::clone(&self.state.lock().keys)
    }
}
