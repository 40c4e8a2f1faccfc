//! By what a document names units: arkivdeler, identifiers, external keys.

use serde_json::Value;

/// What a document names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// Codes.
    pub arkivdeler: Vec<String>,
    /// Of mapper, registreringer and what is in them, each as the words that are looked up.
    pub units: Vec<Vec<String>>,
}

/// All that a document names, but for what it only refers to across (`kryssreferanse`).
pub(crate) fn names(document: &Value) -> Names {
    let mut names = Names::default();
    names.collect(document, "");
    names
}

impl Names {
    /// `of`: what the nearest member around says that this is.
    fn collect(&mut self, value: &Value, of: &'static str) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, of)),
            Value::Object(members) => {
                self.units.extend(numbered(value));
                for (member, inner) in members {
                    self.member(member, inner, of);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, member: &str, inner: &Value, of: &'static str) {
        let text = |value: &Value, at: &str| value.get(at).and_then(Value::as_str).map(str::to_owned);
        match (member, inner.as_str()) {
            ("kryssreferanse", _) => {}
            ("arkivdel", _) => self.arkivdeler.extend(text(inner, "kode")),
            ("systemID", Some(id)) => self.units.push(vec!["id".to_owned(), id.to_lowercase()]),
            ("mappeID" | "registreringsID", Some(id)) => {
                self.units.push(vec![member.to_owned(), id.to_owned()]);
            }
            ("referanseEksternNoekkel", _) => {
                if let (Some(system), Some(key)) = (text(inner, "fagsystem"), text(inner, "noekkel")) {
                    self.units.push(vec!["key".to_owned(), of.to_owned(), system, key]);
                }
            }
            _ => self.collect(inner, kind_of(member).unwrap_or(of)),
        }
    }
}

/// What a member of that name is, or refers to.
fn kind_of(member: &str) -> Option<&'static str> {
    let member = member.to_lowercase();
    let kinds = [
        ("dokument", "dokument"),
        ("mappe", "mappe"),
        ("registrering", "registrering"),
        ("journalpost", "registrering"),
    ];
    kinds.into_iter().find_map(|(word, kind)| member.contains(word).then_some(kind))
}

/// A case number, or a journal number.
fn numbered(value: &Value) -> Option<Vec<String>> {
    let pair = |year: &str, number: &str| Some((value.get(year)?.as_i64()?, value.get(number)?.as_i64()?));
    if let Some((year, number)) = pair("saksaar", "sakssekvensnummer") {
        return Some(vec!["mappeID".to_owned(), format!("{year}/{number}")]);
    }
    let (year, number) = pair("journalaar", "journalsekvensnummer")?;
    Some(vec!["journal".to_owned(), format!("{year}/{number}")])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_message_names_its_arkivdel_its_units_and_what_they_are() {
        let key = json!({"fagsystem": "f", "noekkel": "17"});
        let names = names(&json!({
            "mappe": {"arkivdel": {"kode": "BYGG"}, "referanseEksternNoekkel": key},
            "registrering": {
                "referanseForelderMappe": {"referanseEksternNoekkel": key, "saksnummer": {"saksaar": 2026, "sakssekvensnummer": 3}},
                "referanseEksternNoekkel": key,
                "kryssreferanse": [{"referanseTilMappe": {"mappeID": "2020/1"}}],
                "dokumentbeskrivelse": [{"systemID": "3F25", "referanseEksternNoekkel": key}],
            },
        }));
        assert_eq!(names.arkivdeler, ["BYGG"]);
        let mut expected = vec![
            words(&["key", "mappe", "f", "17"]),
            words(&["key", "registrering", "f", "17"]),
            words(&["key", "dokument", "f", "17"]),
            words(&["key", "mappe", "f", "17"]),
            words(&["mappeID", "2026/3"]),
            words(&["id", "3f25"]),
        ];
        let mut found = names.units;
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_receipt_names_what_was_made() {
        let names = names(&json!({
            "mappeKvittering": {"mappeID": "2026/3", "systemID": "a", "saksaar": 2026, "sakssekvensnummer": 3},
            "registreringKvittering": {
                "registreringsID": "2026/3-1", "journalaar": 2026, "journalsekvensnummer": 9,
                "referanseEksternNoekkel": {"fagsystem": "f", "noekkel": "1"},
            },
        }));
        for named in [
            &["mappeID", "2026/3"][..],
            &["registreringsID", "2026/3-1"],
            &["journal", "2026/9"],
            &["id", "a"],
            &["key", "registrering", "f", "1"],
        ] {
            assert!(names.units.contains(&words(named)), "{named:?}: {names:?}");
        }
    }
}
