//! A document in the extraction's words while it is made from a unit's.
//!
//! Kept true: what has no value is not there (krav 6.4.5).

use serde_json::{Map, Value, json};

use super::words;

/// What stands where the standard wants a name and the record has none.
pub(crate) const NOT_SAID: &str = "Ikke oppgitt";

pub(crate) struct Said<'d> {
    from: &'d Value,
    to: Map<String, Value>,
}

impl<'d> Said<'d> {
    pub fn of(from: &'d Value) -> Self {
        Self { from, to: Map::new() }
    }

    /// Members that are the same in both languages.
    pub fn same(mut self, members: &[&str]) -> Self {
        for member in members {
            let value = match self.from.get(*member) {
                Some(Value::String(text)) if text.trim().is_empty() => None,
                Some(Value::Array(items)) => {
                    let items: Vec<_> = items.iter().filter(|item| is_said(item)).cloned().collect();
                    (!items.is_empty()).then_some(Value::Array(items))
                }
                value => value.cloned(),
            };
            self.put(member, value);
        }
        self
    }

    /// Members with a code, of the list of their own name.
    pub fn words(mut self, members: &[&str]) -> Self {
        for member in members {
            let word = self.from.get(*member).and_then(|coded| words::word(member, coded));
            self.put(member, word.map(Value::from));
        }
        self
    }

    /// Members that name a person or a unit, which the standard requires.
    pub fn names(mut self, members: &[&str]) -> Self {
        for member in members {
            let name = self.from.get(*member).and_then(name).unwrap_or(NOT_SAID);
            self.put(member, Some(json!(name)));
        }
        self
    }

    /// Texts that the standard requires.
    pub fn required(mut self, members: &[&str], otherwise: &str) -> Self {
        for member in members {
            self.to.entry(*member).or_insert_with(|| json!(otherwise));
        }
        self
    }

    /// A member that is made from the one of its name.
    pub fn one(mut self, member: &str, say: impl FnOnce(&'d Value) -> Value) -> Self {
        let value = self.from.get(member).filter(|value| value.is_object()).map(say);
        self.put(member, value);
        self
    }

    /// A member whose items are made from those of the list of its name.
    pub fn each(self, member: &str, say: impl FnMut(&'d Value) -> Value) -> Self {
        let items = list(self.from, member).iter().map(say).collect();
        self.all(member, items)
    }

    /// A list of what was made elsewhere, after what is there already.
    pub fn all(mut self, member: &str, mut items: Vec<Value>) -> Self {
        if let Some(Value::Array(before)) = self.to.get_mut(member) {
            before.append(&mut items);
        } else if !items.is_empty() {
            self.put(member, Some(Value::Array(items)));
        }
        self
    }

    pub fn with(mut self, member: &str, value: Option<Value>) -> Self {
        self.put(member, value);
        self
    }

    fn put(&mut self, member: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.to.insert(member.to_owned(), value);
        }
    }

    pub fn done(self) -> Value {
        Value::Object(self.to)
    }
}

fn is_said(value: &Value) -> bool {
    value.as_str().is_none_or(|text| !text.trim().is_empty())
}

/// The items of a member that is a list; none where there is none.
pub(crate) fn list<'d>(of: &'d Value, member: &str) -> &'d [Value] {
    of.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text that says something.
pub(crate) fn text<'d>(of: &'d Value, member: &str) -> Option<&'d str> {
    of.get(member).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// How *identifikatorer* are said in one word.
pub(crate) fn name(of: &Value) -> Option<&str> {
    ["navn", "initialer", "identifikator", "epostadresse"].iter().find_map(|member| text(of, member))
}
