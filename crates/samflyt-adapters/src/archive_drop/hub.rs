//! The hub as a client has it: documents first, then the message, then its answer.

use std::time::Duration;

use samflyt_noark::fiks::MessageType;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::archive_service_client::ArchiveServiceClient;
use samflyt_proto::archive::fiks_arkiv_service_client::FiksArkivServiceClient;
use samflyt_proto::archive::message_file;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tonic::transport::Channel;
use tonic_types::StatusExt;

use super::message::{Document, Message};
use crate::document::{self, PIECES_WAITING_MAX};
use crate::hub::{Hub, Stuck, reason, said};

/// For how long one question waits for an answer; then it is asked again.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Refusals that are about what was sent, and not about who sends it or when.
const ABOUT_CONTENT: [&str; 5] =
    ["DOCUMENT_EMPTY", "FORMAT_NOT_APPROVED", "TOO_LARGE", "ID_REUSED", "REQUEST_INVALID"];

/// The last answer to a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub message_id: String,
    pub kind: MessageType,
    pub payload: Option<String>,
    /// Of all answers to the message, to be confirmed.
    pub ids: Vec<String>,
}

/// What came of sending.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sent {
    Answered(Answer),
    /// The hub does not take it, with what is wrong.
    Refused(Vec<String>),
    /// A document is not what it was when it was read.
    Changed,
}

impl Hub {
    /// Sends a message and waits for its answer, however long that takes.
    ///
    /// What was refused before is asked anew, under another name, as what it lacked may be there now; what was kept is answered as
    /// it was.
    pub(super) async fn send(&self, message: &Message) -> Result<Sent, Stuck> {
        for document in &message.documents {
            if let Some(sent) = self.upload(document).await? {
                return Ok(sent);
            }
        }
        let mut number = 1_u32;
        loop {
            let client_id = match number {
                1 => message.client_id.clone(),
                _ => format!("{}-{number}", message.client_id),
            };
            let accepted =
                match self.messages().send_message(self.request(self.said(message, client_id))?).await {
                    Ok(accepted) => accepted.into_inner(),
                    Err(status) => return refused(status),
                };
            let answer = self.wait(accepted.message_id).await?;
            let refused_before = answer.kind.is_error() && accepted.already_there;
            if answer.kind == MessageType::Tidsavbrudd || refused_before {
                number += 1;
            } else {
                return Ok(Sent::Answered(answer));
            }
        }
    }

    pub(super) async fn confirm(&self, answer_ids: Vec<String>) -> Result<(), Stuck> {
        let request = self.request(pb::ConfirmAnswersRequest { answer_ids })?;
        match self.messages().confirm_answers(request).await {
            Ok(_) => Ok(()),
            // The hub keeps answers for some weeks only.
            Err(status) if reason(&status) == "NOT_GRANTED" => Ok(()),
            Err(status) => Err(status.into()),
        }
    }

    fn said(&self, message: &Message, client_message_id: String) -> pb::SendMessageRequest {
        let file = |document: &Document| pb::MessageFile {
            name: document.name.clone(),
            document: Some(message_file::Document::Sha256(document.sha256.clone())),
        };
        pb::SendMessageRequest {
            tenant: self.tenant.clone(),
            system: self.system.clone(),
            r#type: message.kind.name(),
            client_message_id,
            payload: message.payload.clone().into(),
            files: message.documents.iter().map(file).collect(),
            ..Default::default()
        }
    }

    async fn wait(&self, message_id: String) -> Result<Answer, Stuck> {
        loop {
            let wait = prost_types::Duration::try_from(ANSWER_WAIT).ok();
            let request = self.request(pb::GetAnswersRequest { message_id: message_id.clone(), wait })?;
            let mut given = self.messages().get_answers(request).await?.into_inner();
            let ids = given.answers.iter().map(|answer| answer.answer_id.clone()).collect();
            let Some(last) = given.answers.pop().filter(|_| given.complete) else { continue };
            let kind = MessageType::parse(&last.r#type)
                .map_err(|_| Stuck::Hub("the hub answered with a type that is not known here".to_owned()))?;
            let payload = Some(last.payload).filter(|payload| !payload.is_empty());
            return Ok(Answer { message_id, kind, payload, ids });
        }
    }

    /// None where the hub has the document.
    async fn upload(&self, document: &Document) -> Result<Option<Sent>, Stuck> {
        let (tenant, sha256, size) = (self.tenant.clone(), document.sha256.clone(), document.size);
        let request = pb::GetUploadRequest { tenant: tenant.clone(), sha256: sha256.clone(), size };
        let came = self.archive().get_upload(self.request(request)?).await;
        let came = match came {
            Ok(came) => came.into_inner(),
            Err(status) => return refused_document(status, document),
        };
        if came.stored {
            return Ok(None);
        }
        let start = pb::UploadStart { tenant, sha256, size, offset: came.offset };
        let (pieces, sent) = mpsc::channel(PIECES_WAITING_MAX);
        let request = self.request(ReceiverStream::new(sent))?;
        let mut archive = self.archive();
        let uploading = archive.upload_document(request);
        let (answer, _read) =
            tokio::join!(uploading, document::send(document.path.clone(), start, pieces, |_| ()));
        match answer {
            Ok(_) => Ok(None),
            Err(status) if ["DIGEST_MISMATCH", "UPLOAD_INCOMPLETE"].contains(&reason(&status).as_str()) => {
                Ok(Some(Sent::Changed))
            }
            Err(status) => refused_document(status, document),
        }
    }

    fn messages(&self) -> FiksArkivServiceClient<Channel> {
        FiksArkivServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    fn archive(&self) -> ArchiveServiceClient<Channel> {
        ArchiveServiceClient::new(self.channel.clone())
    }
}

fn refused_document(status: Status, document: &Document) -> Result<Option<Sent>, Stuck> {
    let Sent::Refused(problems) = refused(status)? else { return Ok(None) };
    let named = problems.into_iter().map(|problem| format!("{}: {problem}", document.name));
    Ok(Some(Sent::Refused(named.collect())))
}

/// What the hub will never take, told; whatever may pass, or is about who sends, stays an error.
fn refused(status: Status) -> Result<Sent, Stuck> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
    let about_sender = violations.iter().any(|v| v.field == "/tenant" || v.field == "/system");
    if ABOUT_CONTENT.contains(&reason(&status).as_str()) && !about_sender {
        return Ok(Sent::Refused(said(&status)));
    }
    Err(status.into())
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;

    fn status(reason: &str, field: &str) -> Status {
        let mut details = ErrorDetails::new();
        details.set_error_info(reason, "samflyt", std::collections::HashMap::<String, String>::new());
        details.set_bad_request(vec![FieldViolation::new(field, "is wrong: mend it")]);
        Status::with_error_details(Code::InvalidArgument, "no", details)
    }

    #[test]
    fn what_is_about_the_files_is_refused_and_what_is_about_the_sender_or_may_pass_is_tried_again() {
        let told = Sent::Refused(vec!["/files/0 is wrong: mend it".to_owned()]);
        assert_eq!(refused(status("REQUEST_INVALID", "/files/0")).unwrap(), told);
        let sender = refused(status("REQUEST_INVALID", "/tenant")).unwrap_err();
        assert_eq!(sender.to_string(), "/tenant is wrong: mend it");
        assert!(refused(status("NOT_GRANTED", "")).is_err());
        let gone = refused(Status::unavailable("nobody is there")).unwrap_err();
        assert_eq!(gone.to_string(), "nobody is there (Unavailable)");
        // Something between us and the hub.
        assert!(refused(Status::invalid_argument("no")).is_err());
    }
}
