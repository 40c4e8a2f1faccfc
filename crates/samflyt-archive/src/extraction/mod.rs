//! The Noark 5 extraction of an arkivdel.
//!
//! Consumes the records and the log of a tenant; gives the files of an *avleveringspakke* in pieces, and which document goes
//! where. Kept true: memory does not grow with the arkivdel; what is written is what the log says up to one position of it,
//! and is counted again by the log before `arkivuttrekk.xml` is written, last.

mod changes;
mod classes;
mod describe;
mod grpc;
mod journals;
mod outgoing;
mod references;
mod scope;
mod walk;

use std::sync::Arc;

use samflyt_events::Refusal;
use samflyt_noark::noark5::structure::Counts;
use samflyt_proto::archive::extraction_service_server::ExtractionServiceServer;

use crate::Archive;
use crate::records::Records;
use outgoing::{Ended, Outgoing};
use scope::Scope;

/// What is extracted.
struct Extract {
    archive: Arc<Archive>,
    records: Records,
    scope: Scope,
    /// Name and SHA-256 of each schema.
    schemas: Vec<(String, String)>,
    /// The moment of the extraction, as `xs:dateTime`.
    at: String,
    /// Who made it.
    by: String,
}

/// What was written of the structure.
#[derive(Debug, Clone, Default)]
struct Written {
    counts: Counts,
    documents: u64,
    /// How many journalposter the public journal has.
    public: u64,
    /// The first and the last date, as `xs:date`: of `opprettetDato`, and of the journal.
    created: Option<(String, String)>,
    journal: Option<(String, String)>,
}

impl Extract {
    /// Writes all of it. Blocks.
    fn run(&self, out: &mut Outgoing) -> Result<(), Ended> {
        let written = walk::arkivstruktur(self, out)?;
        journals::journals(self, &written, out)?;
        let logged = changes::endringslogg(self, out)?;
        self.check(&written.counts, &logged)?;
        describe::arkivuttrekk(self, &written, logged.endringer, out)
    }

    /// The log and the structure hold the same.
    fn check(&self, counts: &Counts, logged: &changes::Logged) -> Result<(), Ended> {
        if (counts.mapper, counts.registreringer) == (logged.mapper, logged.registreringer) {
            return Ok(());
        }
        let text = format!(
            "{} mapper and {} registreringer were written, and the log has {} and {} up to {}: extract it again when nobody \
             moves records",
            counts.mapper, counts.registreringer, logged.mapper, logged.registreringer, self.scope.until
        );
        Err(Ended::Refused(Refusal::new(samflyt_events::Reason::Conflict, text)))
    }
}

/// Widens a first and a last date by another.
fn widen(span: &mut Option<(String, String)>, date: &str) {
    let Some((first, last)) = span else {
        *span = Some((date.to_owned(), date.to_owned()));
        return;
    };
    if date < first.as_str() {
        date.clone_into(first);
    } else if date > last.as_str() {
        date.clone_into(last);
    }
}

/// The door of the administrators.
pub(crate) fn serve(archive: &Arc<Archive>) -> ExtractionServiceServer<grpc::Service> {
    ExtractionServiceServer::new(grpc::Service(Arc::clone(archive)))
}
