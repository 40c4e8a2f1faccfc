//! Messages that look into the archive.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_noark::fiks::{MessageType, Schema};
use serde_json::Value;

use super::{Answer, Failed};
use crate::Archive;
use crate::access::Viewer;
use crate::innsyn;
use crate::messages::Incoming;

impl Archive {
    pub(super) async fn innsyn(&self, message: &Incoming, document: Value) -> Result<Answer, Failed> {
        let records = self.recorder.records(&message.tenant).await?;
        let viewer = self.viewer(message);
        match message.kind {
            MessageType::MappeHent => {
                let found = innsyn::mappe_hent(&records, &viewer, &document)?;
                Ok(Answer::of(MessageType::MappeHentResultat, found))
            }
            MessageType::RegistreringHent => {
                let found = innsyn::registrering_hent(&records, &viewer, &document)?;
                Ok(Answer::of(MessageType::RegistreringHentResultat, found))
            }
            MessageType::DokumentfilHent => {
                let file = innsyn::dokumentfil_hent(&records, &viewer, &document)?;
                let kind = MessageType::DokumentfilHentResultat;
                Ok(Answer { kind, document: None, files: vec![file] })
            }
            MessageType::KodelisteHent => {
                let list = innsyn::kodeliste_hent(&records, &self.config.code_lists(), &document)?;
                Ok(Answer::of(MessageType::KodelisteHentResultat, list))
            }
            _ => {
                let searches = Arc::clone(&self.searches);
                // The first search of a municipality reads all its records.
                let search = move || searches.sok(&records, &viewer, &document);
                let found = tokio::task::spawn_blocking(search).await.map_err(|error| {
                    tracing::error!(%error, "a search ended by a defect");
                    Refusal::new(Reason::RequestInvalid, "the search meets a defect of the archive")
                })?;
                let (schema, result) = found?;
                Ok(Answer::of(result_of(schema), result))
            }
        }
    }

    /// Who asks by a message: the system that it is from.
    fn viewer(&self, message: &Incoming) -> Viewer {
        let (access, now) = (&self.config.access, self.deps.clock.now());
        let system = Some(message.system.as_str());
        Viewer::new(access, &message.tenant, &message.organisation, system, false, now)
    }
}

fn result_of(schema: Schema) -> MessageType {
    match schema {
        Schema::SokMinimum => MessageType::SokResultatMinimum,
        Schema::SokNoekler => MessageType::SokResultatNoekler,
        _ => MessageType::SokResultatUtvidet,
    }
}
