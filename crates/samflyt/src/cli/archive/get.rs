//! `samflyt archive get`: a document into a file. The file gets its name only after all of the document was good.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use samflyt_proto::archive::download_document_response::Part;
use samflyt_proto::archive::{Document, DownloadDocumentRequest, DownloadDocumentResponse};
use sha2::{Digest, Sha256};
use tonic::Streaming;

use super::{bar, digest, document};
use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive get DIGEST --tenant seljord --output vedtak.pdf")]
pub(super) struct Get {
    /// The document: its SHA-256, 64 hexadecimal digits
    #[arg(value_name = "DIGEST", value_parser = digest)]
    sha256: String,
    /// The municipality whose document it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The file that it is written to [default: its digest]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Get {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let output = self.output.unwrap_or_else(|| PathBuf::from(&self.sha256));
        let request = DownloadDocumentRequest { tenant: self.tenant, sha256: self.sha256 };
        let mut pieces =
            remote.archive().await?.download_document(request).await.map_err(Failure::from)?.into_inner();
        let dir = output.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut draft = tempfile::NamedTempFile::new_in(dir)
            .with_context(|| format!("cannot write in {}", dir.display()))?;
        let got = receive(&mut pieces, &mut draft, json).await?;
        draft.as_file().sync_all()?;
        draft.persist(&output).with_context(|| format!("cannot write {}", output.display()))?;
        if json {
            print_json(&document::to_json(&got))?;
        } else {
            print(&document::render(&got))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn receive(
    pieces: &mut Streaming<DownloadDocumentResponse>,
    draft: &mut impl Write,
    json: bool,
) -> anyhow::Result<Document> {
    let mut message = async || pieces.message().await.map_err(Failure::from);
    let Some(DownloadDocumentResponse { part: Some(Part::Document(got)) }) = message().await? else {
        bail!("the hub did not say what it sends");
    };
    let bar = bar(got.size, json)?;
    let mut hasher = Sha256::new();
    while let Some(DownloadDocumentResponse { part }) = message().await? {
        let Some(Part::Content(piece)) = part else { bail!("the hub sent something else than content") };
        hasher.update(&piece);
        draft.write_all(&piece)?;
        bar.inc(piece.len() as u64);
    }
    bar.finish_and_clear();
    // The hub has checked what it read; this is about the way from there.
    let found = samflyt_archive::Digest::finish(hasher).to_string();
    if found != got.sha256 {
        bail!("what arrived has the digest {found} instead of {}: fetch it again", got.sha256);
    }
    Ok(got)
}
