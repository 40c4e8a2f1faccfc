//! `klassifikasjonOppdateringer`: in which classes a mappe or registrering is.

use serde_json::{Map, Value, json};

use super::super::create::klasse;
use super::Updating;
use super::lists::{each, set_members};
use crate::records::decide::Trouble;
use crate::records::{Step, Stored};

const MEMBER: &str = "klassifikasjon";

impl Updating<'_> {
    pub(super) fn classes(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        arkivdel: &Stored,
        at: &str,
    ) -> Result<(), Trouble> {
        for (changes, at) in each(given, "klassifikasjonOppdateringer", at) {
            let mut kept = doc.remove(MEMBER).and_then(|kept| kept.as_array().cloned()).unwrap_or_default();
            for (item, at) in each(changes, "oppdatering", &at) {
                match kept.iter_mut().find(|kept| is(kept, item)) {
                    Some(kept) => set_members(kept, item, &["tittel", "erSkjermet"]),
                    None => {
                        let advice = "name one that it has, or send it as `ny`";
                        self.problem(at, "names no klassifikasjon that it has", advice);
                    }
                }
            }
            for (item, _) in each(changes, "slett", &at) {
                kept.retain(|kept| !is(kept, item));
            }
            for (item, at) in each(changes, "ny", &at) {
                let Some(new) = self.classified(item, arkivdel, &at)? else { continue };
                // One that it has already is as good as new: the same message twice does no harm.
                let reference = json!({"referanseTilKlassifikasjon": new});
                match kept.iter_mut().find(|kept| is(kept, &reference)) {
                    Some(kept) => set_members(kept, &new, &["tittel", "erSkjermet"]),
                    None => kept.push(new),
                }
            }
            if !kept.is_empty() {
                doc.insert(MEMBER.to_owned(), Value::Array(kept));
            }
        }
        Ok(())
    }

    /// A new klassifikasjon as records keep it: its class is there and on the lowest level (krav 2.4.4, 2.4.5), or is made
    /// in a system that is open.
    fn classified(&mut self, given: &Value, arkivdel: &Stored, at: &str) -> Result<Option<Value>, Trouble> {
        let primary = arkivdel.unit.text("/klassifikasjonssystem/0").map(|id| self.records.get(id));
        let primary = primary.transpose()?.flatten();
        match klasse::find(self.records, given, primary.as_ref(), at) {
            Ok((system, class)) => {
                if class.is_none() && !klasse::is_made(&self.steps, given, &system.unit) {
                    let (id, moment) = (self.id(), self.moment());
                    let unit = klasse::new_class(given, &system.unit, &id, &moment, self.by.name());
                    self.steps.push(Step::Created { unit, numbers: Vec::new() });
                }
                let id = self.id();
                Ok(Some(klasse::classified(given, &system.unit, id)))
            }
            Err(trouble) => {
                self.problems.extend(trouble.into_problems()?);
                Ok(None)
            }
        }
    }
}

fn is(kept: &Value, named: &Value) -> bool {
    let reference = named.get("referanseTilKlassifikasjon");
    let same = |member: &str| reference.and_then(|reference| reference.get(member)) == kept.get(member);
    same("klassifikasjonssystemID") && same("klasseID")
}
