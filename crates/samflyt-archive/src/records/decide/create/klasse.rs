//! Placing a mappe or a registrering in classes.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};

use super::super::Problem;
use super::super::trouble::Trouble;
use super::Making;
use crate::records::change::Step;
use crate::records::{Records, Stored};

/// Types of klassifikasjonssystem whose classes are made when they are first used: property, identity number, object.
const OPEN: [&str; 3] = ["GBN", "PNR", "UO"];

/// Whether a klassifikasjonssystem takes classes that it does not know yet.
pub(crate) fn is_open(system: &Unit) -> bool {
    system.code("klassifikasjonstype").is_some_and(|code| OPEN.contains(&code))
}

/// Finds the class that a klassifikasjon names. None: it is not there, and the system is open.
///
/// # Errors
/// [`Trouble::Invalid`] where there is no such class and none may be made, or where it takes nothing new (krav 2.4.4,
/// 2.4.5).
pub(crate) fn find(
    records: &Records,
    given: &Value,
    primary: Option<&Stored>,
    at: &str,
) -> Result<(Stored, Option<Stored>), Trouble> {
    let system_id = given.get("klassifikasjonssystemID").and_then(Value::as_str);
    let system = match system_id {
        Some(id) => records.klassifikasjonssystem(id)?,
        None => primary.cloned(),
    };
    let Some(system) = system else {
        let advice = "name one that was imported (`samflyt archive structure show`)";
        let rule = "is no klassifikasjonssystem of this archive";
        return Err(Problem::new(format!("{at}/klassifikasjonssystemID"), rule, advice).into());
    };
    let class_id = given.get("klasseID").and_then(Value::as_str).unwrap_or_default();
    let wrong = |rule: &str, advice: &str| Problem::new(format!("{at}/klasseID"), rule, advice);
    match records.klasse(&system.unit.system_id, class_id)? {
        None if is_open(&system.unit) => Ok((system, None)),
        None => {
            let advice = "name one that was imported, or have an administrator add it";
            Err(wrong("is no class of this klassifikasjonssystem", advice).into())
        }
        Some(class) if class.unit.doc.get("avsluttetDato").is_some() => {
            Err(wrong("is a class that is closed", "use another class").into())
        }
        Some(class) if records.children(&class.unit.system_id, Kind::Klasse).next().is_some() => {
            Err(wrong("is not on the lowest level", "use one of the classes below it").into())
        }
        Some(class) => Ok((system, Some(class))),
    }
}

/// A klassifikasjon as records keep it.
pub(crate) fn classified(given: &Value, system: &Unit, id: String) -> Value {
    let class_id = given.get("klasseID").cloned().unwrap_or_default();
    let mut kept = Map::new();
    kept.insert("klassifikasjonID".to_owned(), json!(id));
    kept.insert("klassifikasjonssystemID".to_owned(), json!(system.text("/klassifikasjonssystemID")));
    kept.insert("klasseID".to_owned(), class_id);
    for member in ["tittel", "erSkjermet"] {
        if let Some(value) = given.get(member) {
            kept.insert(member.to_owned(), value.clone());
        }
    }
    // Who somebody is, is not for everybody.
    if system.code("klassifikasjonstype") == Some("PNR") {
        kept.entry("erSkjermet").or_insert(json!(true));
    }
    Value::Object(kept)
}

/// The class that an open klassifikasjonssystem gets by its first use.
pub(crate) fn new_class(given: &Value, system: &Unit, id: &str, at: &str, by: &str) -> Unit {
    let class_id = given.get("klasseID").cloned().unwrap_or_default();
    let title = given.get("tittel").cloned().unwrap_or_else(|| class_id.clone());
    let doc = json!({
        "klasseID": class_id, "tittel": title, "opprettetDato": at, "opprettetAv": by,
        "klassifikasjonssystem": system.system_id,
    });
    let parent = Some(system.system_id.clone());
    Unit { system_id: id.to_owned(), kind: Kind::Klasse, parent, arkivdel: None, doc }
}

/// Whether these steps make that class already.
pub(crate) fn is_made(steps: &[Step], given: &Value, system: &Unit) -> bool {
    let class_id = given.get("klasseID");
    steps.iter().any(|step| match step {
        Step::Created { unit, .. } => {
            unit.parent.as_ref() == Some(&system.system_id) && unit.doc.get("klasseID") == class_id
        }
        _ => false,
    })
}

impl Making<'_> {
    /// Resolves the member `klassifikasjon` of a document, and makes the classes that open systems get by it.
    pub(super) fn classify(
        &mut self,
        doc: &mut Map<String, Value>,
        arkivdel: &Unit,
        at: &str,
    ) -> Result<(), Trouble> {
        let Some(Value::Array(given)) = doc.get("klassifikasjon").cloned() else { return Ok(()) };
        let primary = arkivdel.text("/klassifikasjonssystem/0").map(|id| self.records.get(id));
        let primary = primary.transpose()?.flatten();
        let (mut kept, mut problems) = (Vec::new(), Vec::new());
        for (index, given) in given.iter().enumerate() {
            match find(self.records, given, primary.as_ref(), &format!("{at}/klassifikasjon/{index}")) {
                Ok((system, class)) => {
                    let id = self.id();
                    kept.push(classified(given, &system.unit, id));
                    if class.is_none() {
                        self.make_class(given, &system.unit);
                    }
                }
                Err(trouble) => problems.extend(trouble.into_problems()?),
            }
        }
        doc.insert("klassifikasjon".to_owned(), Value::Array(kept));
        if problems.is_empty() { Ok(()) } else { Err(Trouble::Invalid(problems)) }
    }

    fn make_class(&mut self, given: &Value, system: &Unit) {
        if !is_made(&self.steps, given, system) {
            let id = self.id();
            let unit = new_class(given, system, &id, &self.moment(), self.by.name());
            self.steps.push(Step::Created { unit, numbers: Vec::new() });
        }
    }
}
