//! Documents made at random by their grammar: all that it allows, and nothing else.

use std::collections::BTreeMap;

use samflyt_noark::grammar::{Complex, Content, Element, Simple};
use samflyt_noark::write::TYPE;
use serde_json::{Map, Value, json};

/// Deeper than this, only what is required is made.
const DEPTH_MAX: usize = 7;

/// What is chosen, one number after the other; when they are used up, always the first that there is.
pub struct Choices<'c> {
    left: &'c [u16],
    /// Of six elements that may be left out, so many are there; deeper inside, fewer.
    density: usize,
}

impl<'c> Choices<'c> {
    pub fn new(left: &'c [u16]) -> Self {
        let mut choices = Self { left, density: 0 };
        choices.density = 1 + choices.below(5);
        choices
    }

    fn is_there(&mut self, depth: usize) -> bool {
        let of = 6 + depth;
        depth < DEPTH_MAX && self.below(of) > of - 1 - self.density
    }

    fn below(&mut self, limit: usize) -> usize {
        match self.left.split_first() {
            None => 0,
            Some((first, rest)) => {
                self.left = rest;
                usize::from(*first) % limit
            }
        }
    }

    fn number(&mut self) -> u16 {
        u16::try_from(self.below(usize::from(u16::MAX))).unwrap()
    }
}

pub fn document(of: &'static Complex, choices: &mut Choices<'_>) -> Value {
    complex(of, choices, 0)
}

fn complex(of: &'static Complex, choices: &mut Choices<'_>, depth: usize) -> Value {
    let elements = of.all();
    let mut members = Map::new();
    // Of each choice: the element that was chosen, if any.
    let mut chosen = BTreeMap::new();
    for (_, element) in &elements {
        let there = match element.choice {
            0 => element.required || choices.is_there(depth),
            choice => {
                let of_choice = chosen.entry(choice).or_insert_with(|| {
                    let same: Vec<_> = elements.iter().filter(|(_, other)| other.choice == choice).collect();
                    let any = element.required || choices.is_there(depth);
                    any.then(|| same[choices.below(same.len())].1.name)
                });
                *of_choice == Some(element.name)
            }
        };
        if there {
            members.insert(element.name.to_owned(), member(element, choices, depth));
        }
    }
    Value::Object(members)
}

fn member(element: &'static Element, choices: &mut Choices<'_>, depth: usize) -> Value {
    if element.many {
        let count = 1 + choices.below(2);
        return (0..count).map(|_| value(element, choices, depth)).collect();
    }
    value(element, choices, depth)
}

fn value(element: &'static Element, choices: &mut Choices<'_>, depth: usize) -> Value {
    match element.content {
        Content::Text(simple) => text(simple, choices),
        Content::Complex(of) => complex(of, choices, depth + 1),
        Content::Derived(types) => {
            let of = types[choices.below(types.len())];
            let mut value = complex(of, choices, depth + 1);
            value[TYPE] = json!(of.name);
            value
        }
        // With its first element each time, so that XML shows where one ends.
        Content::Repeated(of) => (0..=choices.below(3))
            .map(|_| {
                let mut value = complex(of, choices, depth + 1);
                value[of.elements[0].name] = member(&of.elements[0], choices, depth);
                value
            })
            .collect(),
        Content::Any => {
            let all = ["", "tekst &amp; mer", "<a xmlns=\"urn:a\">1</a> <b xmlns=\"\" c=\"2\"><d/></b>\n"];
            let prefixed = "<p:a xmlns=\"urn:x\" xmlns:p=\"urn:p\" p:b=\"&lt;\"><![CDATA[<]]><e/></p:a>";
            json!([all[0], all[1], all[2], prefixed][choices.below(4)])
        }
    }
}

fn text(simple: Simple, choices: &mut Choices<'_>) -> Value {
    let texts = ["x", " Snø på Øyfjell ", "<a> & \"b\" 'c' ]]>", "1\r\n2\t3", "😀&amp;", "\u{FFFD}"];
    let day = format!("20{:02}-0{}-{:02}", choices.below(100), 1 + choices.below(9), 1 + choices.below(28));
    match simple {
        Simple::String if choices.below(5) == 1 => json!(""),
        Simple::String | Simple::NonEmpty => json!(texts[choices.below(texts.len())]),
        Simple::Uuid => {
            json!(format!("{:04x}{:04x}-0000-4000-8000-00000000ABCD", choices.number(), choices.number()))
        }
        Simple::Int => json!(i32::from(choices.number()) - 1000),
        Simple::Count => json!(i32::from(choices.number())),
        Simple::Bytes => json!(u64::from(choices.number()) << 32),
        Simple::Double => json!(f64::from(choices.number()) / 8.0 - 100.0),
        Simple::Boolean => json!(choices.below(2) == 1),
        Simple::Date => json!([day.clone(), format!("{day}Z"), format!("{day}+01:00")][choices.below(3)]),
        Simple::DateTime => {
            json!(format!("{day}T{}", ["10:00:00", "23:59:59.1234567+01:00", "24:00:00Z"][choices.below(3)]))
        }
        Simple::Land => json!(["NO", "SE"][choices.below(2)]),
        Simple::OneOf(values) => json!(values[choices.below(values.len())]),
    }
}
