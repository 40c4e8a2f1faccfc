//! From a message of Fiks Arkiv to a command, and from what came of it to the answer.
//!
//! Consumes messages that are accepted; gives each its one answer. Kept true: a message that is wrong is answered with all
//! that is wrong and where; one that was carried out is answered again with the same; what the archive cannot do now is no
//! answer.

mod failure;
mod innsyn;
mod place;
mod write;

use samflyt_events::Refusal;
use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::read;
use samflyt_noark::write::document;
use serde_json::Value;

use crate::messages::{Incoming, Outgoing};
use crate::records::decide::{Problem, Trouble};
use crate::records::unreadable;
use crate::Archive;

/// What came of a message that is right.
struct Answer {
    kind: &'static str,
    /// None: the answer has no payload.
    payload: Option<(Schema, Value)>,
    files: Vec<crate::messages::Attachment>,
}

impl Answer {
    fn empty(kind: &'static str) -> Self {
        Self { kind, payload: None, files: Vec::new() }
    }

    fn of(kind: &'static str, schema: Schema, document: Value) -> Self {
        Self { kind, payload: Some((schema, document)), files: Vec::new() }
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

impl Archive {
    /// The answer to a message. Asked again, the answer is the same for what changes the archive.
    ///
    /// # Errors
    /// What passes: `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`, `INDEX_BEHIND`, `CONFLICT`.
    pub(crate) async fn answer(&self, message: &Incoming) -> Result<Outgoing, Refusal> {
        match self.carried(message).await {
            Ok(answer) => outgoing(answer),
            Err(Failed::Answered(trouble)) => outgoing(failure::answer(trouble, root_of(message.kind))),
            Err(Failed::Later(refusal)) => Err(refusal),
        }
    }

    async fn carried(&self, message: &Incoming) -> Result<Answer, Failed> {
        let root = schema_of(message.kind).root();
        let document = read::xml(&message.payload, root).map_err(|problems| invalid(&problems))?;
        let problems = samflyt_noark::fiks::codes::check(&document, root);
        if !problems.is_empty() {
            return Err(invalid(&problems));
        }
        if message.kind.is_write() {
            self.write(message, document).await
        } else {
            self.innsyn(message, &document).await
        }
    }
}

fn invalid(problems: &[read::Problem]) -> Failed {
    let told = problems.iter().map(|problem| {
        let place = match problem.line {
            Some(line) => format!("{} (line {line})", problem.path),
            None => problem.path.clone(),
        };
        Problem::new(place, problem.rule.clone(), problem.advice.clone())
    });
    Failed::Answered(Trouble::Invalid(told.collect()))
}

/// # Errors
/// `STORE_UNAVAILABLE`: a record that the protocol cannot say. A fault of ours, which is logged.
fn outgoing(answer: Answer) -> Result<Outgoing, Refusal> {
    let payload = answer.payload.map(|(schema, mut value)| {
        samflyt_noark::fiks::codes::fill_descriptions(&mut value);
        document(schema.root(), &value)
    });
    let payload = payload.transpose().map_err(|error| {
        tracing::error!(%error, kind = answer.kind, "an answer is not as its schema says");
        Refusal::new(samflyt_events::Reason::StoreUnavailable, "the answer cannot be written")
    })?;
    let kind = MessageType::parse(answer.kind).ok_or_else(|| {
        Refusal::new(samflyt_events::Reason::StoreUnavailable, "the answer has no type")
    })?;
    Ok(Outgoing { kind, payload, files: answer.files })
}

fn schema_of(kind: MessageType) -> Schema {
    match kind.name().rsplit("v1.").next().unwrap_or_default() {
        "arkivering.arkivmelding.oppdater" => Schema::ArkivmeldingOppdater,
        "arkivering.dokumentobjekt.opprett" => Schema::DokumentobjektOpprett,
        "arkivering.avskrivning.opprett" => Schema::AvskrivningOpprett,
        "arkivering.avskrivning.slett" => Schema::AvskrivningSlett,
        "innsyn.mappe.hent" => Schema::MappeHent,
        "innsyn.registrering.hent" => Schema::RegistreringHent,
        "innsyn.dokumentfil.hent" => Schema::DokumentfilHent,
        "innsyn.kodeliste.hent" => Schema::KodelisteHent,
        "innsyn.sok" => Schema::Sok,
        _ => Schema::ArkivmeldingOpprett,
    }
}

/// The name of a message's root element, for the places of what is wrong with it.
fn root_of(kind: MessageType) -> &'static str {
    schema_of(kind).root().name
}
