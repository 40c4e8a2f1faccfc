//! Whether a thing is as a parameter asks.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::felt::{Slot, Thing};
use super::jokertegn::Pattern;
use super::rad::{Seen, number};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Between,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    InList,
    Wildcard,
}

/// What one parameter asks of a thing. `notequal` holds where there is a value, and none that is equal.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub thing: Thing,
    pub ask: Ask,
}

#[derive(Debug, Clone)]
pub(super) enum Ask {
    Text {
        slot: Slot,
        text: Text,
    },
    Number {
        slot: Slot,
        operator: Operator,
        values: Vec<i64>,
    },
    /// An external key, as a row has it.
    Key {
        key: Vec<u8>,
        negated: bool,
    },
    /// klassifikasjonssystem and class, each if given; folded.
    Classes {
        pairs: Vec<(Option<String>, Option<String>)>,
        negated: bool,
    },
    /// A text of the klassifikasjon, or one of the classes that have such a text.
    OfClass {
        slot: Slot,
        text: Text,
        classes: HashSet<Vec<u8>>,
    },
    Within {
        system: String,
        from: (f64, f64),
        to: (f64, f64),
    },
}

#[derive(Debug, Clone)]
pub(super) enum Text {
    Compared { operator: Operator, values: Vec<String> },
    Fits(Box<Pattern>),
}

impl Operator {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "equal" => Self::Equal,
            "notequal" => Self::NotEqual,
            "between" => Self::Between,
            "lessthan" => Self::Less,
            "lessequal" => Self::LessEqual,
            "greaterthan" => Self::Greater,
            "greaterequal" => Self::GreaterEqual,
            "inlist" => Self::InList,
            "wildcardquery" => Self::Wildcard,
            _ => return None,
        })
    }

    /// Whether a value stands so to those that were given: `to` compares it with one of them. `NotEqual` as if it were `Equal`.
    fn holds(self, given: usize, to: impl Fn(usize) -> Option<Ordering>) -> bool {
        match self {
            Self::Equal | Self::NotEqual => to(0) == Some(Ordering::Equal),
            Self::InList => (0..given).any(|index| to(index) == Some(Ordering::Equal)),
            Self::Less => to(0) == Some(Ordering::Less),
            Self::LessEqual => to(0).is_some_and(Ordering::is_le),
            Self::Greater => to(0) == Some(Ordering::Greater),
            Self::GreaterEqual => to(0).is_some_and(Ordering::is_ge),
            Self::Between => to(0).is_some_and(Ordering::is_ge) && to(1).is_some_and(Ordering::is_le),
            Self::Wildcard => false,
        }
    }
}

impl Text {
    fn holds(&self, value: &[u8]) -> bool {
        match self {
            Self::Compared { operator, values } => operator
                .holds(values.len(), |index| values.get(index).map(|given| value.cmp(given.as_bytes()))),
            Self::Fits(pattern) => std::str::from_utf8(value).is_ok_and(|text| pattern.fits(text)),
        }
    }

    /// Whether a value is right, by itself.
    pub fn finds(&self, value: &[u8]) -> bool {
        self.holds(value) != self.is_negated()
    }

    fn is_negated(&self) -> bool {
        matches!(self, Self::Compared { operator: Operator::NotEqual, .. })
    }
}

/// Whether some value is right; negated: whether there is a value, and none is.
fn some<'v>(mut values: impl Iterator<Item = &'v [u8]>, negated: bool, is: impl Fn(&[u8]) -> bool) -> bool {
    if !negated {
        return values.any(is);
    }
    let mut there = false;
    values.all(|value| {
        there = true;
        !is(value)
    }) && there
}

impl Check {
    pub fn holds(&self, seen: Seen<'_>) -> bool {
        match &self.ask {
            Ask::Text { slot, text } => some(seen.of(*slot), text.is_negated(), |value| text.holds(value)),
            Ask::Number { slot, operator, values } => {
                let negated = *operator == Operator::NotEqual;
                some(seen.of(*slot), negated, |value| {
                    number(value).is_some_and(|value| compare(*operator, value, values))
                })
            }
            Ask::Key { key, negated } => some(seen.of(Slot::EksternNoekkel), *negated, |value| value == key),
            Ask::Classes { pairs, negated } => {
                let is = |given: &Option<String>, slot| {
                    let same = |given: &String| seen.of(slot).any(|value| value == given.as_bytes());
                    given.as_ref().is_none_or(same)
                };
                let found = pairs.iter().any(|(system, class)| {
                    is(system, Slot::Klassifikasjonssystem) && is(class, Slot::Klasse)
                });
                found != *negated && seen.of(Slot::Klasse).next().is_some()
            }
            Ask::OfClass { slot, text, classes } => match seen.of(*slot).next() {
                Some(_) => some(seen.of(*slot), text.is_negated(), |value| text.holds(value)),
                None => class_key(seen).is_some_and(|key| classes.contains(&key)),
            },
            Ask::Within { system, from, to } => {
                let at = |slot| seen.of(slot).next()?.try_into().ok().map(f64::from_le_bytes);
                let (Some(x), Some(y)) = (at(Slot::X), at(Slot::Y)) else { return false };
                let same = seen.of(Slot::Koordinatsystem).any(|value| value == system.as_bytes());
                same && (from.0..=to.0).contains(&x) && (from.1..=to.1).contains(&y)
            }
        }
    }
}

fn compare(operator: Operator, value: i64, given: &[i64]) -> bool {
    operator.holds(given.len(), |index| given.get(index).map(|given| value.cmp(given)))
}

fn class_key(seen: Seen<'_>) -> Option<Vec<u8>> {
    let (system, class) = (seen.of(Slot::Klassifikasjonssystem).next()?, seen.of(Slot::Klasse).next()?);
    Some([system, &[0], class].concat())
}
