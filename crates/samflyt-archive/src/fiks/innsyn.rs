//! Messages that look into the archive.

use samflyt_noark::fiks::Schema;
use serde_json::Value;

use super::{Answer, Failed};
use crate::Archive;
use crate::innsyn;
use crate::messages::Incoming;

impl Archive {
    pub(super) async fn innsyn(&self, message: &Incoming, document: &Value) -> Result<Answer, Failed> {
        let records = self.recorder.records(&message.tenant).await?;
        let viewer = self.viewer(message);
        match message.kind.name().rsplit("v1.innsyn.").next().unwrap_or_default() {
            "mappe.hent" => {
                let found = innsyn::mappe_hent(&records, &viewer, document)?;
                let kind = "no.ks.fiks.arkiv.v1.innsyn.mappe.hent.resultat";
                Ok(Answer::of(kind, Schema::MappeHentResultat, found))
            }
            "registrering.hent" => {
                let found = innsyn::registrering_hent(&records, &viewer, document)?;
                let kind = "no.ks.fiks.arkiv.v1.innsyn.registrering.hent.resultat";
                Ok(Answer::of(kind, Schema::RegistreringHentResultat, found))
            }
            _ => Err(Failed::Answered(crate::records::decide::Trouble::Invalid(Vec::new()))),
        }
    }
}
