//! Who the messages are for.

use futures::future::BoxFuture;
use samflyt_events::{Refusal, TenantId};

use super::{Incoming, Outgoing};

/// What the exchange hands messages to.
pub(crate) trait Recipient: Send + Sync + 'static {
    /// Carries a message out, and answers it. May be called again with the same message, after a crash or a failure that may
    /// pass: nothing is done twice.
    fn answer<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<Outgoing, Refusal>>;

    /// Whether there is anything of a municipality that carries writes out and may take long: else no message is read for it.
    fn has_lanes(&self, tenant: &TenantId) -> bool;

    /// What carries a write out, where that may take long: those of one lane wait for each other only. None: it is carried out
    /// at once. Called in the order in which writes came.
    fn lane<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<Option<usize>, Refusal>>;

    /// Whether a write was carried out before, and only its answer is missing: then it is answered also after its time.
    fn has_carried_out<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<bool, Refusal>>;

    /// Tells the events' log that a write came in. May be called again with the same message.
    fn announce_message<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<(), Refusal>>;

    /// Tells the events' log what became of a write. May be called again with the same message.
    fn announce_answer<'a>(
        &'a self,
        message: &'a Incoming,
        answer: &'a Outgoing,
    ) -> BoxFuture<'a, Result<(), Refusal>>;
}
