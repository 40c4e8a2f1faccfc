//! Writes to the log what a gateway and a registry would have written over three years: many messages in flight, each with
//! the time at which the hub learned of it.

use std::future::IntoFuture;

use anyhow::{Context as _, ensure};
use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::context::{Context, ContextBuilder, PublishAckFuture};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use samflyt_events::Event;
use samflyt_log::{LEARNED_AT, Log};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many are waited for at once: enough to keep the broker busy, few enough for its buffers.
const IN_FLIGHT: usize = 4_000;
const ACK_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

type Acks = FuturesUnordered<<PublishAckFuture as IntoFuture>::IntoFuture>;

pub(super) struct Writer {
    jetstream: Context,
    acks: Acks,
    pub written: u64,
}

impl Writer {
    /// `written` goes on from the last writer's: ids are made of it, and the broker takes each id once.
    pub fn new(log: &Log, written: u64) -> Self {
        let jetstream = ContextBuilder::new()
            .timeout(ACK_TIMEOUT)
            .ack_timeout(ACK_TIMEOUT)
            .max_ack_inflight(IN_FLIGHT * 2)
            .build(log.client().clone());
        Self { jetstream, acks: FuturesUnordered::new(), written }
    }

    pub async fn write(&mut self, subject: String, event: &Event, at: OffsetDateTime) -> anyhow::Result<()> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, event.message_id());
        for (name, value) in event.headers() {
            headers.insert(name, value);
        }
        headers.insert(LEARNED_AT, at.format(&Rfc3339)?);
        let payload = event.data.clone();
        let sent = self.jetstream.publish_with_headers(subject, headers, payload).await?;
        self.acks.push(sent.into_future());
        self.written += 1;
        while self.acks.len() >= IN_FLIGHT {
            self.taken().await?;
        }
        Ok(())
    }

    /// Whether there was one to wait for.
    async fn taken(&mut self) -> anyhow::Result<bool> {
        let acknowledged = self.acks.next().await.transpose().context("the broker did not take a message")?;
        ensure!(acknowledged.as_ref().is_none_or(|ack| !ack.duplicate), "the nation uses an id twice");
        Ok(acknowledged.is_some())
    }

    /// Waits until all of it is taken.
    pub async fn settled(&mut self) -> anyhow::Result<()> {
        while self.taken().await? {}
        Ok(())
    }
}
