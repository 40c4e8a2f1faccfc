//! What comes from the hub: metadata files in pieces, and documents that are not there yet.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;

use anyhow::{Context, anyhow, bail, ensure};
use futures::future;
use futures::stream::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use samflyt_archive::Digest;
use samflyt_proto::archive::export_arkivdel_response::Part;
use samflyt_proto::archive::extraction_service_client::ExtractionServiceClient;
use samflyt_proto::archive::{
    DocumentPiece, ExportArkivdelResponse, ExtractionDocument, ExtractionDone, FetchDocumentsRequest,
    WantedDocument,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::folder::{DESCRIPTION, Folder};
use crate::cli::{Failure, show};
use crate::client::Authenticated;

type Named = Vec<ExtractionDocument>;

/// How many lists of documents are fetched at once.
const LISTS_AT_ONCE: usize = 2;

/// How many documents came, and how many were there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Documents {
    pub fetched: u64,
    pub kept: u64,
}

/// Writes the metadata files, and hands the documents' names on. Gives the description, which is written last.
pub(super) async fn metadata(
    mut told: Streaming<ExportArkivdelResponse>,
    folder: &Folder,
    named: mpsc::Sender<Named>,
    bar: &ProgressBar,
) -> anyhow::Result<(Option<Vec<u8>>, Option<ExtractionDone>)> {
    let mut files: HashMap<String, File> = HashMap::new();
    let (mut description, mut done) = (None, None);
    while let Some(message) = told.message().await.map_err(Failure::from)? {
        match message.part {
            Some(Part::Piece(piece)) if piece.path == DESCRIPTION => {
                description.get_or_insert_with(Vec::new).extend_from_slice(&piece.content);
            }
            Some(Part::Piece(piece)) => {
                if !files.contains_key(&piece.path) {
                    files.insert(piece.path.clone(), folder.metadata(&piece.path)?);
                }
                if let Some(file) = files.get_mut(&piece.path) {
                    file.write_all(&piece.content).with_context(|| format!("cannot write {}", piece.path))?;
                }
            }
            Some(Part::Documents(documents)) => {
                // Where it cannot be sent, fetching has failed, and says why.
                named
                    .send(documents.documents)
                    .await
                    .map_err(|_| anyhow!("documents could not be fetched"))?;
            }
            Some(Part::Progress(progress)) if progress.registreringer > 0 => {
                bar.set_position(progress.registreringer)
            }
            Some(Part::Done(all)) => {
                bar.set_position(all.registreringer);
                done = Some(all);
            }
            Some(Part::Progress(_)) | None => {}
        }
    }
    Ok((description, done))
}

/// Fetches the documents that are not there yet.
pub(super) async fn documents(
    client: ExtractionServiceClient<Authenticated>,
    tenant: String,
    folder: &Folder,
    named: mpsc::Receiver<Named>,
    bar: &ProgressBar,
) -> anyhow::Result<Documents> {
    let (client, tenant) = (&client, tenant.as_str());
    // One list is fetched while another is written.
    ReceiverStream::new(named)
        .map(|documents| async move {
            let named = documents.len() as u64;
            let here = folder.clone();
            let missing = tokio::task::spawn_blocking(move || missing(&here, documents)).await??;
            let fetched = missing.len() as u64;
            if fetched > 0 {
                fetch(client.clone(), tenant, folder, missing).await?;
            }
            anyhow::Ok(Documents { fetched, kept: named - fetched })
        })
        .buffer_unordered(LISTS_AT_ONCE)
        .try_fold(Documents::default(), |all, these| {
            let all = Documents { fetched: all.fetched + these.fetched, kept: all.kept + these.kept };
            bar.set_message(format!("{} documents", show::number(all.fetched + all.kept)));
            future::ready(Ok(all))
        })
        .await
}

fn missing(folder: &Folder, documents: Named) -> anyhow::Result<Named> {
    let mut missing = Vec::new();
    for document in documents {
        if !folder.has(&document)? {
            missing.push(document);
        }
    }
    Ok(missing)
}

async fn fetch(
    mut client: ExtractionServiceClient<Authenticated>,
    tenant: &str,
    folder: &Folder,
    missing: Named,
) -> anyhow::Result<()> {
    let wanted = |document: &ExtractionDocument| WantedDocument {
        sha256: document.sha256.clone(),
        size: document.size,
    };
    let documents = missing.iter().map(wanted).collect();
    let request = FetchDocumentsRequest { tenant: tenant.to_owned(), documents };
    let mut pieces = client.fetch_documents(request).await.map_err(Failure::from)?.into_inner();
    let mut writing = Writing { folder: folder.clone(), documents: missing, next: 0, open: None };
    loop {
        let message = pieces.message().await.map_err(|status| writing.failed(status.into()))?;
        let Some(message) = message else { break };
        writing = tokio::task::spawn_blocking(move || writing.write_all(&message.pieces)).await??;
    }
    ensure!(writing.next == writing.documents.len(), "the hub sent fewer documents than it was asked for");
    Ok(())
}

/// Documents that are being written, one after the other.
struct Writing {
    folder: Folder,
    documents: Named,
    /// The document that is being written, or the next one.
    next: usize,
    open: Option<(File, Sha256, u64)>,
}

impl Writing {
    fn write_all(mut self, pieces: &[DocumentPiece]) -> anyhow::Result<Self> {
        for piece in pieces {
            ensure!(
                piece.index as usize == self.next,
                "the hub sent documents in another order than it was asked"
            );
            self.write(&piece.content)?;
        }
        Ok(self)
    }

    fn write(&mut self, content: &[u8]) -> anyhow::Result<()> {
        let Some(document) = self.documents.get(self.next) else {
            bail!("the hub sent more than it was asked for")
        };
        let (mut file, mut hasher, written) = match self.open.take() {
            Some(open) => open,
            None => (self.folder.document(document)?, Sha256::new(), 0),
        };
        file.write_all(content).with_context(|| format!("cannot write {}", document.path))?;
        hasher.update(content);
        let written = written + content.len() as u64;
        if written < document.size {
            self.open = Some((file, hasher, written));
            return Ok(());
        }
        let found = Digest::finish(hasher).to_string();
        ensure!(found == document.sha256, "{} came with the digest {found}: start again", document.path);
        self.next += 1;
        Ok(())
    }

    /// Names the record of the document that could not be had.
    fn failed(&self, failure: Failure) -> anyhow::Error {
        let Some(document) = self.documents.get(self.next) else { return failure.into() };
        let ExtractionDocument { path, registrering, .. } = document;
        anyhow::Error::from(failure)
            .context(format!("{path}, a document of the registrering {registrering}, cannot be had"))
    }
}
