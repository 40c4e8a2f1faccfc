//! Documents to XML.
//!
//! What is written is as the grammar says: elements in its order and namespaces, nothing that it does not know. A document
//! that lacks something or holds too much is refused with the place, and nothing is written of it.

use quick_xml::escape::escape;
use serde_json::{Map, Value};

use crate::grammar::{Complex, Content, Element, Root, unnamed};
use crate::read::is_xml;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The member that names a derived type.
pub const TYPE: &str = "@type";

/// A document is not as its grammar says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {rule}")]
pub struct WriteError {
    /// Element names from the root, such as `/arkiv/arkivdel/tittel`.
    pub path: String,
    pub rule: &'static str,
}

/// A whole document.
///
/// # Errors
/// [`WriteError`] where it is not as the grammar says.
pub fn document(root: &Root, document: &Value) -> Result<String, WriteError> {
    let mut writer = Writer::new();
    writer.open_root(root);
    writer.inside(root.content, document)?;
    writer.close();
    Ok(writer.take())
}

/// Writes XML piece by piece. What has been written is [taken](Writer::take) from time to time.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    /// The open elements, each with the default namespace inside it.
    open: Vec<(&'static str, &'static str)>,
}

impl Writer {
    pub fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// How much is waiting to be taken.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    pub fn open_root(&mut self, root: &Root) {
        let (name, namespace) = (root.name, root.namespace);
        self.out.push_str(&format!("<{name} xmlns=\"{namespace}\" xmlns:xsi=\"{XSI}\">\n"));
        self.open.push((name, namespace));
    }

    /// Opens an element of a type that is derived or not, inside the one that is open.
    pub fn open(&mut self, name: &'static str, namespace: &'static str, of: &'static Complex, derived: bool) {
        self.start(name, namespace, derived.then_some(of));
        self.out.push_str(">\n");
    }

    /// Closes the element that was opened last.
    pub fn close(&mut self) {
        if let Some((name, _)) = self.open.pop() {
            self.indent();
            self.out.push_str(&format!("</{name}>\n"));
        }
    }

    /// All elements of a type.
    ///
    /// # Errors
    /// [`WriteError`] where the document is not as the grammar says.
    pub fn inside(&mut self, of: &'static Complex, document: &Value) -> Result<(), WriteError> {
        let members = self.members(document)?;
        let elements = of.all();
        self.check_known(&elements, members)?;
        self.check_choices(&elements, members)?;
        self.elements(&elements, members)
    }

    /// Those elements of a type that are chosen, in their order: for who writes children between them.
    ///
    /// # Errors
    /// As [`Writer::inside`].
    pub fn some(
        &mut self,
        elements: &[(&'static str, &'static Element)],
        document: &Value,
    ) -> Result<(), WriteError> {
        let members = self.members(document)?;
        self.elements(elements, members)
    }

    fn elements(
        &mut self,
        elements: &[(&'static str, &'static Element)],
        members: &Map<String, Value>,
    ) -> Result<(), WriteError> {
        for (namespace, element) in elements {
            match (members.get(element.name), element.many) {
                // A choice has been checked as a whole.
                (None, _) if !element.required || element.choice != 0 => {}
                (None, _) => return Err(self.wrong(element.name, "is missing")),
                (Some(Value::Array(items)), true) if items.is_empty() && element.required => {
                    return Err(self.wrong(element.name, "is missing"));
                }
                (Some(Value::Array(items)), true) => {
                    for item in items {
                        self.element(namespace, element, item)?;
                    }
                }
                (Some(_), true) => return Err(self.wrong(element.name, "is not a list")),
                (Some(value), false) => self.element(namespace, element, value)?,
            }
        }
        Ok(())
    }

    fn element(
        &mut self,
        namespace: &'static str,
        element: &'static Element,
        value: &Value,
    ) -> Result<(), WriteError> {
        match element.content {
            Content::Text(_) => {
                let text = match value {
                    Value::String(text) if text.chars().all(is_xml) => escape(text.as_str()).into_owned(),
                    Value::String(_) => {
                        return Err(self.wrong(element.name, "holds a character that XML does not allow"));
                    }
                    Value::Number(number) => number.to_string(),
                    Value::Bool(truth) => truth.to_string(),
                    _ => return Err(self.wrong(element.name, "is not text")),
                };
                self.leaf(element.name, namespace, &text);
            }
            Content::Any => {
                let inner = value.as_str().ok_or_else(|| self.wrong(element.name, "is not XML as text"))?;
                self.leaf(element.name, namespace, inner);
            }
            Content::Complex(of) => {
                self.open(element.name, namespace, of, false);
                self.inside(of, value)?;
                self.close();
            }
            Content::Repeated(of) => {
                let items = value.as_array().ok_or_else(|| self.wrong(element.name, "is not a list"))?;
                self.open(element.name, namespace, of, false);
                items.iter().try_for_each(|item| self.inside(of, item))?;
                self.close();
            }
            Content::Derived(types) => {
                let name = value.get(TYPE).and_then(Value::as_str);
                let of = match name {
                    None => unnamed(types),
                    Some(name) => types.iter().copied().find(|of| of.name == name),
                };
                let of =
                    of.ok_or_else(|| self.wrong(element.name, "is of a type that does not belong here"))?;
                self.open(element.name, namespace, of, name.is_some());
                self.inside(of, value)?;
                self.close();
            }
        }
        Ok(())
    }

    fn leaf(&mut self, name: &'static str, namespace: &'static str, inner: &str) {
        self.start(name, namespace, None);
        self.open.pop();
        self.out.push_str(&format!(">{inner}</{name}>\n"));
    }

    fn start(&mut self, name: &'static str, namespace: &'static str, of: Option<&'static Complex>) {
        let around = self.open.last().map(|(_, namespace)| *namespace);
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        if around != Some(namespace) {
            self.out.push_str(&format!(" xmlns=\"{namespace}\""));
        }
        match of {
            None => {}
            Some(of) if of.namespace == namespace => {
                self.out.push_str(&format!(" xsi:type=\"{}\"", of.name));
            }
            Some(of) => {
                let declared = format!(" xmlns:t=\"{}\" xsi:type=\"t:{}\"", of.namespace, of.name);
                self.out.push_str(&declared);
            }
        }
        self.open.push((name, namespace));
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.open.len()));
    }

    fn members<'v>(&self, document: &'v Value) -> Result<&'v Map<String, Value>, WriteError> {
        document.as_object().ok_or_else(|| WriteError { path: self.path(), rule: "is not an object" })
    }

    fn check_known(
        &self,
        elements: &[(&'static str, &'static Element)],
        members: &Map<String, Value>,
    ) -> Result<(), WriteError> {
        let known = |name: &str| name == TYPE || elements.iter().any(|(_, element)| element.name == name);
        match members.keys().find(|name| !known(name)) {
            Some(name) => Err(self.wrong(name, "does not belong here")),
            None => Ok(()),
        }
    }

    fn check_choices(
        &self,
        elements: &[(&'static str, &'static Element)],
        members: &Map<String, Value>,
    ) -> Result<(), WriteError> {
        for (_, element) in elements.iter().filter(|(_, element)| element.choice != 0) {
            let same = elements.iter().map(|(_, other)| other).filter(|other| other.choice == element.choice);
            let there = same.filter(|other| members.contains_key(other.name)).count();
            if there == 0 && element.required {
                return Err(self.wrong(element.name, "or another of the same choice is missing"));
            }
            if there > 1 && members.contains_key(element.name) {
                return Err(self.wrong(element.name, "is there with another of the same choice"));
            }
        }
        Ok(())
    }

    fn wrong(&self, name: &str, rule: &'static str) -> WriteError {
        WriteError { path: format!("{}/{name}", self.path()), rule }
    }

    fn path(&self) -> String {
        self.open.iter().map(|(name, _)| format!("/{name}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::grammar::Simple;

    static KODE: Complex = Complex {
        name: "kode",
        namespace: "urn:k",
        base: None,
        elements: &[Element::text("kode", Simple::String)],
    };
    static MAPPE: Complex = Complex {
        name: "mappe",
        namespace: "urn:m",
        base: None,
        elements: &[
            Element::text("tittel", Simple::NonEmpty),
            Element::text("noekkelord", Simple::NonEmpty).optional().many(),
            Element::of("status", &KODE).optional(),
        ],
    };
    static SAK: Complex = Complex {
        name: "sak",
        namespace: "urn:m",
        base: Some(&MAPPE),
        elements: &[Element::text("aar", Simple::Int)],
    };
    static SVAR: Complex = Complex {
        name: "svar",
        namespace: "urn:s",
        base: None,
        elements: &[Element::derived("mappe", &[&MAPPE, &SAK])],
    };
    static ROOT: Root = Root { name: "svar", namespace: "urn:s", content: &SVAR };

    #[test]
    fn elements_come_in_their_order_and_namespaces_and_a_derived_type_is_named() {
        let sak = json!({"mappe": {"@type": "sak", "aar": 2026, "status": {"kode": "B"},
            "noekkelord": ["a", "<b>"], "tittel": "T"}});
        let xml = document(&ROOT, &sak).unwrap();
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<svar xmlns="urn:s" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <mappe xmlns:t="urn:m" xsi:type="t:sak">
    <tittel xmlns="urn:m">T</tittel>
    <noekkelord xmlns="urn:m">a</noekkelord>
    <noekkelord xmlns="urn:m">&lt;b&gt;</noekkelord>
    <status xmlns="urn:m">
      <kode xmlns="urn:k">B</kode>
    </status>
    <aar xmlns="urn:m">2026</aar>
  </mappe>
</svar>
"#;
        assert_eq!(xml, expected);
    }

    static PAR: Complex = Complex {
        name: "par",
        namespace: "urn:m",
        base: None,
        elements: &[
            Element::text("a", Simple::String).one_of(1),
            Element::text("b", Simple::String).one_of(1),
            Element::derived("aapen", &[&SAK, &KODE]).optional(),
        ],
    };
    static PAR_ROOT: Root = Root { name: "par", namespace: "urn:m", content: &PAR };

    #[track_caller]
    fn refused(value: &Value, path: &str, rule: &str) {
        let error = document(&PAR_ROOT, value).unwrap_err();
        assert_eq!((error.path.as_str(), error.rule), (path, rule));
    }

    #[test]
    fn of_a_choice_one_is_written_and_neither_none_nor_both() {
        assert!(document(&PAR_ROOT, &json!({"b": "1"})).is_ok());
        refused(&json!({}), "/par/a", "or another of the same choice is missing");
        refused(&json!({"a": "1", "b": "2"}), "/par/a", "is there with another of the same choice");
    }

    #[test]
    fn what_is_of_an_abstract_type_must_say_its_type() {
        let rule = "is of a type that does not belong here";
        refused(&json!({"a": "1", "aapen": {"tittel": "T", "aar": 1}}), "/par/aapen", rule);
        assert!(document(&PAR_ROOT, &json!({"a": "1", "aapen": {"@type": "kode", "kode": "K"}})).is_ok());
    }

    #[test]
    fn characters_that_xml_does_not_allow_are_not_written() {
        refused(&json!({"a": "\u{b}"}), "/par/a", "holds a character that XML does not allow");
    }

    #[test]
    fn what_lacks_something_or_holds_too_much_is_refused_with_its_place() {
        let lacking = document(&ROOT, &json!({"mappe": {"tittel": "T", "@type": "sak"}})).unwrap_err();
        assert_eq!((lacking.path.as_str(), lacking.rule), ("/svar/mappe/aar", "is missing"));
        let unknown = document(&ROOT, &json!({"mappe": {"tittel": "T", "farge": "blå"}})).unwrap_err();
        assert_eq!((unknown.path.as_str(), unknown.rule), ("/svar/mappe/farge", "does not belong here"));
    }
}
