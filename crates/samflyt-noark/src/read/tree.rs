//! Text to a tree of elements: well-formed, within limits, without a DTD.

use std::ops::Range;
use std::rc::Rc;

use quick_xml::errors::Error;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::scope::Scope;
use super::{Problem, is_xml};

const DEPTH_MAX: usize = 64;
const ELEMENTS_MAX: usize = 200_000;
const ATTRIBUTES_MAX: usize = 64;

/// An element.
#[derive(Debug)]
pub(super) struct Node {
    pub namespace: Rc<str>,
    pub name: String,
    pub line: u32,
    pub attributes: Vec<Attribute>,
    pub scope: Rc<Scope>,
    /// All text directly in it.
    pub text: String,
    pub children: Vec<Node>,
    /// Where it is in the source, from `<` to after its end tag.
    pub tag: Range<usize>,
    /// How long its name is in the source, with the prefix.
    pub name_length: usize,
    /// Where what it holds is in the source.
    pub inner: Range<usize>,
}

/// An attribute that declares no namespace.
#[derive(Debug)]
pub(super) struct Attribute {
    pub namespace: Rc<str>,
    pub name: String,
    pub value: String,
}

/// What is wrong, and what to do.
type Flaw = (&'static str, &'static str);

/// The root element.
pub(super) fn parse(source: &str) -> Result<Node, Problem> {
    let mut builder = Builder { open: Vec::new(), root: None, elements: 0, line: 1, counted: 0 };
    let mut reader = Reader::from_str(source);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_comments = true;
    loop {
        let before = position(&reader);
        let event = reader.read_event();
        let after = position(&reader);
        let step = match event {
            Ok(Event::Eof) => break,
            Ok(event) => builder.event(event, before, after, source),
            Err(error) => Err(ill_formed(&error)),
        };
        step.map_err(|flaw| builder.problem(flaw))?;
    }
    if !builder.open.is_empty() {
        return Err(builder.problem(("is not closed", "add its end tag")));
    }
    builder.root.ok_or_else(|| Problem::new("/", None, "holds no element", "send an XML document"))
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

struct Builder {
    open: Vec<Node>,
    root: Option<Node>,
    elements: usize,
    line: u32,
    /// Up to where lines have been counted.
    counted: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, before: usize, after: usize, source: &str) -> Result<(), Flaw> {
        self.line += u32::try_from(source[self.counted..before].matches('\n').count()).unwrap_or(0);
        self.counted = before;
        match event {
            Event::Start(start) | Event::Empty(start) => self.start(&start, before, after),
            Event::End(_) => {
                self.end(before, after);
                Ok(())
            }
            Event::Text(text) if text.contains("]]>") => {
                Err(("is not well-formed: `]]>` stands in text", "write it as `]]&gt;`"))
            }
            Event::Text(text) => self.text(&text),
            Event::CData(text) => self.text(&text),
            Event::GeneralRef(reference) => self.text(resolved(&reference)?.encode_utf8(&mut [0; 4])),
            Event::DocType(_) => Err(("has a DTD, which is refused", "remove `<!DOCTYPE …>`")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, before: usize, after: usize) -> Result<(), Flaw> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(("has more than 200,000 elements", "send it in parts"));
        }
        if self.open.len() == DEPTH_MAX {
            return Err(("is nested deeper than 64 elements", "send it in parts"));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(("is not well-formed: there is more than one root element", "send one document"));
        }
        let outer = self.open.last().map(|node| Rc::clone(&node.scope)).unwrap_or_default();
        let attributes = raw_attributes(start)?;
        let scope = scope(outer, &attributes)?;
        let qualified = start.name().into_inner();
        let (namespace, name) = resolve(&scope, qualified)?;
        let attributes = attributes.into_iter().filter(|(name, _)| !declares(name));
        let attributes = attributes.map(|(name, value)| attribute(&scope, &name, value));
        self.open.push(Node {
            namespace,
            name: name.to_owned(),
            line: self.line,
            attributes: attributes.collect::<Result<_, _>>()?,
            scope,
            text: String::new(),
            children: Vec::new(),
            tag: before..after,
            name_length: qualified.len(),
            inner: after..after,
        });
        Ok(())
    }

    fn end(&mut self, before: usize, after: usize) {
        let Some(mut node) = self.open.pop() else { return };
        node.tag.end = after;
        node.inner.end = before.max(node.inner.start);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = Some(node),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Flaw> {
        match self.open.last_mut() {
            Some(node) => node.text.push_str(text),
            None if text.trim_ascii().is_empty() => {}
            None => return Err(("is not well-formed: text stands outside the root element", "remove it")),
        }
        Ok(())
    }

    fn problem(&self, (rule, advice): Flaw) -> Problem {
        let path: String = self.open.iter().map(|node| format!("/{}", node.name)).collect();
        Problem::new(if path.is_empty() { "/" } else { &path }, Some(self.line), rule, advice)
    }
}

/// All attributes with their values.
fn raw_attributes(start: &BytesStart<'_>) -> Result<Vec<(String, String)>, Flaw> {
    const WRONG: Flaw = (
        "is not well-formed: an attribute",
        "write each attribute once, as name=\"value\", without `<`, `&` as `&amp;`",
    );
    let mut all = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| WRONG)?;
        let value = unescape(&attribute.value).map_err(|_| WRONG)?;
        if attribute.value.contains('<') || !value.chars().all(is_xml) {
            return Err(WRONG);
        }
        if all.len() == ATTRIBUTES_MAX {
            return Err(("has more than 64 attributes", "remove those that it does not need"));
        }
        all.push((attribute.key.into_inner().to_owned(), value.replace(['\t', '\n', '\r'], " ")));
    }
    Ok(all)
}

fn declares(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

/// That of the element around, if the element declares nothing.
fn scope(outer: Rc<Scope>, attributes: &[(String, String)]) -> Result<Rc<Scope>, Flaw> {
    let mut own = Vec::new();
    for (name, namespace) in attributes.iter().filter(|(name, _)| declares(name)) {
        let prefix = name.strip_prefix("xmlns:").unwrap_or("");
        if !prefix.is_empty() && (namespace.is_empty() || prefix == "xmlns" || prefix == "xml") {
            return Err(("declares a prefix wrongly", "declare it as xmlns:prefix=\"namespace\""));
        }
        own.push((prefix.to_owned(), Rc::from(namespace.as_str())));
    }
    Ok(if own.is_empty() { outer } else { Rc::new(Scope { outer: Some(outer), own }) })
}

fn attribute(scope: &Scope, qualified: &str, value: String) -> Result<Attribute, Flaw> {
    // An attribute without a prefix is in no namespace, whatever the default is.
    let (namespace, name) = match qualified.contains(':') {
        true => resolve(scope, qualified)?,
        false if is_name(qualified) => (Rc::from(""), qualified),
        false => return Err(BAD_NAME),
    };
    Ok(Attribute { namespace, name: name.to_owned(), value })
}

const BAD_NAME: Flaw = ("is not well-formed: a name", "use letters, digits, `-`, `_` and `.` in names");

fn resolve<'n>(scope: &Scope, qualified: &'n str) -> Result<(Rc<str>, &'n str), Flaw> {
    let (prefix, local) = qualified.split_once(':').unwrap_or(("", qualified));
    if !is_name(local) || (qualified.contains(':') && !is_name(prefix)) {
        return Err(BAD_NAME);
    }
    let namespace = scope.namespace(prefix);
    let namespace = namespace.ok_or(("uses a prefix that is not declared", "declare it with xmlns:…"))?;
    Ok((namespace, local))
}

/// Names without a colon. Of characters beyond ASCII letters, digits and marks in a name are taken.
fn is_name(name: &str) -> bool {
    let follows = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{B7}');
    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(follows)
}

fn resolved(reference: &BytesRef<'_>) -> Result<char, Flaw> {
    const WRONG: Flaw = (
        "uses an entity that XML itself does not have",
        "write the character itself; only `&amp;`, `&lt;`, `&gt;`, `&apos;`, `&quot;` and `&#…;` are read",
    );
    let character = match reference.resolve_char_ref().map_err(|_| WRONG)? {
        Some(character) => Some(character),
        None => resolve_predefined_entity(reference).and_then(|text| text.chars().next()),
    };
    character.filter(|character| is_xml(*character)).ok_or(WRONG)
}

/// The text of the library's errors may repeat what the document holds.
fn ill_formed(error: &Error) -> Flaw {
    match error {
        Error::IllFormed(_) => (
            "is not well-formed",
            "close each element with its own name, write `&` as `&amp;` and `<` as `&lt;`",
        ),
        Error::Syntax(_) => {
            ("is not well-formed: it ends within a tag, a comment or the like", "send it whole")
        }
        _ => ("is not well-formed", "write it with an XML library"),
    }
}
