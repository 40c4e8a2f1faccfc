//! Messages that change the archive.

use samflyt_noark::fiks::Schema;
use serde_json::{Value, json};

use super::{Answer, Failed, failure};
use crate::Archive;
use crate::messages::Incoming;
use crate::records::decide::create::{Create, create};
use crate::records::decide::files::FileFact;
use crate::records::decide::{Problem, Trouble, avskrivning, dokumentobjekt, update};
use crate::records::{Actor, Decision, NotCarried, Records, new_id};

impl Archive {
    pub(super) async fn write(&self, message: &Incoming, document: Value) -> Result<Answer, Failed> {
        let files = self.files(message).await?;
        let by = actor(message, &document);
        let now = self.deps.clock.now();
        match message.kind.name().rsplit("v1.arkivering.").next().unwrap_or_default() {
            "arkivmelding.opprett" => {
                check_count(&document, &files)?;
                let making = Create { doc: &document, files: &files, by: &by, now, partial: true };
                let answer = self.carry(message, &by, |records| create(records, &making, &mut new_id)).await?;
                let kind = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.kvittering";
                Ok(Answer::of(kind, Schema::ArkivmeldingKvittering, receipt(answer)))
            }
            "arkivmelding.oppdater" => {
                self.carry(message, &by, |records| update::update(records, &document, &by, now, &mut new_id)).await?;
                Ok(Answer::empty("no.ks.fiks.arkiv.v1.arkivering.arkivmelding.oppdater.kvittering"))
            }
            "dokumentobjekt.opprett" => {
                let adding = |records: &Records| {
                    dokumentobjekt::create(records, &document, &files, &by, now, &mut new_id)
                };
                let answer = self.carry(message, &by, adding).await?;
                let kind = "no.ks.fiks.arkiv.v1.arkivering.dokumentobjekt.opprett.kvittering";
                Ok(Answer::of(kind, Schema::DokumentobjektKvittering, answer))
            }
            "avskrivning.opprett" => {
                self.carry(message, &by, |records| avskrivning::create(records, &document, &by, now, &mut new_id))
                    .await?;
                Ok(Answer::empty("no.ks.fiks.arkiv.v1.arkivering.avskrivning.opprett.kvittering"))
            }
            _ => {
                self.carry(message, &by, |records| avskrivning::delete(records, &document)).await?;
                Ok(Answer::empty("no.ks.fiks.arkiv.v1.arkivering.avskrivning.slett.kvittering"))
            }
        }
    }

    async fn carry(
        &self,
        message: &Incoming,
        by: &Actor,
        decide: impl Fn(&Records) -> Result<Decision, Trouble>,
    ) -> Result<Value, Failed> {
        let cause = format!("message:{}", message.id);
        match self.recorder.carry_out(&message.tenant, &cause, by, decide).await {
            Ok(carried) => Ok(carried.answer),
            Err(NotCarried::Refused(trouble)) => Err(trouble.into()),
            Err(NotCarried::Unavailable(refusal)) => Err(Failed::Later(refusal)),
        }
    }

    /// The facts of all files of a message, which are in the document store.
    async fn files(&self, message: &Incoming) -> Result<Vec<FileFact>, Failed> {
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
fn actor(message: &Incoming, document: &Value) -> Actor {
    let named = ["/registrering/opprettetAv", "/mappe/opprettetAv", "/avskrivning/avskrevetAv/navn"];
    let user = named.iter().find_map(|at| document.pointer(at)?.as_str()).map(str::to_owned);
    Actor {
        organisation: message.organisation.clone(),
        system: Some(message.system.to_string()),
        user,
    }
}

fn check_count(document: &Value, files: &[FileFact]) -> Result<(), Trouble> {
    let said = document.get("antallFiler").and_then(Value::as_i64).unwrap_or_default();
    if usize::try_from(said) == Ok(files.len()) {
        return Ok(());
    }
    let rule = format!("says {said}, and {} files came with the message", files.len());
    Err(Problem::new("/antallFiler", rule, "send as many files as it says").into())
}

/// The decision's answer in the words of `arkivmeldingKvittering`.
fn receipt(mut answer: Value) -> Value {
    for part in ["mappeFeilet", "registreringFeilet"] {
        if let Some(failed) = answer.get_mut(part) {
            let problems = failed.get_mut("problems").map(Value::take).unwrap_or_else(|| json!([]));
            let problems: Vec<Problem> = serde_json::from_value(problems).unwrap_or_default();
            *failed = failure::said(&problems, "arkivmelding");
        }
    }
    answer
}
