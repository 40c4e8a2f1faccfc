//! ADDML is made of few elements: properties within properties, each with a name and perhaps a value.

use quick_xml::escape::escape;

pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<Element>,
}

/// An element with text.
pub(super) fn text(name: &'static str, text: &str) -> Element {
    let mut element = Element::new(name);
    element.text = Some(text.to_owned());
    element
}

pub(super) fn property(name: &str) -> Element {
    Element::new("property").attribute("name", name)
}

/// A property with a value.
pub(super) fn texts(name: &str, value: &str) -> Element {
    property(name).child(text("value", value))
}

impl Element {
    pub fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), text: None, children: Vec::new() }
    }

    pub fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Properties of a property.
    pub fn within(self, properties: impl IntoIterator<Item = Self>) -> Self {
        self.child(Self::new("properties").children(properties))
    }

    pub fn write(&self, xml: &mut String, depth: usize) {
        let (name, indent) = (self.name, "  ".repeat(depth));
        xml.push_str(&format!("{indent}<{name}"));
        for (attribute, value) in &self.attributes {
            xml.push_str(&format!(" {attribute}=\"{}\"", escape(value.as_str())));
        }
        match &self.text {
            Some(text) => xml.push_str(&format!(">{}</{name}>\n", escape(text.as_str()))),
            None => {
                xml.push_str(">\n");
                self.children.iter().for_each(|child| child.write(xml, depth + 1));
                xml.push_str(&format!("{indent}</{name}>\n"));
            }
        }
    }
}
