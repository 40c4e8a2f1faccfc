//! An external archive as its client has it: documents first, then the message, then its answer.
//!
//! Kept true: the same cause is the same message there, however often it is sent.

use std::fs;
use std::time::Duration;

use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_noark::fiks::MessageType;
use samflyt_noark::read;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::archive_service_client::ArchiveServiceClient;
use samflyt_proto::archive::fiks_arkiv_service_client::FiksArkivServiceClient;
use samflyt_proto::archive::message_file;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_runtime::rpc::bearer;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt;

use super::{ExternalConfig, Letter};
use crate::StartError;
use crate::documents::{DocumentStore, Download};
use crate::messages::Attachment;

const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
const PIECES_WAITING_MAX: usize = 4;
/// Refusals that are about what was sent, and not about who sends it or when.
const ABOUT_CONTENT: [&str; 5] =
    ["DOCUMENT_EMPTY", "FORMAT_NOT_APPROVED", "TOO_LARGE", "ID_REUSED", "REQUEST_INVALID"];

/// One external archive.
pub(crate) struct External {
    pub config: ExternalConfig,
    pub tenant: TenantId,
    channel: Channel,
}

/// The last answer to a message.
#[derive(Debug)]
pub(crate) struct Reply {
    pub kind: MessageType,
    /// As the type's schema says; none where it has no payload.
    pub document: Option<Value>,
    pub files: Vec<pb::AnswerFile>,
    /// To be confirmed.
    ids: Vec<String>,
}

impl External {
    /// # Errors
    /// Where the configuration is not right.
    pub fn new(config: ExternalConfig) -> Result<Self, StartError> {
        let wrong = |what: String| StartError::External { url: config.url.clone(), what };
        let tenant = TenantId::new(&config.tenant).map_err(|rule| wrong(format!("`tenant` {rule}")))?;
        let mut endpoint = Endpoint::from_shared(config.url.clone())
            .map_err(|_| wrong("`url` is no URL: write http://HOST:PORT, or https://HOST:PORT".to_owned()))?;
        if endpoint.uri().scheme_str() == Some("https") {
            let tls = match &config.ca {
                Some(path) => {
                    let pem =
                        fs::read(path).map_err(|error| wrong(format!("`ca` cannot be read: {error}")))?;
                    ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem))
                }
                None => ClientTlsConfig::new().with_native_roots(),
            };
            endpoint =
                endpoint.tls_config(tls).map_err(|error| wrong(format!("TLS cannot be set up: {error}")))?;
        }
        let endpoint = endpoint
            .connect_timeout(CONNECT_WAIT_MAX)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        Ok(Self { channel: endpoint.connect_lazy(), config, tenant })
    }

    /// Sends a message, again or for the first time, and waits a while for its answer.
    ///
    /// # Errors
    /// `ARCHIVE_UNAVAILABLE` where there is none yet, and why; what keeps a document from being read.
    pub async fn ask(
        &self,
        store: &std::sync::Arc<DocumentStore>,
        letter: &Letter<'_>,
    ) -> Result<Reply, Refusal> {
        for file in &letter.files {
            if let Some(reply) = self.upload(store, file).await? {
                return Ok(reply);
            }
        }
        let mut number = 1_u32;
        loop {
            let request = self.request(self.said(letter, number))?;
            let accepted = match self.messages().send_message(request).await {
                Ok(accepted) => accepted.into_inner(),
                Err(status) => return self.refused(&status, ""),
            };
            let reply = self.wait(accepted.message_id).await?;
            // It was not carried out in its time there, and an event has no time of its own.
            if reply.kind != MessageType::Tidsavbrudd || letter.ttl_s.is_some() {
                return Ok(reply);
            }
            number += 1;
        }
    }

    /// Says that an answer arrived. One that is not confirmed shows there as a dead reply.
    pub async fn confirm(&self, reply: &Reply) {
        if reply.ids.is_empty() {
            return;
        }
        let request = self.request(pb::ConfirmAnswersRequest { answer_ids: reply.ids.clone() });
        let confirmed = match request {
            Ok(request) => {
                self.messages().confirm_answers(request).await.map(drop).map_err(|status| self.down(&status))
            }
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = confirmed {
            tracing::warn!(tenant = %self.tenant, url = self.config.url, %refusal, "an answer of an external archive is not confirmed");
        }
    }

    /// A file of an answer, as it comes.
    ///
    /// # Errors
    /// `ARCHIVE_UNAVAILABLE`.
    pub async fn download(
        &self,
        sha256: &str,
    ) -> Result<tonic::Streaming<pb::DownloadDocumentResponse>, Refusal> {
        let tenant = self.config.external_tenant.clone();
        let request = self.request(pb::DownloadDocumentRequest { tenant, sha256: sha256.to_owned() })?;
        let answer = ArchiveServiceClient::new(self.channel.clone()).download_document(request).await;
        Ok(answer.map_err(|status| self.down(&status))?.into_inner())
    }

    fn said(&self, letter: &Letter<'_>, number: u32) -> pb::SendMessageRequest {
        let file = |file: &Attachment| pb::MessageFile {
            name: file.name.clone(),
            document: Some(message_file::Document::Sha256(file.digest.to_string())),
        };
        let again = if number == 1 { String::new() } else { format!("-{number}") };
        pb::SendMessageRequest {
            tenant: self.config.external_tenant.clone(),
            system: self.config.external_system.clone().unwrap_or_else(|| letter.system.to_string()),
            r#type: letter.kind.name(),
            client_message_id: letter.client_id() + &again,
            client_correlation_id: letter.correlation.clone().unwrap_or_default(),
            ttl: letter.ttl_s.map(|seconds| prost_types::Duration { seconds: seconds.into(), nanos: 0 }),
            payload: letter.payload.clone(),
            files: letter.files.iter().map(file).collect(),
        }
    }

    async fn wait(&self, message_id: String) -> Result<Reply, Refusal> {
        let wait = prost_types::Duration { seconds: self.config.answer_wait_s.clamp(1, 60).into(), nanos: 0 };
        let request = self.request(pb::GetAnswersRequest { message_id, wait: Some(wait) })?;
        let answered = self.messages().get_answers(request).await;
        let mut given = answered.map_err(|status| self.down(&status))?.into_inner();
        let ids = given.answers.iter().map(|answer| answer.answer_id.clone()).collect();
        let Some(last) = given.answers.pop().filter(|_| given.complete) else {
            return Err(self.unavailable("has the message and has not answered it yet"));
        };
        let strange = || self.unavailable("answered with what is not of the protocol");
        let kind = MessageType::parse(&last.r#type).map_err(|_| strange())?;
        let document = match kind.payload() {
            Some(schema) if !last.payload.is_empty() => {
                Some(read::xml(last.payload.as_bytes(), schema.root()).map_err(|_| strange())?)
            }
            _ => None,
        };
        Ok(Reply { kind, document, files: last.files, ids })
    }

    /// None where it has the document.
    async fn upload(
        &self,
        store: &std::sync::Arc<DocumentStore>,
        file: &Attachment,
    ) -> Result<Option<Reply>, Refusal> {
        let (tenant, sha256, size) =
            (self.config.external_tenant.clone(), file.digest.to_string(), file.size);
        let request = pb::GetUploadRequest { tenant: tenant.clone(), sha256: sha256.clone(), size };
        let mut archive = ArchiveServiceClient::new(self.channel.clone());
        let came = match archive.get_upload(self.request(request)?).await {
            Ok(came) => came.into_inner(),
            Err(status) => return self.refused(&status, &file.name).map(Some),
        };
        if came.stored {
            return Ok(None);
        }
        let download = store.open_download(self.tenant.clone(), file.digest).await?;
        let start = pb::UploadStart { tenant, sha256, size, offset: came.offset };
        let (parts, sent) = mpsc::channel(PIECES_WAITING_MAX);
        let request = self.request(ReceiverStream::new(sent))?;
        let (answer, fed) = tokio::join!(archive.upload_document(request), feed(download, start, parts));
        match (answer, fed) {
            (Ok(_), _) => Ok(None),
            (Err(_), Err(refusal)) => Err(refusal),
            (Err(status), Ok(())) => self.refused(&status, &file.name).map(Some),
        }
    }

    fn messages(&self) -> FiksArkivServiceClient<Channel> {
        FiksArkivServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    fn request<T>(&self, message: T) -> Result<Request<T>, Refusal> {
        let token = fs::read_to_string(&self.config.token_file);
        let token = token
            .map_err(|_| self.unavailable("cannot be asked: the token cannot be read (`token_file`)"))?;
        // The cause would repeat the token.
        let value =
            bearer(&token).map_err(|_| self.unavailable("cannot be asked: `token_file` holds no token"))?;
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }

    /// What it will never take, as an answer; whatever may pass, or is about us, stays an error.
    fn refused(&self, status: &Status, file: &str) -> Result<Reply, Refusal> {
        let details = status.get_error_details();
        let reason = details.error_info().map(|info| info.reason.as_str()).unwrap_or_default();
        let violations = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
        let about_us = violations.iter().any(|v| v.field == "/tenant" || v.field == "/system");
        if about_us || !ABOUT_CONTENT.contains(&reason) {
            return Err(self.down(status));
        }
        let told = violations.iter().map(|v| format!("{file}{} {}", v.field, v.description));
        let told: Vec<String> =
            if violations.is_empty() { vec![status.message().to_owned()] } else { told.collect() };
        let document = json!({"feilId": crate::records::new_id(), "feilmelding": told.join("\n")});
        let kind = MessageType::UgyldigForespoersel;
        Ok(Reply { kind, document: Some(document), files: Vec::new(), ids: Vec::new() })
    }

    fn down(&self, status: &Status) -> Refusal {
        let details = status.get_error_details();
        let reason = details.error_info().map(|info| info.reason.clone());
        let reason = reason.unwrap_or_else(|| format!("{:?}", status.code()));
        self.unavailable(&format!(
            "cannot be reached or does not take it now: {} ({reason})",
            status.message()
        ))
    }

    fn unavailable(&self, what: &str) -> Refusal {
        Refusal::new(Reason::ArchiveUnavailable, format!("the external archive {} {what}", self.config.url))
    }
}

/// Sends a document from an offset on, until its end or until nobody takes it any more.
async fn feed(
    mut download: Download,
    start: pb::UploadStart,
    parts: mpsc::Sender<pb::UploadDocumentRequest>,
) -> Result<(), Refusal> {
    let mut skip = start.offset;
    let part = |part| pb::UploadDocumentRequest { part: Some(part) };
    if parts.send(part(Part::Start(start))).await.is_err() {
        return Ok(());
    }
    while let Some(piece) = download.next().await? {
        let from = usize::try_from(skip).unwrap_or(usize::MAX).min(piece.len());
        skip -= from as u64;
        if from < piece.len() && parts.send(part(Part::Content(piece.slice(from..)))).await.is_err() {
            break;
        }
    }
    Ok(())
}
