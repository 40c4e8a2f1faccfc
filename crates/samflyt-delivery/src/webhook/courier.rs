//! The client of a webhook subscription: takes what the desk sends, posts it, and says what became of it.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::answer::Outcome;
use super::{Endpoint, WebhookChange, Webhooks};
use crate::cursor::{ClientId, Verdict};
use crate::desk::{Change, Command, Handle, Named, Outgoing};

/// Who changed a subscription that the hub itself changed.
const HUB: &str = "samflyt";

/// Dropped, it stops, with what is on its way.
pub(crate) struct Courier {
    pub client: ClientId,
    endpoint: watch::Sender<Arc<Endpoint>>,
    _task: AbortOnDropHandle<()>,
}

impl Courier {
    pub fn start(
        webhooks: &Arc<Webhooks>,
        desk: &Handle,
        tasks: &TaskTracker,
        client: ClientId,
        mut events: mpsc::Receiver<Outgoing>,
        endpoint: Arc<Endpoint>,
    ) -> Self {
        let (endpoint, current) = watch::channel(endpoint);
        let (webhooks, desk) = (Arc::clone(webhooks), desk.clone());
        let task = tasks.spawn(async move {
            let mut posts = JoinSet::new();
            loop {
                tokio::select! {
                    outgoing = events.recv() => {
                        let Some(outgoing) = outgoing else { return };
                        let endpoint = Arc::clone(&current.borrow());
                        posts.spawn(carry(Arc::clone(&webhooks), desk.clone(), client, endpoint, outgoing));
                    }
                    Some(_) = posts.join_next() => {}
                }
            }
        });
        Self { client, endpoint, _task: AbortOnDropHandle::new(task) }
    }

    /// What is sent from now on goes there.
    pub fn set(&self, endpoint: Arc<Endpoint>) {
        self.endpoint.send_replace(endpoint);
    }
}

async fn carry(
    webhooks: Arc<Webhooks>,
    desk: Handle,
    client: ClientId,
    endpoint: Arc<Endpoint>,
    outgoing: Outgoing,
) {
    let verdict = match outgoing.sending.entry.event() {
        Ok(event) => match webhooks.post(&endpoint, &outgoing, &event).await {
            Outcome::Delivered => Verdict::Delivered,
            Outcome::Failed { reason, after } => Verdict::Failed { reason, after },
            Outcome::Gone(reason) => {
                pause(&desk, &endpoint, &reason).await;
                Verdict::Failed { reason, after: None }
            }
        },
        // Only a foreign hand can have written it.
        Err(error) => Verdict::Rejected(format!("it is no event: {error}")),
    };
    let id = endpoint.subscription.clone();
    let named = Named { replay: outgoing.lane, sequence: outgoing.sending.entry.sequence };
    // Where it is not this client's any more, it is sent again.
    let _ = desk.ask(|reply| Command::Settle { id, client, named, verdict, reply }).await;
}

/// Before the event is settled, so that no other one follows it.
async fn pause(desk: &Handle, endpoint: &Endpoint, reason: &str) {
    let Ok(ready) = &endpoint.ready else { return };
    let gone = WebhookChange::Gone { url: ready.url.to_string(), reason: reason.to_owned() };
    let change = Change::of_webhook(&endpoint.subscription, gone, HUB);
    // One that has ended, or cannot be changed now, fails as any other does.
    if desk.ask(|reply| Command::Change(change, reply)).await.is_ok() {
        tracing::warn!(tenant = %endpoint.tenant, subscription = %endpoint.subscription, "webhook paused: its endpoint says that it is gone");
    }
}
