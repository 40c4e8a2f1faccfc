//! `samflyt archive structure`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use samflyt_proto::archive::ImportStructureRequest;
use serde_json::json;

use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Structure {
    /// Makes arkiv, arkivdeler and classes, or changes them to what the file says; removes nothing
    #[command(
        after_help = "Example:\n  samflyt archive structure import structure.json --tenant seljord --dry-run\n\n\
                            The form of the file: docs/ARCHIVE.md"
    )]
    Import {
        /// JSON
        file: PathBuf,
        /// The municipality whose archive it is
        #[arg(long, value_name = "ID")]
        tenant: String,
        /// Says what would be done, and does nothing
        #[arg(long)]
        dry_run: bool,
    },
}

impl Structure {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let Self::Import { file, tenant, dry_run } = self;
        let structure = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let request = ImportStructureRequest { tenant, structure: structure.into(), dry_run };
        let answer = remote.records().await?.import_structure(request).await.map_err(Failure::from)?;
        let answer = answer.into_inner();
        if json {
            print_json(&json!({"created": answer.created, "changed": answer.changed, "dry_run": dry_run}))?;
        } else {
            let (made, changed) =
                if dry_run { ("would be made", "would be changed") } else { ("made", "changed") };
            print(&format!("{} {made}, {} {changed}\n", answer.created, answer.changed))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
