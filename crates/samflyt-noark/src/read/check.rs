//! A tree of elements to a document, by its grammar.

mod order;

use serde_json::{Map, Value};

use self::order::Order;
use super::scope::inner_xml;
use super::tree::{Attribute, Node};
use super::{Problem, Problems, XSI, listed, simple};
use crate::grammar::{Complex, Content, Element, Root, unnamed};
use crate::write::TYPE;

type Elements = [(&'static str, &'static Element)];

pub(super) fn document(node: &Node, source: &str, root: &Root) -> Result<Value, Vec<Problem>> {
    let mut check = Check { source, path: format!("/{}", node.name), problems: Problems::default() };
    if node.name != root.name || *node.namespace != *root.namespace {
        let advice = format!("the root element of this message is `{}` in `{}`", root.name, root.namespace);
        check.wrong(node.line, "does not belong here", advice);
        return check.problems.or(Value::Null);
    }
    let value = check.complex(node, root.content);
    check.problems.or(value)
}

struct Check<'s> {
    source: &'s str,
    path: String,
    problems: Problems,
}

impl Check<'_> {
    /// What an element holds. Where it is not as the grammar says, that has been told, and what is given counts for nothing.
    fn element(&mut self, node: &Node, element: &'static Element) -> Value {
        match element.content {
            Content::Text(simple) => {
                self.attributes(node, element.name == "systemID");
                if named_type(node).is_some() {
                    self.wrong(node.line, "is of a type that does not belong here", "remove xsi:type");
                }
                if let Some(child) = node.children.first() {
                    let advice = format!("move or remove `{}`", child.name);
                    self.wrong(child.line, "holds an element where only text may be", advice);
                    return Value::Null;
                }
                simple::from_text(simple, &node.text).unwrap_or_else(|(rule, advice)| {
                    self.wrong(node.line, rule, advice);
                    Value::Null
                })
            }
            // It may have any attribute; there is no place for those in a document.
            Content::Any => Value::String(inner_xml(node, self.source)),
            Content::Complex(of) => self.complex(node, of),
            Content::Repeated(of) => self.repeated(node, of),
            Content::Derived(types) => match self.derived(node, types) {
                None => Value::Null,
                Some(of) => {
                    self.attributes(node, false);
                    let mut members = self.members(node, &node.children, &of.all());
                    members.insert(TYPE.to_owned(), Value::from(of.name));
                    Value::Object(members)
                }
            },
        }
    }

    fn complex(&mut self, node: &Node, of: &'static Complex) -> Value {
        if let Some(value) = named_type(node)
            && node
                .scope
                .qualified(value)
                .is_none_or(|(namespace, name)| (&*namespace, name) != (of.namespace, of.name))
        {
            self.wrong(node.line, "is of a type that does not belong here", "remove xsi:type");
        }
        self.attributes(node, false);
        Value::Object(self.members(node, &node.children, &of.all()))
    }

    /// The type that an element names, or is understood to be of.
    fn derived(&mut self, node: &Node, types: &'static [&'static Complex]) -> Option<&'static Complex> {
        let names: Vec<_> = types.iter().map(|of| of.name).collect();
        let Some(value) = named_type(node) else {
            let of = unnamed(types);
            if of.is_none() {
                let advice = format!("say with xsi:type which it is of {}", listed(&names));
                self.wrong(node.line, "does not say its type", advice);
            }
            return of;
        };
        let qualified = node.scope.qualified(value);
        let of = qualified.and_then(|(namespace, name)| {
            types.iter().copied().find(|of| (of.namespace, of.name) == (&*namespace, name))
        });
        if of.is_none() {
            let namespace = types.first().map_or("", |of| of.namespace);
            let advice = format!("xsi:type may be {}, of the namespace `{namespace}`", listed(&names));
            self.wrong(node.line, "is of a type that does not belong here", advice);
        }
        of
    }

    fn repeated(&mut self, node: &Node, of: &'static Complex) -> Value {
        self.attributes(node, false);
        let elements = of.all();
        let mut items = Vec::new();
        let mut rest = &node.children[..];
        while !rest.is_empty() {
            let (item, after) = rest.split_at(order::run(&elements, rest));
            items.push(Value::Object(self.members(node, item, &elements)));
            rest = after;
        }
        Value::Array(items)
    }

    fn members(&mut self, node: &Node, children: &[Node], elements: &Elements) -> Map<String, Value> {
        if !node.text.trim_ascii().is_empty() {
            self.wrong(
                node.line,
                "holds text where only elements may be",
                "remove the text between its elements",
            );
        }
        let mut members = Map::new();
        let mut order = Order::new(elements);
        for child in children {
            let inside = self.path.len();
            self.path.push('/');
            self.path.push_str(&child.name);
            match order.place(child) {
                Ok(element) if element.many => {
                    let list = members.entry(element.name).or_insert_with(|| Value::Array(Vec::new()));
                    if let Value::Array(list) = list {
                        self.path.push_str(&format!("[{}]", list.len() + 1));
                        list.push(self.element(child, element));
                    }
                }
                Ok(element) => {
                    let value = self.element(child, element);
                    members.insert(element.name.to_owned(), value);
                }
                Err((rule, advice)) => self.wrong(child.line, rule, advice),
            }
            self.path.truncate(inside);
        }
        for (name, rule, advice) in order.missing() {
            let path = format!("{}/{name}", self.path);
            self.problems.push(Problem::new(&path, Some(node.line), rule, advice));
        }
        members
    }

    fn attributes(&mut self, node: &Node, labelled: bool) {
        for Attribute { namespace, name, .. } in &node.attributes {
            match (&**namespace, name.as_str()) {
                (XSI, "type" | "schemaLocation" | "noNamespaceSchemaLocation") => {}
                (XSI, "nil") => self.wrong(node.line, "has xsi:nil", "leave the element out instead"),
                ("", "label") if labelled => {}
                _ => self.wrong(
                    node.line,
                    "has an attribute that does not belong here",
                    format!("remove `{name}`"),
                ),
            }
        }
    }

    fn wrong(&mut self, line: u32, rule: &str, advice: impl Into<String>) {
        self.problems.push(Problem::new(&self.path, Some(line), rule, advice));
    }
}

fn named_type(node: &Node) -> Option<&str> {
    let mut attributes = node.attributes.iter();
    let of = attributes.find(|attribute| &*attribute.namespace == XSI && attribute.name == "type")?;
    Some(of.value.trim())
}
