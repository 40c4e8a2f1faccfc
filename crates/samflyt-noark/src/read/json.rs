//! Checks documents that came as JSON.

use serde_json::{Map, Value};

use super::{Problem, Problems, decode, listed, simple, tree};
use crate::grammar::{Complex, Content, Element, unnamed};
use crate::write::TYPE;

/// As deep as XML may be.
const DEPTH_MAX: usize = 64;

pub(super) fn document(value: &Value, of: &'static Complex, at: &str) -> Result<(), Vec<Problem>> {
    let mut check = Check { path: at.to_owned(), depth: 0, problems: Problems::default() };
    check.complex(value, of, false);
    check.problems.or(())
}

struct Check {
    path: String,
    depth: usize,
    problems: Problems,
}

impl Check {
    fn element(&mut self, value: &Value, element: &'static Element) {
        match element.content {
            Content::Text(simple) => {
                if let Err((rule, advice)) = simple::check(simple, value) {
                    self.wrong(rule, advice);
                }
            }
            Content::Any => self.any(value),
            Content::Complex(of) => self.complex(value, of, false),
            Content::Repeated(of) => match value {
                Value::Array(items) => self.each(items, |check, item| check.complex(item, of, false)),
                _ => self.wrong("is not a list", "write an array of objects"),
            },
            Content::Derived(types) => {
                if let Some(of) = self.derived(value, types) {
                    self.complex(value, of, true);
                }
            }
        }
    }

    fn derived(&mut self, value: &Value, types: &'static [&'static Complex]) -> Option<&'static Complex> {
        let of = match value.get(TYPE) {
            None => unnamed(types),
            Some(name) => types.iter().copied().find(|of| name.as_str() == Some(of.name)),
        };
        if of.is_none() {
            let names: Vec<_> = types.iter().map(|of| of.name).collect();
            self.wrong(
                "is of a type that does not belong here",
                format!("{TYPE} is one of {}", listed(&names)),
            );
        }
        of
    }

    fn complex(&mut self, value: &Value, of: &'static Complex, typed: bool) {
        let Value::Object(members) = value else {
            return self.wrong("is not an object", "write an object with the standard's elements as members");
        };
        if self.depth == DEPTH_MAX {
            return self.wrong("is nested deeper than 64 elements", "send it in parts");
        }
        self.depth += 1;
        let elements = of.all();
        for name in members.keys() {
            let known = (typed && name == TYPE) || elements.iter().any(|(_, element)| element.name == name);
            if !known {
                let names: Vec<_> = elements.iter().map(|(_, element)| element.name).collect();
                let advice = format!("remove it; here may be {}", listed(&names));
                self.inside(name, |check| check.wrong("does not belong here", advice));
            }
        }
        for (_, element) in &elements {
            self.inside(element.name, |check| check.member(members, element, &elements));
        }
        self.depth -= 1;
    }

    fn member(
        &mut self,
        members: &Map<String, Value>,
        element: &'static Element,
        elements: &[(&'static str, &'static Element)],
    ) {
        let same = elements.iter().map(|(_, other)| *other);
        let choice: Vec<_> =
            same.filter(|other| element.choice != 0 && other.choice == element.choice).collect();
        let other =
            choice.iter().find(|other| other.name != element.name && members.contains_key(other.name));
        match members.get(element.name) {
            None if !element.required || other.is_some() => {}
            None if choice.first().is_some_and(|first| first.name != element.name) => {}
            None => self.missing(&choice),
            Some(_) if other.is_some() => {
                self.wrong("is there with another of the same choice", "keep one of them");
            }
            Some(Value::Array(items)) if element.many && items.is_empty() && element.required => {
                self.missing(&choice);
            }
            Some(Value::Array(items)) if element.many => {
                self.each(items, |check, item| check.element(item, element))
            }
            Some(_) if element.many => self.wrong("is not a list", "write an array, also of one"),
            Some(value) => self.element(value, element),
        }
    }

    fn missing(&mut self, choice: &[&'static Element]) {
        let names: Vec<_> = choice.iter().map(|element| element.name).collect();
        let advice =
            if names.is_empty() { "add it".to_owned() } else { format!("add one of {}", listed(&names)) };
        self.wrong("is missing", advice);
    }

    fn each(&mut self, items: &[Value], mut what: impl FnMut(&mut Self, &Value)) {
        for (at, item) in items.iter().enumerate() {
            self.inside(&at.to_string(), |check| what(check, item));
        }
    }

    /// XML as text: as well-formed, and within the same limits, as when it comes inside of a message.
    fn any(&mut self, value: &Value) {
        let Value::String(inner) = value else {
            return self.wrong("is not XML as text", "write a string");
        };
        let whole = format!("<inner>{inner}</inner>");
        let parsed = decode::text(whole.as_bytes()).and_then(|source| tree::parse(&source).map(|_| ()));
        if let Err(problem) = parsed {
            self.wrong(&problem.rule, problem.advice);
        }
    }

    fn inside(&mut self, name: &str, what: impl FnOnce(&mut Self)) {
        let outside = self.path.len();
        self.path.push('/');
        self.path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        what(self);
        self.path.truncate(outside);
    }

    fn wrong(&mut self, rule: &str, advice: impl Into<String>) {
        self.problems.push(Problem::new(&self.path, None, rule, advice));
    }
}
