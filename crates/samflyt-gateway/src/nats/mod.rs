//! CloudEvents over NATS: systems connect to the broker with their bearer token and publish by request.
//!
//! Who a message is from, is what the broker enforces: the subject `ingest.<tenant>.<system>`, which only those may
//! publish to whom the callout let in for it. The user's name in `Nats-Request-Info` says which of them, and could be
//! forged among just those (see `docs/decisions`). Each tenant has a connection of its own: what a system can break with
//! a malformed header is its own municipality's door, and that is opened again.

mod callout;
mod ingest;
mod name;
pub(crate) mod user_jwt;

use std::sync::Arc;

use samflyt_runtime::Lifecycle;

pub use name::inbox_prefix;

use crate::{Intake, StartError};

/// Gateways share the work.
const QUEUE: &str = "samflyt-gateway";

/// Answers the broker's callouts and takes events, where the broker lets systems in.
///
/// # Errors
/// [`StartError::Broker`] where the callout cannot be answered.
pub(crate) async fn start(intake: &Arc<Intake>, lifecycle: &Lifecycle) -> Result<(), StartError> {
    if intake.deps.log.config().auth_issuer_seed.is_empty() {
        tracing::info!("no auth issuer seed: systems cannot connect to the broker themselves");
        return Ok(());
    }
    callout::start(intake, lifecycle).await?;
    let (intake, lifecycle) = (Arc::clone(intake), lifecycle.clone());
    let tasks = lifecycle.clone();
    tasks.spawn_intake("ingest", async move {
        let stop = lifecycle.intake.clone();
        let feed = intake.deps.feed.clone();
        feed.for_each_tenant(stop, |tenant| ingest::open(&intake, &lifecycle, tenant)).await;
        Ok::<(), String>(())
    });
    Ok(())
}

/// A connection of its own: one that a malformed message breaks takes nothing else with it.
async fn connect(intake: &Intake, name: &str) -> Result<async_nats::Client, async_nats::ConnectError> {
    let config = intake.deps.log.config();
    let servers: Vec<String> = config.url.split(',').map(|url| url.trim().to_owned()).collect();
    async_nats::ConnectOptions::with_user_and_password(config.user.clone(), config.password.clone())
        .name(name)
        .custom_inbox_prefix("_INBOX_HUB")
        .connect(servers)
        .await
}
