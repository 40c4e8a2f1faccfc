//! What the references of Fiks Arkiv mean.

use samflyt_noark::noark5::Extraction;
use samflyt_noark::unit::Kind;
use serde_json::Value;

use super::Extract;
use crate::records::decide::find;
use crate::records::{Records, Stored, list};

/// The unit that a reference leads to, in this archive.
fn found(records: &Records, kind: Kind, reference: &Value) -> Option<String> {
    let found = match kind {
        Kind::Mappe => find::mappe(records, reference, ""),
        _ => find::registrering(records, reference, ""),
    };
    Some(found.ok()?.unit.system_id)
}

impl Extract {
    /// Has something said as of this extraction.
    pub(super) fn saying<T>(&self, say: impl FnOnce(&Extraction<'_>) -> T) -> T {
        let find = |kind: Kind, reference: &Value| found(&self.records, kind, reference);
        say(&Extraction { at: &self.at, by: &self.by, find: &find })
    }

    /// The classes that a mappe is in besides the first: their systemIDs.
    pub(super) fn secondary(&self, mappe: &Stored) -> Vec<String> {
        let others = list(&mappe.unit.doc, "klassifikasjon").iter().skip(1);
        let class = |given: &Value| {
            let text = |member: &str| given.get(member).and_then(Value::as_str);
            let system = self.records.klassifikasjonssystem(text("klassifikasjonssystemID")?).ok()??;
            let class = self.records.klasse(&system.unit.system_id, text("klasseID")?).ok()??;
            Some(class.unit.system_id)
        };
        others.filter_map(class).collect()
    }
}
