//! Closing a mappe, and opening it again.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};

use super::super::{avskrivning, edit};
use super::{Updating, code, frozen, status};
use crate::records::Stored;
use crate::records::decide::Trouble;
use crate::records::fold::list;

impl Updating<'_> {
    /// `saksstatus`, `avsluttetDato` and `avsluttetAv`: what they mean together, and what they need.
    pub(super) fn status_of_mappe(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        old: &Unit,
        arkivdel: &Stored,
        at: &str,
    ) -> Result<(), Trouble> {
        super::plain(doc, given, &["saksstatus"]);
        let is_sak = old.type_name() == Some("saksmappe");
        let closes = if is_sak {
            matches!(code(doc, "saksstatus"), Some("A" | "U"))
        } else {
            given.get("avsluttetDato").is_some() || frozen::is_closed(old)
        };
        let was_closed = frozen::is_closed(old);
        if !closes {
            self.not_closed(given, is_sak, at);
        }
        let withdraws = code(doc, "saksstatus") == Some("U") && old.code("saksstatus") != Some("U");
        if closes && (!was_closed || withdraws) {
            self.close(doc, old, arkivdel, at)?;
        } else if was_closed && !closes {
            self.open_again(doc, old, arkivdel, &format!("{at}/saksstatus"))?;
        }
        if closes {
            super::plain(doc, given, &["avsluttetDato", "avsluttetAv"]);
        }
        Ok(())
    }

    /// Krav 3.2.5.
    fn not_closed(&mut self, given: &Value, is_sak: bool, at: &str) {
        let advice =
            if is_sak { "set saksstatus A: the date follows from it" } else { "give avsluttetDato too" };
        for member in ["avsluttetDato", "avsluttetAv"].iter().filter(|member| given.get(**member).is_some()) {
            self.problem(format!("{at}/{member}"), "is given for a mappe that is not closed", advice);
        }
    }

    fn open_again(
        &mut self,
        doc: &mut Map<String, Value>,
        old: &Unit,
        arkivdel: &Stored,
        at: &str,
    ) -> Result<(), Trouble> {
        // Krav 6.2.6.
        if arkivdel.unit.doc.get("avsluttetDato").is_some() {
            let advice = "have an administrator open the arkivdel";
            self.problem(at, "cannot open a mappe in an arkivdel that is closed", advice);
        }
        let holder = self.records.unit(Kind::Mappe, old.parent.as_deref().unwrap_or_default())?;
        if holder.is_some_and(|holder| frozen::is_closed(&holder.unit)) {
            self.problem(at, "opens a mappe within one that is closed", "open that one first");
        }
        doc.remove("avsluttetDato");
        doc.remove("avsluttetAv");
        Ok(())
    }

    fn close(
        &mut self,
        doc: &mut Map<String, Value>,
        old: &Unit,
        arkivdel: &Stored,
        at: &str,
    ) -> Result<(), Trouble> {
        let is_sak = old.type_name() == Some("saksmappe");
        let place = format!("{at}/{}", if is_sak { "saksstatus" } else { "avsluttetDato" });
        // Krav 3.2.6.
        let has_classes =
            doc.get("klassifikasjon").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        if is_sak && !has_classes && !list(&arkivdel.unit.doc, "klassifikasjonssystem").is_empty() {
            let advice = "give it a klassifikasjon first";
            self.problem(&place, "closes a saksmappe that is in no class", advice);
        }
        for below in self.records.children(&old.system_id, Kind::Mappe) {
            if !frozen::is_closed(&below?.unit) {
                self.problem(&place, "closes a mappe with an open mappe in it", "close that one first");
                break;
            }
        }
        let withdrawn = code(doc, "saksstatus") == Some("U");
        let posts: Result<Vec<Stored>, _> =
            self.records.children(&old.system_id, Kind::Registrering).collect();
        for post in posts?.iter().filter(|post| post.unit.type_name() == Some("journalpost")) {
            self.close_over(post, withdrawn, &place);
        }
        let (moment, by) = (self.moment(), self.by.name());
        doc.entry("avsluttetDato").or_insert_with(|| json!(moment));
        doc.entry("avsluttetAv").or_insert_with(|| json!(by));
        Ok(())
    }

    /// A journalpost of a mappe that is closed: it must be done with, and is written off where it is not.
    fn close_over(&mut self, post: &Stored, withdrawn: bool, at: &str) {
        let unit = &post.unit;
        let is = unit.code("journalstatus");
        if is == Some("U") {
            return;
        }
        let number = unit.text("/registreringsID").unwrap_or_default();
        if withdrawn {
            // Krav 3.2.12 in its sense: what was journalført does not go away with its mappe.
            let rule = format!("withdraws a saksmappe whose journalpost {number} is not");
            return self.problem(at, rule, "withdraw it (journalstatus U), or close the mappe by A");
        }
        // Krav 3.2.7; more statuses than A pass (decision 0022).
        if matches!(is, None | Some("M" | "S" | "R")) {
            let rule = format!("closes a saksmappe whose journalpost {number} is not journalført");
            return self.problem(at, rule, "journalfør it (J), or withdraw it (U)");
        }
        if status::main_documents(&unit.doc) == 0 {
            let rule = format!("closes a saksmappe whose journalpost {number} has no hoveddokument");
            return self.problem(at, rule, "give it one, or withdraw it (U)");
        }
        // Krav 3.2.9 and 3.4.5.
        let mut doc = unit.doc.clone();
        let (today, by) = (self.today(), self.by.name());
        avskrivning::close(&mut doc, &today, by);
        self.steps.extend(edit::edited(post, &doc));
    }
}
