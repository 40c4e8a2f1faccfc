//! `samflyt lineage openlineage`: the flows as OpenLineage events, one in each line.

use std::io::Write;
use std::path::PathBuf;

use samflyt_proto::lineage::{ExportOpenLineageRequest, ExportOpenLineageResponse};

use super::ask::Period;
use crate::cli::file::Out;
use crate::cli::{Failure, Remote, show};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt lineage openlineage --tenant seljord --from 2026-03-01 -o events.jsonl"
)]
pub(super) struct OpenLineage {
    /// Only flows of this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    #[command(flatten)]
    period: Period,
    /// Where it is written [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl OpenLineage {
    /// They are JSON in any case.
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<()> {
        let request = ExportOpenLineageRequest {
            tenants: self.tenants,
            window: Some(self.period.window()),
            at_least: None,
        };
        let answers = remote.insight().await?.export_open_lineage(request).await;
        let mut answers = answers.map_err(Failure::from)?.into_inner();
        let mut out = Out::open(self.output.as_deref())?;
        let mut reach = None;
        while let Some(ExportOpenLineageResponse { events, completeness }) =
            answers.message().await.map_err(Failure::from)?
        {
            for event in events {
                writeln!(out, "{event}")?;
            }
            reach = completeness.or(reach);
        }
        out.end()?;
        eprint!("{}", show::completeness(reach.as_ref(), "ask for less"));
        Ok(())
    }
}
