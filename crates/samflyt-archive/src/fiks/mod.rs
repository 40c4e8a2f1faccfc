//! From a message of Fiks Arkiv to a command, and from what came of it to the answer.
//!
//! Consumes messages that were accepted; gives each its one answer. Kept true: a message that is wrong is answered with all
//! that is wrong and where; one that was carried out is answered again with the same; what the archive cannot do now is no
//! answer.

mod elsewhere;
mod failure;
mod innsyn;
mod place;
mod write;

use futures::FutureExt;
use futures::future::BoxFuture;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_noark::fiks::{MessageType, codes};
use samflyt_noark::{read, write as xml};
use serde_json::Value;

use crate::Archive;
use crate::messages::{Attachment, Incoming, Outgoing, Recipient};
use crate::records::decide::{Problem, Trouble};
use crate::records::unreadable;

/// What came of a message that is right.
struct Answer {
    kind: MessageType,
    /// As the type's schema says; none where it has no payload.
    document: Option<Value>,
    files: Vec<Attachment>,
}

impl Answer {
    fn empty(kind: MessageType) -> Self {
        Self { kind, document: None, files: Vec::new() }
    }

    fn of(kind: MessageType, document: Value) -> Self {
        Self { kind, document: Some(document), files: Vec::new() }
    }
}

/// Why a message has no answer of its own kind.
enum Failed {
    /// It is answered with a `feilmelding`.
    Answered(Trouble),
    /// It may be tried again.
    Later(Refusal),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreadable(error) => Self::Later(unreadable(error)),
            trouble => Self::Answered(trouble),
        }
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Later(refusal)
    }
}

impl Recipient for Archive {
    fn answer<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<Outgoing, Refusal>> {
        async move {
            match self.carried(message).await {
                Ok(answer) => outgoing(answer),
                Err(Failed::Answered(trouble)) => outgoing(failure::answer(trouble, root_of(message.kind))?),
                Err(Failed::Later(refusal)) => Err(refusal),
            }
        }
        .boxed()
    }

    fn has_lanes(&self, tenant: &TenantId) -> bool {
        self.externals.has_any(tenant)
    }

    fn lane<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<Option<usize>, Refusal>> {
        self.lane_of(message).boxed()
    }

    fn has_carried_out<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<bool, Refusal>> {
        async move {
            let records = self.recorder.records(&message.tenant).await?;
            Ok(records.done(&message.cause()).map_err(unreadable)?.is_some())
        }
        .boxed()
    }

    fn announce_message<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<(), Refusal>> {
        self.tell_of_message(message).boxed()
    }

    fn announce_answer<'a>(
        &'a self,
        message: &'a Incoming,
        answer: &'a Outgoing,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        self.tell_of_answer(message, answer).boxed()
    }
}

impl Archive {
    async fn carried(&self, message: &Incoming) -> Result<Answer, Failed> {
        let document = message.kind.read(&message.payload).map_err(|problems| invalid(&problems))?;
        if let Some(route) = self.route(&message.tenant, message.kind, &document).await? {
            return self.passed_on(message, &document, &route).await;
        }
        if message.kind.is_write() {
            self.write(message, &document).await
        } else {
            self.innsyn(message, document).await
        }
    }
}

fn invalid(problems: &[read::Problem]) -> Failed {
    let told = problems.iter().map(|problem| {
        let place = match problem.line {
            Some(line) => format!("{} (line {line})", problem.path),
            None => problem.path.clone(),
        };
        Problem::new(place, problem.rule.clone(), &problem.advice)
    });
    Failed::Answered(Trouble::Invalid(told.collect()))
}

/// # Errors
/// `REQUEST_INVALID`: a record that the protocol cannot say. A fault of ours, which is logged.
fn outgoing(answer: Answer) -> Result<Outgoing, Refusal> {
    let Answer { kind, document, files } = answer;
    let written = document.zip(kind.payload()).map(|(mut document, schema)| {
        codes::fill_descriptions(&mut document, schema.root());
        xml::document(schema.root(), &document)
    });
    let payload = written.transpose().map_err(|error| {
        tracing::error!(%error, kind = kind.name(), "an answer is not as its schema says");
        Refusal::new(Reason::RequestInvalid, "the answer cannot be said in the words of the protocol")
    })?;
    Ok(Outgoing { kind, payload, files })
}

/// The name of a message's root element, for the places of what is wrong with it.
fn root_of(kind: MessageType) -> &'static str {
    kind.payload().map_or("", |schema| schema.root().name)
}
