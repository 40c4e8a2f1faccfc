//! Messages that change the archive.

use samflyt_noark::fiks::MessageType;
use serde_json::{Value, json};

use super::{Answer, Failed, failure, root_of};
use crate::Archive;
use crate::messages::Incoming;
use crate::records::decide::avskrivning::{self, WriteOff};
use crate::records::decide::create::{Create, create, create_dokumentobjekt};
use crate::records::decide::files::FileFact;
use crate::records::decide::update::{Update, update};
use crate::records::decide::{Problem, Trouble};
use crate::records::{Actor, Decision, NotCarried, Records, new_id};

impl Archive {
    pub(super) async fn write(&self, message: &Incoming, doc: &Value) -> Result<Answer, Failed> {
        // So that none of the files is removed before a record refers to it.
        let _referring = self.documents.refer(&message.tenant).await;
        let files = self.files(message).await?;
        let by = &actor(message, doc);
        let now = self.deps.clock.now();
        let making = Create { doc, files: &files, by, now, partial: true };
        match message.kind {
            MessageType::ArkivmeldingOpprett => {
                check_count(doc, &files)?;
                let made = self.carry(message, by, |records| create(records, &making, &mut new_id)).await?;
                let receipt = receipt(made, root_of(message.kind));
                Ok(Answer::of(MessageType::ArkivmeldingOpprettKvittering, receipt))
            }
            MessageType::DokumentobjektOpprett => {
                let decide = |records: &Records| create_dokumentobjekt(records, &making, &mut new_id);
                let receipt = self.carry(message, by, decide).await?;
                Ok(Answer::of(MessageType::DokumentobjektOpprettKvittering, receipt))
            }
            MessageType::ArkivmeldingOppdater => {
                no_files(&files)?;
                let updating = Update { doc, by, now };
                self.carry(message, by, |records| update(records, &updating, &mut new_id)).await?;
                Ok(Answer::empty(MessageType::ArkivmeldingOppdaterKvittering))
            }
            MessageType::AvskrivningOpprett => {
                no_files(&files)?;
                let written = WriteOff { doc, by, now };
                let decide = |records: &Records| avskrivning::opprett(records, &written, &mut new_id);
                self.carry(message, by, decide).await?;
                Ok(Answer::empty(MessageType::AvskrivningOpprettKvittering))
            }
            _ => {
                no_files(&files)?;
                self.carry(message, by, |records| avskrivning::slett(records, doc)).await?;
                Ok(Answer::empty(MessageType::AvskrivningSlettKvittering))
            }
        }
    }

    async fn carry(
        &self,
        message: &Incoming,
        by: &Actor,
        decide: impl Fn(&Records) -> Result<Decision, Trouble>,
    ) -> Result<Value, Failed> {
        match self.recorder.carry_out(&message.tenant, &message.cause(), by, decide).await {
            Ok(carried) => Ok(carried.answer),
            Err(NotCarried::Refused(trouble)) => Err(trouble.into()),
            Err(NotCarried::Unavailable(refusal)) => Err(Failed::Later(refusal)),
        }
    }

    /// The facts of all files of a message, which are in the document store.
    pub(super) async fn files(&self, message: &Incoming) -> Result<Vec<FileFact>, Failed> {
        let (mut facts, mut problems) = (Vec::new(), Vec::new());
        for file in &message.files {
            let at = format!("/{}", file.name);
            let found = self.documents.file_fact(&message.tenant, file.digest, &file.name, file.size, &at);
            match found.await? {
                Ok(fact) => facts.push(fact),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(facts) } else { Err(Trouble::Invalid(problems).into()) }
    }
}

/// Whom the message names as having made what it brings.
pub(super) fn actor(message: &Incoming, document: &Value) -> Actor {
    let named = [
        "/registrering/opprettetAv",
        "/mappe/opprettetAv",
        "/dokumentobjekt/opprettetAv",
        "/avskrivning/avskrevetAv/navn",
    ];
    let user = named.iter().find_map(|at| document.pointer(at)?.as_str()).map(str::to_owned);
    Actor { organisation: message.organisation.clone(), system: Some(message.system.to_string()), user }
}

fn check_count(document: &Value, files: &[FileFact]) -> Result<(), Trouble> {
    let said = document.get("antallFiler").and_then(Value::as_i64).unwrap_or_default();
    if usize::try_from(said) == Ok(files.len()) {
        return Ok(());
    }
    let rule = format!("says {said}, and {} files came with the message", files.len());
    Err(Problem::new("/antallFiler", rule, "send as many files as it says").into())
}

/// A message that has no use for files, and would lose them from sight.
fn no_files(files: &[FileFact]) -> Result<(), Trouble> {
    let Some(file) = files.first() else { return Ok(()) };
    let rule = format!("takes no file, and {} came with it", file.name);
    Err(Problem::new("", rule, "send it by arkivmelding.opprett or dokumentobjekt.opprett").into())
}

/// The decision's answer in the words of `arkivmeldingKvittering`.
fn receipt(mut answer: Value, root: &str) -> Value {
    for part in ["mappeFeilet", "registreringFeilet"] {
        if let Some(failed) = answer.get_mut(part) {
            let problems = failed.get_mut("problems").map_or_else(|| json!([]), Value::take);
            let problems: Vec<Problem> = serde_json::from_value(problems).unwrap_or_default();
            *failed = failure::said(&problems, root);
        }
    }
    answer
}
