//! Messages of Fiks Arkiv as events: that one came, and what became of it.
//!
//! Only those that change the archive are told of; what they say stays with the archive.

use samflyt_events::{
    CorrelationId, EntityId, EventId, EventRef, OrganisationNumber, Reason, Refusal, SystemId,
};
use serde_json::{Value, json};

use super::MESSAGE_RECEIVED;
use super::answer::{self, Answer};
use super::event::{Fact, answer_id};
use crate::Archive;
use crate::messages::{Incoming, Outgoing};
use crate::records::decide::Problem;
use crate::records::decide::files::FileFact;
use crate::records::unreadable;

/// The word that the names of receipts end with.
const RECEIPT: &str = ".kvittering";

impl Archive {
    /// Tells the log that a message came. Told again, it is the same event.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`.
    pub(crate) async fn tell_of_message(&self, message: &Incoming) -> Result<(), Refusal> {
        if !message.kind.is_write() {
            return Ok(());
        }
        let documents: Vec<Value> = message
            .files
            .iter()
            .map(|file| json!({"sha256": file.digest.to_string(), "size": file.size}))
            .collect();
        let fact = Fact {
            kind: MESSAGE_RECEIVED,
            tenant: &message.tenant,
            system: message.system.clone(),
            id: message.id.clone(),
            entity: EntityId::new(&message.id).map_err(|error| wrong(&error))?,
            correlation: correlation(message),
            causation: None,
            publisher: OrganisationNumber::new(&message.organisation).ok(),
            traceparent: None,
            data: &json!({"type": message.kind.name(), "documents": documents}),
        };
        self.tell(fact).await.map(drop)
    }

    /// Tells the log what was answered to a message. Told again, it is the same event.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`.
    pub(crate) async fn tell_of_answer(
        &self,
        message: &Incoming,
        outgoing: &Outgoing,
    ) -> Result<(), Refusal> {
        if !message.kind.is_write() {
            return Ok(());
        }
        let id = EventId::new(&message.id).map_err(|error| wrong(&error))?;
        let request = EventRef { system: message.system.clone(), id };
        let answer = self.answer_to(message, outgoing, &request.to_string()).await?;
        let fact = Fact {
            kind: answer.kind,
            tenant: &message.tenant,
            system: SystemId::archive_of(&message.tenant),
            id: answer_id(&request),
            entity: EntityId::new(&message.id).map_err(|error| wrong(&error))?,
            correlation: Some(correlation(message).unwrap_or_else(|| request.as_correlation())),
            causation: Some(request),
            publisher: None,
            traceparent: None,
            data: &answer.data,
        };
        self.tell(fact).await?;
        self.deposits.metrics.count(&message.tenant, answer.kind);
        Ok(())
    }

    async fn answer_to(
        &self,
        message: &Incoming,
        outgoing: &Outgoing,
        request: &str,
    ) -> Result<Answer, Refusal> {
        if !outgoing.kind.name().ends_with(RECEIPT) {
            // Its text is for the sender alone: it may name what the message said.
            let rule = format!("was answered by {}", outgoing.kind.name());
            let problem = Problem::new("", rule, "read the message's answer: it names element and rule");
            return Ok(answer::rejected(request, &[problem]));
        }
        let mut files: Vec<FileFact> = Vec::new();
        for file in &message.files {
            let found =
                self.documents.file_fact(&message.tenant, file.digest, &file.name, file.size, "").await?;
            files.extend(found.ok());
        }
        let records = self.recorder.records(&message.tenant).await?;
        let done = records.done(&message.cause()).map_err(unreadable)?;
        let kvittering = match done {
            Some(done) => self.recorder.change(&records, done).await?.answer,
            // Nothing was changed: all of it was there.
            None => json!({}),
        };
        answer::accepted(request, &kvittering, &files, &records, &self.documents).map_err(unreadable)
    }
}

fn correlation(message: &Incoming) -> Option<CorrelationId> {
    CorrelationId::new(message.correlation.as_deref()?).ok()
}

fn wrong(error: &samflyt_events::IdError) -> Refusal {
    Refusal::new(Reason::RequestInvalid, format!("the message's id {error}"))
}
