//! Moving a registrering to another mappe, and a mappe to another arkivdel.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};

use super::super::{avskrivning, edit, find};
use super::{Updating, frozen};
use crate::records::decide::Trouble;
use crate::records::keys::{Number, Series};
use crate::records::{Step, Stored};

impl Updating<'_> {
    /// The registrering gets the next number of the mappe that it comes into, and keeps its number in the journal (krav
    /// 3.2.35, 3.2.36).
    pub(super) fn move_registrering(
        &mut self,
        stored: &Stored,
        mut doc: Map<String, Value>,
        to: &Value,
        from_closed: bool,
        at: &str,
    ) -> Result<Option<Step>, Trouble> {
        let target = match find::mappe(self.records, to, at) {
            Ok(target) => target,
            Err(trouble) => {
                self.problems.extend(trouble.into_problems()?);
                return Ok(None);
            }
        };
        let unit = &stored.unit;
        if unit.parent.as_ref() == Some(&target.unit.system_id) {
            return Ok(edit::edited(stored, &Value::Object(doc)));
        }
        let is_post = unit.type_name() == Some("journalpost");
        self.check_move(unit, &target.unit, from_closed, at)?;
        let of = target.unit.system_id.clone();
        let number = self.records.last(Series::Post, &of, 0)? + 1;
        let parent = unit.parent.as_deref().map(|id| self.records.get(id)).transpose()?.flatten();
        let numbered_by =
            parent.as_ref().and_then(|parent| parent.unit.text("/mappeID").or(parent.unit.text("/kode")));
        let by_parent = |id: &str| numbered_by.is_some_and(|of| id.starts_with(&format!("{of}-")));
        if is_post || unit.text("/registreringsID").is_none_or(by_parent) {
            let mappe_id = target.unit.text("/mappeID").unwrap_or_default();
            doc.insert("registreringsID".to_owned(), json!(format!("{mappe_id}-{number}")));
        }
        if is_post {
            doc.insert("journalpostnummer".to_owned(), json!(number));
        }
        Ok(Some(Step::Edited {
            system_id: unit.system_id.clone(),
            parent: Some(of.clone()),
            arkivdel: target.unit.arkivdel.clone(),
            numbers: vec![Number { series: Series::Post, of, year: 0, number }],
            edits: edit::diff(&unit.doc, &Value::Object(doc)),
        }))
    }

    fn check_move(&mut self, unit: &Unit, target: &Unit, from_closed: bool, at: &str) -> Result<(), Trouble> {
        if frozen::is_fixed(unit, from_closed) {
            let advice = "leave it where it is, or open its mappe again first";
            self.problem(at, "moves what is archived, withdrawn or in a closed mappe", advice);
        }
        // Krav 2.5.5.
        if frozen::is_closed(target) {
            self.problem(at, "leads to a mappe that is closed", "open it again first, or use another mappe");
        }
        let to = self.arkivdel_of(target)?;
        // Krav 2.3.6.
        if to.unit.doc.get("avsluttetDato").is_some() {
            self.problem(at, "leads into an arkivdel that is closed", "use a mappe of one that is open");
        }
        // Krav 3.2.39.
        if let Some(other) = avskrivning::bound(self.records, unit)? {
            let rule = format!("moves a journalpost that writes off or is written off by {other}");
            self.problem(at, rule, "delete that avskrivning first");
        }
        if unit.type_name() != Some("journalpost") {
            return Ok(());
        }
        // Krav 2.5.2.
        if target.type_name() != Some("saksmappe") {
            let advice = "put it into a saksmappe";
            self.problem(
                at,
                "leads to a mappe that is no saksmappe, and a journalpost belongs in one",
                advice,
            );
        }
        if self.arkivdel_of(unit)?.unit.parent != to.unit.parent {
            let advice = "withdraw it (U), and send it to the other arkiv anew";
            self.problem(at, "leads to another arkiv, whose journal has numbers of its own", advice);
        }
        Ok(())
    }

    /// All that is in the mappe moves with it.
    pub(super) fn move_mappe(
        &mut self,
        stored: &Stored,
        edited: Option<Step>,
        kode: &str,
        from: &Stored,
        at: &str,
    ) -> Result<(), Trouble> {
        let Some(target) = self.records.arkivdel(kode)? else {
            self.problem(at, "is no arkivdel of this archive", "name one that was imported");
            return Ok(());
        };
        let to = target.unit.system_id.clone();
        if to == from.unit.system_id {
            self.steps.extend(edited);
            return Ok(());
        }
        // Krav 2.3.6; a closed mappe may follow a period that is over (krav 6.2.11).
        if target.unit.doc.get("avsluttetDato").is_some() && !frozen::is_closed(&stored.unit) {
            self.problem(
                at,
                "is an arkivdel that is closed",
                "use one that is open, or close the mappe first",
            );
        }
        if target.unit.parent != from.unit.parent {
            let advice = "use an arkivdel of the same arkiv";
            self.problem(at, "is of another arkiv, which has numbers of its own", advice);
        }
        if stored.unit.parent.as_ref() != Some(&from.unit.system_id) {
            self.problem(at, "moves a mappe out of the mappe that holds it", "move the outermost mappe");
        }
        let edits = match edited {
            Some(Step::Edited { edits, .. }) => edits,
            _ => Vec::new(),
        };
        let system_id = stored.unit.system_id.clone();
        let (parent, arkivdel) = (Some(to.clone()), Some(to.clone()));
        self.steps.push(Step::Edited { system_id, parent, arkivdel, numbers: Vec::new(), edits });
        self.follow(&stored.unit.system_id, &to)
    }

    fn follow(&mut self, mappe: &str, to: &str) -> Result<(), Trouble> {
        let mut inside = vec![mappe.to_owned()];
        while let Some(holder) = inside.pop() {
            for kind in [Kind::Mappe, Kind::Registrering] {
                for below in self.records.children(&holder, kind) {
                    let system_id = below?.unit.system_id;
                    if kind == Kind::Mappe {
                        inside.push(system_id.clone());
                    }
                    let arkivdel = Some(to.to_owned());
                    let (numbers, edits) = (Vec::new(), Vec::new());
                    self.steps.push(Step::Edited { system_id, parent: None, arkivdel, numbers, edits });
                }
            }
        }
        Ok(())
    }
}
