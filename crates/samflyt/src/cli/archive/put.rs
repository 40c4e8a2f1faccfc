//! `samflyt archive put`: a file as a document.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_proto::archive::{GetUploadRequest, Receipt, UploadDocumentRequest, UploadStart};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{bar, document};
use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote};

const PIECE_BYTES: usize = 256 * 1024;
const PIECES_WAITING_MAX: usize = 8;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive put vedtak.pdf --tenant seljord")]
pub(super) struct Put {
    /// The file
    file: PathBuf,
    /// The municipality whose document it is
    #[arg(long, value_name = "ID")]
    tenant: String,
}

impl Put {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let receipt = upload(remote, self.tenant, &self.file, json).await?;
        show(&receipt, json)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Stores a file as a document, with progress; goes on where an earlier try broke off.
pub(super) async fn upload(
    remote: &Remote,
    tenant: String,
    file: &Path,
    quiet: bool,
) -> anyhow::Result<Receipt> {
    let (sha256, size) = measure(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut archive = remote.archive().await?;
    let request = GetUploadRequest { tenant: tenant.clone(), sha256: sha256.clone(), size };
    let came = archive.get_upload(request).await.map_err(Failure::from)?.into_inner();
    let offset = if came.stored { 0 } else { came.offset };
    if offset > 0 && !quiet {
        eprintln!("going on after {offset} bytes, where an earlier upload broke off");
    }
    let bar = bar(size, quiet)?;
    let start = UploadStart { tenant, sha256, size, offset };
    let (pieces, sent) = mpsc::channel(PIECES_WAITING_MAX);
    let reading = send(file.to_owned(), start, pieces, bar.clone());
    let (answer, read) = tokio::join!(archive.upload_document(ReceiverStream::new(sent)), reading);
    bar.finish_and_clear();
    let answer = answer.map_err(Failure::from)?;
    // A receipt stands also where the hub took less than was read, as it had the document.
    if let Err(error) = read {
        tracing::debug!(%error, "the file was not read to its end");
    }
    let Some(receipt) = answer.into_inner().receipt else { bail!("the hub gave no receipt") };
    Ok(receipt)
}

/// Digest and size of a file.
fn measure(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut size) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            len => {
                hasher.update(&piece[..len]);
                size += len as u64;
            }
        }
    }
    Ok((samflyt_archive::Digest::finish(hasher).to_string(), size))
}

/// Sends the file from an offset on, until its end or until nobody takes it any more.
async fn send(
    path: PathBuf,
    start: UploadStart,
    pieces: mpsc::Sender<UploadDocumentRequest>,
    bar: ProgressBar,
) -> anyhow::Result<()> {
    let reading = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(path)?;
        file.seek(SeekFrom::Start(start.offset))?;
        bar.set_position(start.offset);
        let mut part = Part::Start(start);
        while pieces.blocking_send(UploadDocumentRequest { part: Some(part) }).is_ok() {
            let mut piece = vec![0; PIECE_BYTES];
            let len = file.read(&mut piece)?;
            if len == 0 {
                break;
            }
            piece.truncate(len);
            bar.inc(len as u64);
            part = Part::Content(piece.into());
        }
        Ok(())
    });
    reading.await?
}

fn show(receipt: &Receipt, json: bool) -> anyhow::Result<()> {
    let stored = receipt.document.clone().unwrap_or_default();
    if json {
        let warnings: Vec<_> = receipt
            .warnings
            .iter()
            .map(|v| json!({"field": v.field, "rule": v.rule, "advice": v.advice}))
            .collect();
        let mut shown = document::to_json(&stored);
        shown["already_there"] = receipt.already_there.into();
        shown["warnings"] = warnings.into();
        return print_json(&shown);
    }
    let mut text = document::render(&stored);
    if receipt.already_there {
        text += "it was there already\n";
    }
    for warning in &receipt.warnings {
        text += &format!("warning: {} {}: {}\n", warning.field, warning.rule, warning.advice);
    }
    print(&text)
}
