//! Which provision of law each column answers, from when on. Configuration with a default: what the law says on the date
//! of the export is what its columns name.

use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::{date, format_description};

use super::columns::{CONTROLLER, PROCESSOR};
use super::record::Which;

/// The columns that answer one provision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// `controller` or `processor`: whose record.
    pub record: String,
    /// Keys of its columns.
    pub columns: Vec<String>,
    /// The article of the GDPR: `30(1)(a)`.
    pub gdpr: String,
    /// The national law by which it is in force.
    #[serde(default)]
    pub law: String,
    /// The first day. Of two for the same column, the later takes the place of the earlier.
    pub valid_from: Date,
    /// The last day; absent: until another takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// What a column answers on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Answers {
    pub gdpr: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub law: String,
    pub valid_from: String,
}

impl std::fmt::Display for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GDPR {}", self.gdpr)?;
        if !self.law.is_empty() {
            write!(f, ", {}", self.law)?;
        }
        write!(f, ", from {}", self.valid_from)
    }
}

/// The provisions for a column on a date: those of the newest date that it has.
pub(super) fn in_force(provisions: &[Provision], which: Which, column: &str, on: Date) -> Vec<Answers> {
    let held = provisions.iter().filter(|provision| {
        provision.record == which.as_str()
            && provision.columns.iter().any(|key| key == column)
            && provision.valid_from <= on
            && provision.valid_until.is_none_or(|until| on <= until)
    });
    let held: Vec<&Provision> = held.collect();
    let newest = held.iter().map(|provision| provision.valid_from).max();
    let newest = held.into_iter().filter(|provision| Some(provision.valid_from) == newest);
    newest
        .map(|provision| Answers {
            gdpr: provision.gdpr.clone(),
            law: provision.law.clone(),
            valid_from: date_text(provision.valid_from),
        })
        .collect()
}

pub(super) fn date_text(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// # Errors
/// Names what is not known, or runs backwards.
pub(crate) fn check_provisions(provisions: &[Provision]) -> Result<(), String> {
    for provision in provisions {
        let columns = match provision.record.as_str() {
            "controller" => CONTROLLER,
            "processor" => PROCESSOR,
            other => return Err(format!("name the record `{other}`; there are controller and processor")),
        };
        if let Some(unknown) =
            provision.columns.iter().find(|key| columns.iter().all(|column| column.key != key.as_str()))
        {
            return Err(format!("name the column `{unknown}`, which the {} record lacks", provision.record));
        }
        if provision.valid_until.is_some_and(|until| until < provision.valid_from) {
            return Err(format!("end before they begin: {}", provision.gdpr));
        }
    }
    Ok(())
}

/// The Norwegian law by which the GDPR is law in Norway, and the day on which it came into force.
const LAW: &str = "personopplysningsloven § 1";
const SINCE: Date = date!(2018 - 07 - 20);

/// As the law is.
pub(crate) fn default_provisions() -> Vec<Provision> {
    let of = |record: &str, gdpr: &str, columns: &[&str]| Provision {
        record: record.to_owned(),
        columns: columns.iter().map(|key| (*key).to_owned()).collect(),
        gdpr: gdpr.to_owned(),
        law: LAW.to_owned(),
        valid_from: SINCE,
        valid_until: None,
    };
    let who = [
        "controller",
        "organisation_number",
        "controller_contact",
        "joint_controllers",
        "representative",
        "data_protection_officer",
    ];
    let for_whom = [
        "processor",
        "processor_organisation",
        "processor_contact",
        "processor_representative",
        "processor_data_protection_officer",
        "controller",
        "organisation_number",
        "controller_contact",
        "representative",
        "data_protection_officer",
    ];
    vec![
        of("controller", "30(1)(a)", &who),
        of("controller", "30(1)(b)", &["purpose"]),
        of("controller", "30(1)(c)", &["person_categories", "data_categories", "special_categories"]),
        of("controller", "30(1)(d)", &["recipients", "processors"]),
        of("controller", "30(1)(e)", &["transfers", "safeguards"]),
        of("controller", "30(1)(f)", &["retention"]),
        of("controller", "30(1)(g)", &["security"]),
        of("processor", "30(2)(a)", &for_whom),
        of("processor", "30(2)(b)", &["processing"]),
        of("processor", "30(2)(c)", &["transfers", "safeguards"]),
        of("processor", "30(2)(d)", &["security"]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_answers_what_is_in_force_on_the_date() {
        let mut provisions = default_provisions();
        check_provisions(&provisions).unwrap();
        let mut later = provisions[1].clone();
        (later.gdpr, later.valid_from) = ("30(1)(h)".to_owned(), date!(2027 - 01 - 01));
        provisions.push(later);
        let on = |date| in_force(&provisions, Which::Controller, "purpose", date);
        assert!(on(date!(2018 - 07 - 19)).is_empty());
        assert_eq!(
            on(date!(2026 - 12 - 31))[0].to_string(),
            "GDPR 30(1)(b), personopplysningsloven § 1, from 2018-07-20"
        );
        let after: Vec<_> = on(date!(2027 - 01 - 01)).into_iter().map(|answers| answers.gdpr).collect();
        assert_eq!(after, ["30(1)(h)"]);
    }

    #[test]
    fn a_column_that_no_record_has_is_named() {
        let mut provisions = default_provisions();
        provisions[0].columns.push("shoe_size".to_owned());
        assert!(check_provisions(&provisions).unwrap_err().contains("shoe_size"));
    }

    #[test]
    fn every_letter_of_both_paragraphs_is_answered() {
        let all = default_provisions();
        let letters = |paragraph: &str, letters: &str| {
            letters.chars().all(|letter| all.iter().any(|p| p.gdpr == format!("30({paragraph})({letter})")))
        };
        assert!(letters("1", "abcdefg") && letters("2", "abcd"));
    }
}
