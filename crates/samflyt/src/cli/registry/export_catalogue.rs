//! `samflyt registry export-catalogue`: the catalogue in a form that others read.

use std::io::Write;
use std::path::PathBuf;

use samflyt_proto::registry::{CatalogueFormat, ExportCatalogueRequest};

use crate::cli::file::Out;
use crate::cli::lineage::AsOf;
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt registry export-catalogue processing-record-csv --tenant seljord -o record.csv\n  \
                  samflyt registry export-catalogue dcat-ap-no > catalogue.ttl"
)]
pub(super) struct ExportCatalogue {
    /// In which form
    #[arg(value_enum)]
    format: Format,
    /// Only what is of this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Where it is written [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// The controller's record of processing activities, GDPR article 30(1)
    ProcessingRecordCsv,
    ProcessingRecordJson,
    ProcessingRecordMarkdown,
    /// The record of the company that runs the hub, GDPR article 30(2)
    ProcessorRecordCsv,
    ProcessorRecordJson,
    ProcessorRecordMarkdown,
    /// Public datasets and the hub's interfaces, as Turtle
    DcatApNo,
    /// Services to inhabitants, as Turtle
    CpsvApNo,
}

impl From<Format> for CatalogueFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::ProcessingRecordCsv => Self::ProcessingRecordCsv,
            Format::ProcessingRecordJson => Self::ProcessingRecordJson,
            Format::ProcessingRecordMarkdown => Self::ProcessingRecordMarkdown,
            Format::ProcessorRecordCsv => Self::ProcessorRecordCsv,
            Format::ProcessorRecordJson => Self::ProcessorRecordJson,
            Format::ProcessorRecordMarkdown => Self::ProcessorRecordMarkdown,
            Format::DcatApNo => Self::DcatApNo,
            Format::CpsvApNo => Self::CpsvApNo,
        }
    }
}

impl ExportCatalogue {
    /// The form is that of the file: `--json` asks for nothing here.
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<()> {
        let request = ExportCatalogueRequest {
            format: CatalogueFormat::from(self.format).into(),
            tenants: self.tenants,
            as_of: self.as_of.timestamp(),
        };
        let parts = remote.catalogue().await?.export_catalogue(request).await;
        let mut parts = parts.map_err(Failure::from)?.into_inner();
        let mut out = Out::open(self.output.as_deref())?;
        while let Some(part) = parts.message().await.map_err(Failure::from)? {
            out.write_all(&part.content)?;
        }
        out.end()
    }
}
