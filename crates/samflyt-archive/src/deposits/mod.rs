//! Deposits as events: what `archive.deposit-requested` asks for, and what the archive answers.
//!
//! Consumes every tenant's log; emits `archive.deposit-accepted` and `archive.deposit-rejected` to it, each caused by its
//! request, and the same for messages of Fiks Arkiv. Keeps true: a request is carried out whole or not at all, and answered
//! once, wherever the process was killed; what is accepted is in the archive with its documents; requests of a municipality
//! are taken in the order of its log, backfilled ones like others; one that cannot be decided now waits, and shows.

mod announce;
mod answer;
mod decide;
mod event;
mod fold;
mod form;
mod grpc;
mod keys;
mod lane;
mod metrics;
mod reader;
mod request;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use samflyt_events::subject::events_stream;
use samflyt_events::{DigestKey, EventRef, TenantId};
use samflyt_projection::{ProjectionError, Runner, StoreError};
use samflyt_proto::archive::deposit_service_server::DepositServiceServer;
use samflyt_runtime::{Deps, Lifecycle};

use crate::{Archive, ArchiveConfig, project};
use fold::{Deposit, DepositFold};
use metrics::DepositMetrics;
use reader::Deposits;

const REQUESTED: &str = "archive.deposit-requested";
const ACCEPTED: &str = "archive.deposit-accepted";
const REJECTED: &str = "archive.deposit-rejected";
const MESSAGE_RECEIVED: &str = "archive.message-received";

/// What the archive knows of deposits.
pub(crate) struct DepositDesk {
    runner: Runner,
    digest_key: DigestKey,
    metrics: DepositMetrics,
    /// Why a tenant's first request cannot be decided now.
    held_up: Mutex<HashMap<TenantId, String>>,
    /// Why a request cannot be answered now that waits for an external archive, by its place.
    waits: Mutex<HashMap<(TenantId, u64), String>>,
}

impl DepositDesk {
    pub async fn open(
        config: &ArchiveConfig,
        deps: &Deps,
        digest_key: DigestKey,
        lifecycle: &Lifecycle,
    ) -> Result<Self, ProjectionError> {
        let runner = project("archive deposits", DepositFold, true, config, deps, lifecycle).await?;
        let metrics = DepositMetrics::new();
        Ok(Self { runner, digest_key, metrics, held_up: Mutex::default(), waits: Mutex::default() })
    }

    /// A deposit as it is now, for who needs no position.
    fn find(&self, tenant: &TenantId, request: &EventRef) -> Result<Option<Deposit>, StoreError> {
        let key = keys::request(tenant.as_str(), &fold::encoded(request));
        self.runner.get(&key)?.map(|bytes| Deposit::read(&bytes)).transpose()
    }

    fn deposits(&self, tenant: &TenantId) -> Deposits {
        Deposits { tenant: tenant.clone(), view: self.runner.view() }
    }
}

/// Follows every tenant's log and answers what it asks; gives the door to what was answered.
pub(crate) fn serve(archive: &Arc<Archive>) -> DepositServiceServer<grpc::Service> {
    worker::start(archive);
    archive.lifecycle.spawn("archive deposit metrics", metrics::watch(Arc::clone(archive)));
    DepositServiceServer::new(grpc::Service(Arc::clone(archive)))
}

fn follow(archive: &Archive, tenant: &TenantId) {
    archive.deposits.runner.follow(&events_stream(tenant));
}
