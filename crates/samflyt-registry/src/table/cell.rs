//! A cell into a value, as people write such things. What is told never repeats the cell.

use samflyt_events::catalogue::Catalogue;
use samflyt_events::{SystemId, TYPE_PREFIX, TenantId};
use serde_json::{Value, json};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::columns::Form;
use super::slug::slug;

const ISO: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const NORWEGIAN: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none].[month padding:none].[year]");

const ZONES: &[(&str, &str)] = &[
    ("open", "open"),
    ("åpen", "open"),
    ("internal", "internal"),
    ("intern", "internal"),
    ("secure", "secure"),
    ("sikker", "secure"),
];
const CRITICALITIES: &[(&str, &str)] = &[
    ("low", "low"),
    ("lav", "low"),
    ("medium", "medium"),
    ("middels", "medium"),
    ("high", "high"),
    ("høy", "high"),
    ("vital", "vital"),
    ("svært høy", "vital"),
    ("kritisk", "vital"),
];
const ACCESSIBILITIES: &[(&str, &str)] = &[
    ("public", "public"),
    ("offentlig", "public"),
    ("restricted", "restricted"),
    ("begrenset", "restricted"),
    ("non-public", "non-public"),
    ("ikke-offentlig", "non-public"),
    ("unntatt offentlighet", "non-public"),
];
const FLAGS: &[(&str, &str)] = &[
    ("yes", "yes"),
    ("ja", "yes"),
    ("true", "yes"),
    ("x", "yes"),
    ("1", "yes"),
    ("no", "no"),
    ("nei", "no"),
    ("false", "no"),
    ("0", "no"),
];

/// What cells may refer to.
pub(super) struct Known<'c> {
    pub catalogue: &'c Catalogue,
    pub tenant: &'c TenantId,
}

/// # Errors
/// The rule that the cell breaks.
pub(super) fn value(form: Form, text: &str, known: &Known<'_>) -> Result<Value, String> {
    Ok(match form {
        Form::Text => text.into(),
        Form::List => items(text).map(|item| item.strip_prefix(TYPE_PREFIX).unwrap_or(item)).collect(),
        Form::Date => date(text)?.into(),
        Form::Number => number(text)?.into(),
        Form::Flag => (word(FLAGS, text)? == "yes").into(),
        Form::Zone => word(ZONES, text)?.into(),
        Form::Criticality => word(CRITICALITIES, text)?.into(),
        Form::Accessibility => word(ACCESSIBILITIES, text)?.into(),
        Form::System => known.system(text)?.into(),
        Form::Systems => items(text).map(|item| known.system(item)).collect::<Result<Vec<_>, _>>()?.into(),
        Form::Product => known.product(text).into(),
        Form::Chain => items(text).map(processor).collect(),
        Form::Transfers => items(text).map(transfer).collect::<Result<Value, _>>()?,
    })
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split('|').map(str::trim).filter(|item| !item.is_empty())
}

fn date(text: &str) -> Result<String, String> {
    let date = Date::parse(text, ISO).or_else(|_| Date::parse(text, NORWEGIAN));
    let written = date.ok().and_then(|date| date.format(ISO).ok());
    written.ok_or_else(|| "is not a date such as 2026-03-01 or 01.03.2026".to_owned())
}

/// A whole number, with or without currency and spaces or dots between thousands.
fn number(text: &str) -> Result<u64, String> {
    let lower = text.to_lowercase();
    let bare = lower.trim_start_matches("kr").trim_start_matches("nok").trim_start_matches('.');
    let bare = bare.trim_end_matches("kr").trim_end_matches("nok").trim_end_matches("år").trim();
    let bare = bare.trim_end_matches(",-").trim_end_matches(",00").trim_end_matches('-');
    let groups: Vec<&str> = bare
        .split(|letter: char| letter.is_whitespace() || letter == '.')
        .filter(|group| !group.is_empty())
        .collect();
    let digits = groups.concat();
    let well_grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    if well_grouped
        && digits.bytes().all(|b| b.is_ascii_digit())
        && let Ok(number) = digits.parse()
    {
        return Ok(number);
    }
    Err("is not a whole number such as 310000 or 310 000".to_owned())
}

fn word(words: &'static [(&str, &str)], text: &str) -> Result<&'static str, String> {
    let lower = text.to_lowercase();
    let found = words.iter().find(|(written, _)| *written == lower).map(|(_, meant)| *meant);
    found.ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(written, _)| *written).collect();
        format!("is none of {}", known.join(", "))
    })
}

/// `Name 999999999 (role)`: the number and the role may be missing.
fn processor(text: &str) -> Value {
    let mut processor = json!({});
    let mut name = text;
    if let Some((before, role)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        processor["role"] = role.trim().into();
        name = before.trim();
    }
    if let Some((before, number)) = name.rsplit_once(' ')
        && number.len() == 9
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        processor["organisation"] = number.into();
        name = before.trim();
    }
    processor["name"] = name.into();
    processor
}

fn transfer(text: &str) -> Result<Value, String> {
    let (to, safeguards) =
        text.split_once(':').ok_or("is not `to: safeguards`, several of them separated by `|`")?;
    Ok(json!({"to": to.trim(), "safeguards": safeguards.trim()}))
}

impl Known<'_> {
    /// By id, or by the name of the one system that the municipality uses under it. Others are left to the rules that
    /// tell what is not used and what is not there alike.
    fn system(&self, text: &str) -> Result<String, String> {
        if SystemId::new(text).is_ok_and(|id| self.catalogue.system(&id).is_some()) {
            return Ok(text.to_owned());
        }
        let lower = text.to_lowercase();
        let used = self.catalogue.systems_of(self.tenant, None);
        let mut named = used.filter(|system| system.name.to_lowercase() == lower);
        match (named.next(), named.next()) {
            (Some(only), None) => Ok(only.id.to_string()),
            (Some(_), Some(_)) => Err("is the name of several systems: give the id".to_owned()),
            _ if SystemId::new(text).is_ok() => Ok(text.to_owned()),
            _ => Err("is neither the id nor the name of a system that the tenant uses".to_owned()),
        }
    }

    fn product(&self, text: &str) -> String {
        if self.catalogue.product(text, None).is_some() {
            return text.to_owned();
        }
        let lower = text.to_lowercase();
        let owner = samflyt_events::catalogue::shared_owner();
        let mut products = self.catalogue.products().of(&owner, None);
        let named = products.find(|product| product.name.to_lowercase() == lower);
        named.map_or_else(|| slug(text), |product| product.id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_read_as_they_are_written_here() {
        for text in ["2026-03-01", "01.03.2026", "1.3.2026"] {
            assert_eq!(date(text).unwrap(), "2026-03-01");
        }
        for text in
            ["310000", "310 000", "310\u{a0}000", "310.000", "kr 310 000,-", "310000,00", "310 000 kr"]
        {
            assert_eq!(number(text), Ok(310_000), "{text}");
        }
        for text in ["", "31.00", "12,5", "ca 10", "-5x", "99999999999999999999"] {
            assert!(number(text).is_err(), "{text}");
        }
        assert!(date("31.02.2026").is_err() && date("2026").is_err());
    }

    #[test]
    fn a_processor_has_its_number_and_its_role_where_they_are_given() {
        assert_eq!(processor("Visma"), json!({"name": "Visma"}));
        assert_eq!(
            processor("IKT Vest 964963282 (operating company)"),
            json!({"name": "IKT Vest", "organisation": "964963282", "role": "operating company"})
        );
    }
}
