//! The archive as who the messages are for.

use futures::FutureExt;
use futures::future::BoxFuture;
use samflyt_events::{Reason, Refusal};

use super::{Incoming, Outgoing, Recipient};
use crate::Archive;
use crate::records::unreadable;

impl Recipient for Archive {
    fn answer<'a>(&'a self, _message: &'a Incoming) -> BoxFuture<'a, Result<Outgoing, Refusal>> {
        let rule = "the archive does not carry out this message type";
        std::future::ready(Err(Refusal::new(Reason::TypeUnknown, rule))).boxed()
    }

    fn has_carried_out<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<bool, Refusal>> {
        async move {
            let records = self.recorder.records(&message.tenant).await?;
            let done = records.done(&format!("message:{}", message.id)).map_err(unreadable)?;
            Ok(done.is_some())
        }
        .boxed()
    }

    fn announce_message<'a>(&'a self, _message: &'a Incoming) -> BoxFuture<'a, Result<(), Refusal>> {
        std::future::ready(Ok(())).boxed()
    }

    fn announce_answer<'a>(
        &'a self,
        _message: &'a Incoming,
        _answer: &'a Outgoing,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        std::future::ready(Ok(())).boxed()
    }
}
