//! The bucket of a tenant's keys on JetStream: what is put is on disk, what is destroyed is overwritten.
//!
//! It has the layout of a NATS key-value bucket, and any client of those reads it. It is made and written here without the
//! client's own functions, because those forbid deleting single messages, and a purge by subject only drops messages: their
//! bytes stay in the broker's files for some time. Here the broker overwrites them before it answers.
//!
//! Everything is read from the stream's leader: a follower may lag, and then a destroyed key would live on.

mod key;
mod scan;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::context::{ContextBuilder, GetStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::stream::{self, DeleteMessageErrorKind, LastRawMessageErrorKind, Stream};
use async_nats::jetstream::{Context, ErrorCode};
use bytes::Bytes;
use samflyt_events::TenantId;
use samflyt_log::Log;

pub(crate) use key::{Family, Key, erased_of};

/// How many revisions of a key the broker keeps: one more than is needed, so that none is dropped before it was overwritten.
const HISTORY: i64 = 4;

/// The bucket does not answer as it should.
#[derive(Debug, thiserror::Error)]
#[error("the key store {bucket} does not answer: {message}")]
pub struct BucketError {
    pub bucket: String,
    message: String,
}

/// Why something was not put.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PutError {
    /// Somebody else was there first.
    #[error("the entry has moved on")]
    Conflict,
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

/// An entry, and the revision that says which.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub revision: u64,
    pub value: Bytes,
}

pub(crate) struct Bucket {
    pub name: String,
    context: Context,
    stream: Stream,
}

pub(crate) fn stream_name(tenant: &TenantId) -> String {
    format!("KV_KEYS_{tenant}")
}

fn config(tenant: &TenantId, replicas: usize) -> stream::Config {
    stream::Config {
        name: stream_name(tenant),
        subjects: vec![format!("$KV.KEYS_{tenant}.>")],
        max_messages_per_subject: HISTORY,
        storage: stream::StorageType::File,
        num_replicas: replicas,
        discard: stream::DiscardPolicy::New,
        allow_rollup: false,
        allow_direct: false,
        deny_delete: false,
        deny_purge: true,
        ..Default::default()
    }
}

impl Bucket {
    /// The tenant's bucket; none where there is none.
    pub async fn find(log: &Log, tenant: &TenantId) -> Result<Option<Self>, BucketError> {
        let context = context(log);
        match context.get_stream(stream_name(tenant)).await {
            Ok(stream) => Ok(Some(Self { name: format!("KEYS_{tenant}"), context, stream })),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(inner) if inner.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                    Ok(None)
                }
                _ => Err(BucketError { bucket: format!("KEYS_{tenant}"), message: error.to_string() }),
            },
        }
    }

    /// Makes the bucket; one that another process made meanwhile is as good.
    pub async fn create(log: &Log, tenant: &TenantId) -> Result<Self, BucketError> {
        let context = context(log);
        let made = context.get_or_create_stream(config(tenant, log.config().replicas)).await;
        let name = format!("KEYS_{tenant}");
        match made {
            Ok(stream) => Ok(Self { name, context, stream }),
            Err(error) => Err(BucketError { bucket: name, message: error.to_string() }),
        }
    }

    fn failed(&self, message: impl ToString) -> BucketError {
        BucketError { bucket: self.name.clone(), message: message.to_string() }
    }

    fn subject(&self, key: &Key) -> String {
        format!("$KV.{}.{key}", self.name)
    }

    /// The last revision of the whole bucket, and how many entries it has.
    pub async fn state(&self) -> Result<(u64, u64), BucketError> {
        let info = self.stream.get_info().await.map_err(|error| self.failed(error))?;
        Ok((info.state.last_sequence, info.state.messages))
    }

    pub async fn get(&self, key: &Key) -> Result<Option<Held>, BucketError> {
        match self.stream.get_last_raw_message_by_subject(&self.subject(key)).await {
            Ok(message) => Ok(Some(Held { revision: message.sequence, value: message.payload })),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Puts an entry where its revision is still `expected`; 0: where there is none. On disk when it returns.
    ///
    /// # Errors
    /// After [`PutError::Bucket`] nothing is known: it may be there or not.
    pub async fn put(&self, key: &Key, value: Vec<u8>, expected: u64) -> Result<u64, PutError> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        let sent = self.context.publish_with_headers(self.subject(key), headers, value.into()).await;
        let acknowledged = match sent {
            Ok(acknowledged) => acknowledged.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(acknowledged) => Ok(acknowledged.sequence),
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Err(PutError::Conflict),
            Err(error) => Err(self.failed(error).into()),
        }
    }

    /// Puts an entry in the place of another, whose bytes are overwritten.
    pub async fn replace(&self, key: &Key, value: Vec<u8>, expected: u64) -> Result<u64, PutError> {
        let revision = self.put(key, value, expected).await?;
        self.erase(expected).await?;
        Ok(revision)
    }

    /// Overwrites one revision in the broker's files. That it is gone already is no error.
    pub async fn erase(&self, revision: u64) -> Result<(), BucketError> {
        match self.stream.delete_message(revision).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.failed("it did not delete an entry")),
            Err(error) => match error.kind() {
                DeleteMessageErrorKind::JetStream(inner) if is_absent(inner.error_code()) => Ok(()),
                _ => Err(self.failed(error)),
            },
        }
    }

    /// Overwrites all revisions of an entry.
    pub async fn destroy(&self, key: &Key) -> Result<(), BucketError> {
        while let Some(held) = self.get(key).await? {
            self.erase(held.revision).await?;
        }
        Ok(())
    }
}

fn is_absent(code: ErrorCode) -> bool {
    [ErrorCode::NO_MESSAGE_FOUND, ErrorCode::SEQUENCE_NOT_FOUND].contains(&code)
}

fn context(log: &Log) -> Context {
    let timeout = log.config().ack_timeout();
    ContextBuilder::new().timeout(timeout).ack_timeout(timeout).build(log.client().clone())
}
