//! Making a registrering.

use samflyt_noark::unit::{Kind, Unit};
use samflyt_noark::write::TYPE;
use serde_json::{Map, Value, json};

use super::super::files::Files;
use super::super::trouble::Trouble;
use super::super::{Problem, avskrivning, find};
use super::{Making, open_for_new, receipt};
use crate::records::change::Step;
use crate::records::external_key;
use crate::records::keys::{Number, Series};

const NOT_KEPT: [&str; 5] =
    ["referanseForelderMappe", "arkivdel", "journalaar", "journalsekvensnummer", "journalpostnummer"];
const AT: &str = "/registrering";

/// Where a registrering comes into.
struct Home {
    parent: Unit,
    arkivdel: Unit,
}

impl Making<'_> {
    /// Gives the registrering's receipt.
    pub(super) fn registrering(&mut self, doc: &Value, files: &mut Files<'_>) -> Result<Value, Trouble> {
        if let Some((fagsystem, noekkel)) = external_key(doc)
            && let Some(known) = self.records.by_external_key(Kind::Registrering, fagsystem, noekkel)?
        {
            return Ok(receipt::registrering(&known.unit, false));
        }
        let mut problems = Vec::new();
        let home = match self.home(doc) {
            Ok(home) => Some(home),
            Err(trouble) => {
                problems.extend(trouble.into_problems()?);
                None
            }
        };
        let mut kept: Map<String, Value> = doc.as_object().cloned().unwrap_or_default();
        NOT_KEPT.iter().for_each(|member| drop(kept.remove(*member)));
        check_journalpost(&kept, home.as_ref(), &mut problems);
        self.check_id(&kept, &mut problems)?;
        self.documents(&mut kept, files, AT, &mut problems)?;
        files.check_all_used(AT, &mut problems);
        let system_id = match self.system_id(doc, AT) {
            Ok(id) => id,
            Err(trouble) => {
                problems.extend(trouble.into_problems()?);
                String::new()
            }
        };
        if let Some(home) = &home
            && let Err(trouble) = self.classify(&mut kept, &home.arkivdel, AT)
        {
            problems.extend(trouble.into_problems()?);
        }
        let Some(home) = home.filter(|_| problems.is_empty()) else { return Err(Trouble::Invalid(problems)) };
        self.complete(&mut kept, &system_id);
        avskrivning::resolve(self.records, &mut kept)?;
        let numbers = self.number_registrering(&mut kept, &home)?;
        let unit = Unit {
            system_id,
            kind: Kind::Registrering,
            parent: Some(home.parent.system_id),
            arkivdel: Some(home.arkivdel.system_id),
            doc: Value::Object(kept),
        };
        let receipt = receipt::registrering(&unit, true);
        self.steps.push(Step::Created { unit, numbers });
        Ok(receipt)
    }

    /// A journalpost gets its id from the archive; of others, one that the sender gives must be free.
    fn check_id(&self, doc: &Map<String, Value>, problems: &mut Vec<Problem>) -> Result<(), Trouble> {
        let given = doc.get("registreringsID").and_then(Value::as_str);
        let Some(given) = given.filter(|_| doc.get(TYPE) != Some(&json!("journalpost"))) else {
            return Ok(());
        };
        if self.records.by_registrerings_id(given)?.is_some() {
            let advice = "leave it out, or refer to what has it";
            problems.push(Problem::new(format!("{AT}/registreringsID"), "is in use", advice));
        }
        Ok(())
    }

    fn home(&self, doc: &Value) -> Result<Home, Trouble> {
        let at = format!("{AT}/referanseForelderMappe");
        let parent = match (doc.get("referanseForelderMappe"), &self.made) {
            (None, Some(made)) => made.clone(),
            (Some(reference), Some(made)) if find::means(reference, made) => made.clone(),
            (Some(reference), _) => find::mappe(self.records, reference, &at)?.unit,
            (None, None) if self.is_without_mappe => {
                let rule = "is missing, and the mappe of this message was not made";
                return Err(Problem::new(at, rule, "mend the mappe, and send both again").into());
            }
            (None, None) => {
                let code = doc.pointer("/arkivdel/kode").and_then(Value::as_str);
                let arkivdel = self.arkivdel(code, AT)?.unit;
                return Ok(Home { parent: arkivdel.clone(), arkivdel });
            }
        };
        // Krav 2.5.5.
        if parent.doc.get("avsluttetDato").is_some() {
            let advice = "reopen it first, or use another mappe";
            return Err(Problem::new(at, "leads to a mappe that is closed", advice).into());
        }
        let arkivdel = self.arkivdel_of(&parent)?;
        open_for_new(&arkivdel, &at)?;
        Ok(Home { parent, arkivdel: arkivdel.unit })
    }

    fn number_registrering(
        &mut self,
        doc: &mut Map<String, Value>,
        home: &Home,
    ) -> Result<Vec<Number>, Trouble> {
        let post = self.next(Series::Post, &home.parent.system_id, 0)?;
        let within = home.parent.text("/mappeID").or(home.parent.text("/kode")).unwrap_or_default();
        if !doc.contains_key("registreringsID") || doc.get(TYPE) == Some(&json!("journalpost")) {
            doc.insert("registreringsID".to_owned(), json!(format!("{within}-{}", post.number)));
        }
        if doc.get(TYPE) != Some(&json!("journalpost")) {
            return Ok(vec![post]);
        }
        let year = self.year();
        let journal = self.next(Series::Journal, &self.arkiv_of(&home.arkivdel), year)?;
        doc.insert("journalaar".to_owned(), json!(year));
        doc.insert("journalsekvensnummer".to_owned(), json!(journal.number));
        doc.insert("journalpostnummer".to_owned(), json!(post.number));
        let incoming = doc.get("journalposttype").and_then(|of| of.get("kode")) == Some(&json!("I"));
        // What comes in is looked at before it is journalført (krav on kvalitetssikring).
        let status =
            doc.entry("journalstatus").or_insert_with(|| json!({"kode": if incoming { "M" } else { "J" }}));
        let archived = status.get("kode") == Some(&json!("A"));
        let (today, moment) = (self.today(), self.moment());
        doc.entry("journaldato").or_insert_with(|| json!(today));
        if archived {
            doc.entry("arkivertDato").or_insert_with(|| json!(moment));
            doc.entry("arkivertAv").or_insert_with(|| json!(self.by.name()));
        }
        Ok(vec![post, journal])
    }
}

fn check_journalpost(doc: &Map<String, Value>, home: Option<&Home>, problems: &mut Vec<Problem>) {
    if doc.get(TYPE) != Some(&json!("journalpost")) {
        return;
    }
    // Krav 2.5.2.
    if home
        .is_some_and(|home| home.parent.kind == Kind::Mappe && home.parent.type_name() != Some("saksmappe"))
    {
        let advice = "put it into a saksmappe, or send an arkivnotat";
        let rule = "leads to a mappe that is no saksmappe, and a journalpost belongs in one";
        problems.push(Problem::new(format!("{AT}/referanseForelderMappe"), rule, advice));
    }
    // Krav 2.6.3, for what goes between the municipality and others.
    let kind = doc.get("journalposttype").and_then(|of| of.get("kode")).and_then(Value::as_str);
    let has_parts =
        doc.get("korrespondansepart").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    if matches!(kind, Some("I" | "U")) && !has_parts {
        let advice = "say who sent or receives it";
        let rule = "is missing for an incoming or outgoing journalpost";
        problems.push(Problem::new(format!("{AT}/korrespondansepart"), rule, advice));
    }
}
