//! The catalogue in forms that others read: records of processing activities, DCAT-AP-NO, CPSV-AP-NO.
//!
//! Consumes the catalogue as of a moment; gives files; keeps true: they hold what is in the catalogue and nothing else, what
//! nobody has filled in shows as missing, and each says which positions of the log it reflects where its form has a place
//! for that.

mod activities;
mod columns;
mod cpsv;
mod csv;
mod dcat;
mod extent;
mod json;
mod markdown;
mod processor;
mod provisions;
mod record;
mod turtle;
mod vocabulary;

#[cfg(test)]
mod tests;

use samflyt_events::Refusal;
use samflyt_proto::registry::CatalogueFormat;

pub(crate) use extent::Extent;
pub use provisions::Provision;
pub(crate) use provisions::{check_provisions, default_provisions};

/// # Errors
/// `REQUEST_INVALID` for no format, or one of a later version of the hub.
pub(crate) fn write(format: CatalogueFormat, extent: &Extent<'_>) -> Result<Vec<u8>, Refusal> {
    match format {
        CatalogueFormat::Unspecified => Err(Refusal::of_field(
            samflyt_events::Reason::RequestInvalid,
            "/format",
            "is missing",
            "name one of `CatalogueFormat`",
        )),
        CatalogueFormat::ProcessingRecordCsv => csv::write(&activities::record(extent)),
        CatalogueFormat::ProcessingRecordJson => json::write(&activities::record(extent)),
        CatalogueFormat::ProcessingRecordMarkdown => Ok(markdown::write(&activities::record(extent))),
        CatalogueFormat::ProcessorRecordCsv => csv::write(&processor::record(extent)),
        CatalogueFormat::ProcessorRecordJson => json::write(&processor::record(extent)),
        CatalogueFormat::ProcessorRecordMarkdown => Ok(markdown::write(&processor::record(extent))),
        CatalogueFormat::DcatApNo => dcat::write(extent),
        CatalogueFormat::CpsvApNo => cpsv::write(extent),
    }
}

/// Nothing that the hub's own texts can cause.
fn not_written(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "an export cannot be written");
    Refusal::new(samflyt_events::Reason::Conflict, format!("the export cannot be written: {error}"))
}
