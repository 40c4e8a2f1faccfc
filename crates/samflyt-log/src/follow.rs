//! Following a stream from a sequence on: an ordered consumer, no state on the server, made anew whenever it is lost.

use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures::StreamExt;
use tokio::sync::watch;

use crate::{Entry, Log};

/// What to follow.
#[derive(Debug, Clone)]
pub struct Follow {
    pub stream: String,
    /// The last sequence that is known already.
    pub after: u64,
    /// Leave the payload behind: half the bytes for who does not need it.
    pub headers_only: bool,
}

/// Gives each message of a stream once, in order, for ever. A broker that is gone is waited for.
pub struct Follower {
    log: Log,
    follow: Follow,
    messages: Option<pull::Ordered>,
    failures: u32,
    connections: watch::Receiver<u64>,
}

impl Log {
    pub fn follow(&self, follow: Follow) -> Follower {
        let connections = self.connections.clone();
        Follower { log: self.clone(), follow, messages: None, failures: 0, connections }
    }
}

impl Follower {
    /// The next message. Cancelling loses nothing.
    pub async fn next(&mut self) -> Entry {
        loop {
            let Some(messages) = &mut self.messages else {
                self.open().await;
                continue;
            };
            let message = tokio::select! {
                message = messages.next() => message,
                // The consumer lived in the broker's memory: waiting until it is missed would take half a minute.
                Ok(()) = self.connections.changed() => None,
            };
            match message {
                Some(Ok(message)) => {
                    self.failures = 0;
                    if let Some(entry) = entry(message)
                        && entry.sequence > self.follow.after
                    {
                        self.follow.after = entry.sequence;
                        return entry;
                    }
                }
                Some(Err(error)) => {
                    tracing::debug!(stream = self.follow.stream, %error, "following again");
                    self.messages = None;
                }
                None => self.messages = None,
            }
        }
    }

    async fn open(&mut self) {
        self.connections.mark_unchanged();
        match open(&self.log, &self.follow).await {
            Ok(messages) => self.messages = Some(messages),
            Err(error) => {
                if self.failures == 0 {
                    let stream = &self.follow.stream;
                    tracing::warn!(stream, %error, "cannot follow the stream; trying until it is back");
                }
                self.failures = self.failures.saturating_add(1);
                let pause = Duration::from_millis(50 * u64::from(self.failures.min(20)));
                tokio::time::sleep(pause).await;
            }
        }
    }
}

async fn open(log: &Log, follow: &Follow) -> Result<pull::Ordered, async_nats::Error> {
    let stream = log.jetstream.get_stream_no_info(&follow.stream).await?;
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: follow.after + 1 },
        headers_only: follow.headers_only,
        ..Default::default()
    };
    Ok(stream.create_consumer(config).await?.messages().await?)
}

fn entry(message: async_nats::jetstream::Message) -> Option<Entry> {
    let info = message.info().ok()?;
    let (sequence, stored_at, pending) = (info.stream_sequence, info.published, info.pending);
    let message = message.message;
    let headers = message.headers.unwrap_or_default();
    Some(Entry::read(message.subject.into_string(), sequence, stored_at, pending, headers, message.payload))
}
