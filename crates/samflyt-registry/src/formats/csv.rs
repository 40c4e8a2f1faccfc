//! A record as CSV (RFC 4180), UTF-8: one row of headings with the provisions that they answer, then one for each activity.

use samflyt_events::Refusal;

use super::not_written;
use super::record::Record;

pub(super) fn write(record: &Record) -> Result<Vec<u8>, Refusal> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let headings = record.columns.iter().map(|column| match record.answered(column) {
        answered if answered.is_empty() => column.heading.to_owned(),
        answered => format!("{} ({answered})", column.heading),
    });
    writer.write_record(headings).map_err(|error| not_written(&error))?;
    for row in &record.rows {
        let cells = record.columns.iter().map(|column| Record::text(row, column));
        writer.write_record(cells).map_err(|error| not_written(&error))?;
    }
    writer.into_inner().map_err(|error| not_written(&error))
}
