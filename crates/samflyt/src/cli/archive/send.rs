//! `samflyt archive send`: a Fiks Arkiv message by hand.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use samflyt_proto::archive::message_file::Document;
use samflyt_proto::archive::{
    Answer, ConfirmAnswersRequest, GetAnswersRequest, MessageFile, SendMessageRequest,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::put;
use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote, json as as_json};

const PREFIX: &str = "no.ks.fiks.arkiv.v1.";
/// How long one call waits.
const WAIT_S: i64 = 50;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    samflyt archive send arkivering.arkivmelding.opprett arkivmelding.xml vedtak.pdf --tenant seljord --system seljord-oppvekst\n  \
    samflyt archive send innsyn.sok sok.xml --tenant seljord --system seljord-oppvekst")]
pub(super) struct Send {
    /// The message type; `no.ks.fiks.arkiv.v1.` may be left out
    #[arg(value_name = "TYPE")]
    kind: String,
    /// The payload: XML
    payload: PathBuf,
    /// The documents that the payload refers to by their file names
    files: Vec<PathBuf>,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The system that the message is from
    #[arg(long, value_name = "ID")]
    system: String,
    /// Your own name for the message; the same name is the same message. Left out: the digest of what is sent
    #[arg(long, value_name = "NAME")]
    client_message_id: Option<String>,
    /// The affair that it belongs to, by your own name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    correlation: String,
}

/// Without the part that all types have.
pub(super) fn short(kind: &str) -> &str {
    kind.strip_prefix(PREFIX).unwrap_or(kind)
}

impl Send {
    /// The exit code is 1 where the answer is an error.
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = self.request(remote, json).await?;
        let mut client = remote.messages().await?;
        let sent = client.send_message(request).await.map_err(Failure::from)?.into_inner();
        let answers = loop {
            let wait = Some(prost_types::Duration { seconds: WAIT_S, nanos: 0 });
            let request = GetAnswersRequest { message_id: sent.message_id.clone(), wait };
            let answer = client.get_answers(request).await.map_err(Failure::from)?.into_inner();
            if answer.complete {
                break answer.answers;
            }
            if !json {
                eprintln!("message {} is not answered yet", sent.message_id);
            }
        };
        let answer_ids = answers.iter().map(|answer| answer.answer_id.clone()).collect();
        if json {
            let answers: Vec<_> = answers.iter().map(to_json).collect();
            print_json(
                &json!({"message_id": sent.message_id, "already_there": sent.already_there, "answers": answers}),
            )?;
        } else {
            print(&render(&answers))?;
        }
        client.confirm_answers(ConfirmAnswersRequest { answer_ids }).await.map_err(Failure::from)?;
        let failed = answers.last().is_some_and(|answer| short(&answer.r#type).starts_with("feilmelding."));
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    async fn request(self, remote: &Remote, quiet: bool) -> anyhow::Result<SendMessageRequest> {
        let read = std::fs::read(&self.payload);
        let payload = read.with_context(|| format!("cannot read {}", self.payload.display()))?;
        let kind = format!("{PREFIX}{}", short(&self.kind));
        let mut own = Sha256::new_with_prefix(&kind);
        own.update(&payload);
        let mut files = Vec::new();
        for path in &self.files {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                bail!("{} has no file name that a message can say", path.display());
            };
            let receipt = put::upload(remote, self.tenant.clone(), path, quiet).await?;
            let sha256 = receipt.document.unwrap_or_default().sha256;
            own.update(name);
            own.update(&sha256);
            files.push(MessageFile { name: name.to_owned(), document: Some(Document::Sha256(sha256)) });
        }
        let digest = samflyt_archive::Digest::finish(own).to_string();
        Ok(SendMessageRequest {
            tenant: self.tenant,
            system: self.system,
            r#type: kind,
            client_message_id: self.client_message_id.unwrap_or(digest),
            client_correlation_id: self.correlation,
            payload: payload.into(),
            files,
            ..SendMessageRequest::default()
        })
    }
}

fn render(answers: &[Answer]) -> String {
    let mut text = String::new();
    for answer in answers {
        text += &format!("{}\n", short(&answer.r#type));
        if !answer.payload.is_empty() {
            text += &format!("{}\n", answer.payload.trim_end());
        }
        for file in &answer.files {
            text +=
                &format!("file {}: {} bytes, samflyt archive get {}\n", file.name, file.size, file.sha256);
        }
    }
    text
}

fn to_json(answer: &Answer) -> Value {
    let files =
        answer.files.iter().map(|file| json!({"name": file.name, "sha256": file.sha256, "size": file.size}));
    json!({
        "answer_id": answer.answer_id,
        "type": answer.r#type,
        "given_at": as_json::time(answer.given_at.as_ref()),
        "payload": answer.payload,
        "files": files.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_shows_its_type_its_text_and_where_its_files_are() {
        let file =
            samflyt_proto::archive::AnswerFile { name: "a.pdf".to_owned(), sha256: "ab".to_owned(), size: 7 };
        let answer = Answer {
            r#type: "no.ks.fiks.arkiv.v1.innsyn.dokumentfil.hent.resultat".to_owned(),
            files: vec![file],
            ..Answer::default()
        };
        let text = render(&[answer]);
        assert_eq!(text, "innsyn.dokumentfil.hent.resultat\nfile a.pdf: 7 bytes, samflyt archive get ab\n");
        assert_eq!(short("no.ks.fiks.kvittering.tidsavbrudd"), "no.ks.fiks.kvittering.tidsavbrudd");
    }
}
