//! What the prefixes mean at a place in XML, and XML cut out of its place.

use std::collections::BTreeMap;
use std::rc::Rc;

use quick_xml::escape::escape;

use super::tree::Node;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The declarations of an element and of those around it.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub outer: Option<Rc<Scope>>,
    /// Prefix (empty: the default) and namespace.
    pub own: Vec<(String, Rc<str>)>,
}

impl Scope {
    /// The namespace of a prefix; of none, where no default is declared, it is empty.
    pub fn namespace(&self, prefix: &str) -> Option<Rc<str>> {
        let own = self.own.iter().find(|(own, _)| own == prefix).map(|(_, namespace)| Rc::clone(namespace));
        own.or_else(|| match (&self.outer, prefix) {
            (Some(outer), _) => outer.namespace(prefix),
            (None, "") => Some(Rc::from("")),
            (None, "xml") => Some(Rc::from(XML)),
            (None, _) => None,
        })
    }

    /// A qualified name in a value, such as that of `xsi:type`.
    pub fn qualified<'n>(&self, name: &'n str) -> Option<(Rc<str>, &'n str)> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        Some((self.namespace(prefix)?, local))
    }

    fn all(&self) -> BTreeMap<&str, &str> {
        let mut all = self.outer.as_ref().map(|outer| outer.all()).unwrap_or_default();
        all.extend(self.own.iter().map(|(prefix, namespace)| (prefix.as_str(), &**namespace)));
        all
    }
}

/// The XML inside an element, such that it means the same elsewhere: what it uses of the declarations around it is declared
/// in it.
pub(super) fn inner_xml(node: &Node, source: &str) -> String {
    let mut around = node.scope.all();
    around.entry("").or_insert("");
    let mut out = String::new();
    let mut at = node.inner.start;
    for child in &node.children {
        let after_name = child.tag.start + 1 + child.name_length;
        out.push_str(&source[at..after_name]);
        let text = &source[child.tag.start..child.tag.end];
        for (prefix, namespace) in &around {
            let declared = child.scope.own.iter().any(|(own, _)| own == prefix);
            // The scope of a child without declarations is that of its parent.
            if declared && !Rc::ptr_eq(&child.scope, &node.scope) {
                continue;
            }
            if prefix.is_empty() {
                out.push_str(&format!(" xmlns=\"{}\"", escape(*namespace)));
            } else if text.contains(&format!("{prefix}:")) {
                out.push_str(&format!(" xmlns:{prefix}=\"{}\"", escape(*namespace)));
            }
        }
        at = after_name;
    }
    out.push_str(&source[at..node.inner.end]);
    out
}
