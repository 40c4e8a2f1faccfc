//! The streams: one per tenant for events, one per tenant and one shared for the catalogue.

use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::{ErrorCode, stream};
use samflyt_events::catalogue::Kind;
use samflyt_events::{TenantId, subject};
use std::time::Duration;

use time::OffsetDateTime;

use crate::Log;

/// A stream cannot be made, or cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[error("the stream {stream} cannot be made or looked at: {message}")]
pub struct StreamError {
    pub stream: String,
    message: String,
}

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    pub first: u64,
    /// 0: empty.
    pub last: u64,
    pub messages: u64,
    /// On the broker's disk.
    pub bytes: u64,
    /// Tells a stream from a later one of the same name.
    pub created: OffsetDateTime,
}

impl Log {
    /// Makes the streams of a tenant where they are missing.
    ///
    /// # Errors
    /// [`StreamError`] where the broker refuses.
    pub async fn ensure_tenant(&self, tenant: &TenantId) -> Result<(), StreamError> {
        let events = subject::events_stream(tenant);
        self.ensure(events, vec![subject::events_of(tenant)]).await?;
        let registry = subject::tenant_registry_stream(tenant);
        let kinds = Kind::OWNED.iter().map(|kind| kind.as_str());
        let subjects = kinds.map(|kind| format!("registry.{tenant}.{kind}.>")).collect();
        self.ensure(registry, subjects).await
    }

    /// Makes the shared registry stream where it is missing.
    ///
    /// # Errors
    /// [`StreamError`] where the broker refuses.
    pub async fn ensure_registry(&self) -> Result<(), StreamError> {
        let kinds = Kind::SHARED.iter().map(|kind| kind.as_str());
        let subjects = kinds.map(|kind| format!("registry.{kind}.*")).collect();
        self.ensure(subject::REGISTRY_STREAM.to_owned(), subjects).await
    }

    /// Makes the stream of a tenant's archive where it is missing.
    ///
    /// # Errors
    /// [`StreamError`] where the broker refuses.
    pub async fn ensure_archive(&self, tenant: &TenantId) -> Result<(), StreamError> {
        self.ensure(subject::archive_stream(tenant), vec![subject::archive_changes(tenant)]).await
    }

    /// Makes the stream of a tenant's deliveries where it is missing.
    ///
    /// # Errors
    /// [`StreamError`] where the broker refuses.
    pub async fn ensure_delivery(&self, tenant: &TenantId) -> Result<(), StreamError> {
        self.ensure(subject::delivery_stream(tenant), vec![format!("delivery.{tenant}.>")]).await
    }

    /// Makes the stream of the messages to a tenant's archive where it is missing. It keeps each for a time.
    ///
    /// # Errors
    /// [`StreamError`] where the broker refuses.
    pub async fn ensure_messages(&self, tenant: &TenantId, kept: Duration) -> Result<(), StreamError> {
        let subjects = vec![format!("messages.{tenant}.>")];
        self.ensure_kept(subject::messages_stream(tenant), subjects, kept).await
    }

    async fn ensure(&self, name: String, subjects: Vec<String>) -> Result<(), StreamError> {
        self.ensure_kept(name, subjects, Duration::ZERO).await
    }

    /// `kept`: for how long each message is; zero: for ever.
    async fn ensure_kept(
        &self,
        name: String,
        subjects: Vec<String>,
        kept: Duration,
    ) -> Result<(), StreamError> {
        let config = stream::Config {
            name: name.clone(),
            max_age: kept,
            subjects: subjects.clone(),
            storage: stream::StorageType::File,
            num_replicas: self.config.replicas,
            duplicate_window: self.config.duplicate_window(),
            allow_direct: true,
            deny_delete: false,
            deny_purge: true,
            discard: stream::DiscardPolicy::New,
            ..Default::default()
        };
        let failed = |message| StreamError { stream: name.clone(), message };
        let found = self.jetstream.get_or_create_stream(config).await;
        let mut config = found.map_err(|error| failed(message(&error)))?.cached_info().config.clone();
        // An earlier version made it, which knew of fewer kinds.
        let missing: Vec<String> =
            subjects.into_iter().filter(|subject| !config.subjects.contains(subject)).collect();
        if !missing.is_empty() || config.max_age != kept {
            config.subjects.extend(missing);
            config.max_age = kept;
            self.jetstream.update_stream(config).await.map_err(|error| failed(error.to_string()))?;
        }
        Ok(())
    }

    /// Where a stream stands; none where there is no such stream.
    ///
    /// # Errors
    /// [`StreamError`] where the broker does not answer.
    pub async fn state(&self, stream: &str) -> Result<Option<StreamState>, StreamError> {
        match self.jetstream.get_stream(stream).await {
            Ok(found) => {
                let info = found.cached_info();
                Ok(Some(StreamState {
                    first: info.state.first_sequence,
                    last: info.state.last_sequence,
                    messages: info.state.messages,
                    bytes: info.state.bytes,
                    created: info.created,
                }))
            }
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(inner) if inner.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                    Ok(None)
                }
                _ => Err(StreamError { stream: stream.to_owned(), message: error.to_string() }),
            },
        }
    }
}

fn message(error: &CreateStreamError) -> String {
    let is_off = match error.kind() {
        CreateStreamErrorKind::JetStreamUnavailable => true,
        CreateStreamErrorKind::JetStream(error) => {
            [ErrorCode::JETSTREAM_NOT_ENABLED, ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT]
                .contains(&error.error_code())
        }
        _ => false,
    };
    if is_off {
        return format!(
            "{error}: enable `jetstream` in the broker's configuration, and for the account of the hub's user"
        );
    }
    error.to_string()
}
