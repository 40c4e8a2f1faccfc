//! `samflyt archive export`: a Noark 5 extraction of an arkivdel, into a folder of this machine.
//!
//! Kept true: a folder with `arkivuttrekk.xml` holds a complete extraction; one that broke off has none, and the same command
//! goes on with the documents that are missing.

mod folder;
mod receive;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use samflyt_proto::archive::{ExportArkivdelRequest, ExtractionDone};
use serde_json::{Value, json};

use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote, show};
use folder::Folder;
use receive::{Documents, documents, metadata};

/// How many lists of documents wait to be fetched.
const WAITING_MAX: usize = 4;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  samflyt archive export --tenant seljord --arkivdel SAK --schemas noark5/v5.0 \
                        --to-folder uttrekk\n  samflyt archive export --tenant seljord --arkivdel SAK --from 2024-01-01 \
                        --to 2025-12-31 --schemas noark5/v5.0 --to-folder uttrekk --json"
)]
pub(super) struct Export {
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The arkivdel, by its code; a closed one, unless a period is given
    #[arg(long, value_name = "KODE")]
    arkivdel: String,
    /// The first day of a period: only what the arkivdel got in it
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<String>,
    /// The last day of the period
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<String>,
    /// A folder with the XSDs of Noark 5, version 5.0
    #[arg(long, value_name = "DIR")]
    schemas: PathBuf,
    /// The folder that gets `avleveringspakke`; one where an extraction broke off goes on
    #[arg(long, value_name = "DIR")]
    to_folder: PathBuf,
}

impl Export {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let folder = Folder::open(&self.to_folder.join("avleveringspakke"))?;
        let schemas = folder.take_schemas(&self.schemas)?;
        let client = remote.extractions().await?;
        let tenant = self.tenant.clone();
        let request = ExportArkivdelRequest {
            tenant: self.tenant,
            arkivdel: self.arkivdel,
            from: self.from.unwrap_or_default(),
            to: self.to.unwrap_or_default(),
            schemas,
        };
        let told = client.clone().export_arkivdel(request).await.map_err(Failure::from)?.into_inner();
        let bar = if json { ProgressBar::hidden() } else { bar()? };
        let (named, waiting) = tokio::sync::mpsc::channel(WAITING_MAX);
        let writing = metadata(told, &folder, named, &bar);
        let fetching = documents(client, tenant, &folder, waiting, &bar);
        let ((described, done), documents) = tokio::try_join!(writing, fetching)?;
        bar.finish_and_clear();
        let Some((done, described)) = done.zip(described) else {
            bail!("the extraction broke off before its end: start it again, it goes on from what is there")
        };
        complete(&folder, &done, &documents, &described).await?;
        if json {
            print_json(&to_json(&done, &documents))?;
        } else {
            print(&render(&done, &documents, &folder))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What is in the folder is what the extraction has, and on disk: now it may say so.
async fn complete(
    folder: &Folder,
    done: &ExtractionDone,
    documents: &Documents,
    described: &[u8],
) -> anyhow::Result<()> {
    let came = documents.fetched + documents.kept;
    if came != done.documents {
        bail!("{came} documents came, and the extraction has {}: start it again", done.documents);
    }
    let (folder, described, expected) = (folder.clone(), described.to_vec(), done.documents);
    tokio::task::spawn_blocking(move || folder.complete(expected, &described))
        .await?
        .context("the extraction is not complete")
}

fn bar() -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{spinner} {human_pos} registreringer, {msg}, {elapsed}")?;
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.set_message("0 documents");
    Ok(bar)
}

fn render(done: &ExtractionDone, documents: &Documents, folder: &Folder) -> String {
    format!(
        "{} mapper, {} registreringer, {} endringer, {} documents ({} were there already): {}",
        show::number(done.mapper),
        show::number(done.registreringer),
        show::number(done.endringer),
        show::number(done.documents),
        show::number(documents.kept),
        folder.dir().display()
    )
}

fn to_json(done: &ExtractionDone, documents: &Documents) -> Value {
    json!({
        "mapper": done.mapper,
        "registreringer": done.registreringer,
        "journalposter": done.journalposter,
        "public_journalposter": done.public_journalposter,
        "endringer": done.endringer,
        "documents": done.documents,
        "documents_fetched": documents.fetched,
        "documents_kept": documents.kept,
        "sequence": done.sequence,
    })
}
