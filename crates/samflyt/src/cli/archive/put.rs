//! `samflyt archive put`: a file as a document.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use samflyt_adapters::document as pieces;
use samflyt_proto::archive::{GetUploadRequest, Receipt, UploadStart};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{bar, document};
use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote};

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
    let path = std::fs::canonicalize(file);
    let measured = path.and_then(|path| Ok((pieces::measure(&mut pieces::open(&path)?)?, path)));
    let ((sha256, size), path) = measured.with_context(|| format!("cannot read {}", file.display()))?;
    let mut archive = remote.archive().await?;
    let request = GetUploadRequest { tenant: tenant.clone(), sha256: sha256.clone(), size };
    let came = archive.get_upload(request).await.map_err(Failure::from)?.into_inner();
    let offset = if came.stored { 0 } else { came.offset };
    if offset > 0 && !quiet {
        eprintln!("going on after {offset} bytes, where an earlier upload broke off");
    }
    let bar = bar(size, quiet)?;
    let start = UploadStart { tenant, sha256, size, offset };
    let (parts, sent) = mpsc::channel(pieces::PIECES_WAITING_MAX);
    bar.set_position(offset);
    let progress = bar.clone();
    let reading = pieces::send(path, start, parts, move |bytes| progress.inc(bytes));
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
