//! One tenant's deliveries: a task that holds all of its subscriptions, and the handle by which others speak to it.
//!
//! Kept true: what a change answers is in the log before; nothing is sent beyond what the log says may be sent; the log is
//! told what was delivered a few times a second, and before anything could be sent twice. Whoever else writes to the
//! tenant's deliveries ends this task's right to: it takes up anew what the log says.

mod command;
mod couriers;
mod feed;
mod lane;
mod measure;
mod run;
mod serve;
mod telling;

use std::sync::Arc;

use samflyt_events::{Reason, Refusal, TenantId};
use tokio::sync::{mpsc, oneshot};

pub(crate) use command::{Attached, Change, Command, LATER_MAX, Named, Outgoing, Snapshot, Which};
pub(crate) use run::start;

/// Commands that wait.
const COMMANDS: usize = 1_024;

/// By which a tenant's deliveries are spoken to. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handle {
    commands: mpsc::Sender<Command>,
}

impl Handle {
    /// Says something, and waits for the answer.
    ///
    /// # Errors
    /// What the answer refuses; `INDEX_BEHIND` where deliveries are being taken up.
    pub async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Command,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.send(command(reply)).await;
        let gone = || Refusal::new(Reason::IndexBehind, "deliveries are being taken up: try again");
        sent.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Says something that has no answer.
    pub async fn tell(&self, command: Command) {
        // Where nobody listens any more, deliveries are taken up anew by what the log says.
        let _ = self.commands.send(command).await;
    }
}

/// The handle of a tenant, and what it hears by it.
fn channel() -> (Handle, mpsc::Receiver<Command>) {
    let (commands, received) = mpsc::channel(COMMANDS);
    (Handle { commands }, received)
}

/// A tenant's name as tasks share it.
pub(crate) type Tenant = Arc<TenantId>;
