//! The exchange of Fiks Arkiv messages: how one comes, waits, is answered, fetched and expires. What it means is decided
//! elsewhere ([`Recipient`]).
//!
//! Consumes messages over HTTP and gRPC; keeps them and their answers in `MESSAGES_<tenant>`, sealed under the archive's own
//! key, for as long as is configured. Keeps true: a message that was accepted is on disk, its documents first; the same
//! `klientMeldingId` of a system is one message; each message gets one answer in its time, or the notice that its time is
//! over; an answer that nobody confirmed stays to be seen.

mod accept;
mod check;
mod config;
mod desk;
mod door;
mod failure;
mod grpc;
mod http;
mod id;
mod index;
mod message;
mod metrics;
mod recipient;
mod sealed;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod told;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive::fiks_arkiv_service_server::FiksArkivServiceServer;
use tokio::sync::OnceCell;

use crate::Archive;
use desk::Desk;
use metrics::MessageMetrics;
use worker::Worker;

pub use config::MessagesConfig;
pub(crate) use message::{Attachment, Incoming, Outgoing};
pub(crate) use recipient::Recipient;

/// The largest gRPC request: a payload, and small files beside it.
const REQUEST_BYTES_MAX: usize = 32 * 1024 * 1024;

type Desks = HashMap<TenantId, Arc<OnceCell<Arc<Desk>>>>;

/// The messages of all tenants.
pub(crate) struct Exchange {
    desks: Mutex<Desks>,
    metrics: MessageMetrics,
}

impl Exchange {
    pub fn new() -> Self {
        Self { desks: Mutex::default(), metrics: MessageMetrics::new() }
    }

    /// The desks that are open.
    fn open_desks(&self) -> Vec<Arc<Desk>> {
        self.desks.lock().values().filter_map(|cell| cell.get().cloned()).collect()
    }
}

impl Archive {
    /// A tenant's messages. The first time they are read from the log, and begin to be answered.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE` where the tenant's key cannot be used; `LOG_UNAVAILABLE`, `INDEX_BEHIND`.
    pub(crate) async fn desk(self: &Arc<Self>, tenant: &TenantId) -> Result<Arc<Desk>, Refusal> {
        let cell = Arc::clone(self.exchange.desks.lock().entry(tenant.clone()).or_default());
        cell.get_or_try_init(|| self.open_desk(tenant)).await.cloned()
    }

    async fn open_desk(self: &Arc<Self>, tenant: &TenantId) -> Result<Arc<Desk>, Refusal> {
        let seal = self.recorder.records(tenant).await?.seal;
        let (log, clock) = (self.deps.log.clone(), self.deps.clock.clone());
        let config = self.config.messages.clone();
        let desk = Desk::open(log, clock, tenant, seal, config, &self.lifecycle).await?;
        let recipient: Arc<dyn Recipient> = Arc::<Self>::clone(self);
        Worker::start(&desk, recipient, &self.lifecycle, self.exchange.metrics.clone());
        Ok(desk)
    }
}

/// Both doors of the messages.
pub(crate) fn serve(archive: &Arc<Archive>) -> (FiksArkivServiceServer<grpc::Service>, axum::Router) {
    let service = FiksArkivServiceServer::new(grpc::Service(Arc::clone(archive)));
    (
        service.max_decoding_message_size(REQUEST_BYTES_MAX).max_encoding_message_size(REQUEST_BYTES_MAX),
        http::router(Arc::clone(archive)),
    )
}
