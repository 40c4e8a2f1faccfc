//! Looking through a bucket: counting a family, and reading it.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures::StreamExt;

use super::{Bucket, BucketError, Family, Held};

impl Bucket {
    fn filter(&self, family: Family) -> String {
        format!("$KV.{}.{}.>", self.name, family.prefix())
    }

    /// How many entries a family has. One request: the broker counts.
    pub async fn count(&self, family: Family) -> Result<u64, BucketError> {
        let config = pull::Config {
            filter_subject: self.filter(family),
            deliver_policy: DeliverPolicy::LastPerSubject,
            ack_policy: AckPolicy::None,
            inactive_threshold: Duration::from_secs(5),
            memory_storage: true,
            ..Default::default()
        };
        let consumer = self.stream.create_consumer(config).await.map_err(|error| self.failed(error))?;
        let info = consumer.cached_info();
        let (count, name) = (info.num_pending, info.name.clone());
        self.stream.delete_consumer(&name).await.map_err(|error| self.failed(error))?;
        Ok(count)
    }

    /// The entries of a family whose revision is above `after`, as they stand now: the last part of the key, and what is
    /// held.
    pub async fn scan(&self, family: Family, after: u64) -> Result<Vec<(String, Held)>, BucketError> {
        let config = pull::OrderedConfig {
            filter_subject: self.filter(family),
            deliver_policy: DeliverPolicy::LastPerSubject,
            ..Default::default()
        };
        let consumer = self.stream.create_consumer(config).await.map_err(|error| self.failed(error))?;
        let mut left = consumer.cached_info().num_pending;
        let mut found = Vec::new();
        let mut messages = consumer.messages().await.map_err(|error| self.failed(error))?;
        while left > 0 {
            let Some(message) = messages.next().await else { break };
            let message = message.map_err(|error| self.failed(error))?;
            let info = message.info().map_err(|error| self.failed(error))?;
            let (revision, pending) = (info.stream_sequence, info.pending);
            left = pending;
            if revision > after
                && let Some((_, id)) = message.subject.as_str().rsplit_once('.')
            {
                found.push((id.to_owned(), Held { revision, value: message.payload.clone() }));
            }
        }
        Ok(found)
    }
}
