//! What stands in XML of any grammar, or of none.

use super::tree::{self, Node};
use super::{Problem, decode};

/// What was found at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// The name of the root element, without its namespace.
    pub root: String,
    /// What the elements of the name that was asked for hold, in their order, without white space around.
    pub texts: Vec<String>,
}

/// The root element, and the text of all elements of a name, wherever they stand: for who passes a document on and leaves it to
/// others to judge it.
///
/// # Errors
/// Where it is not well-formed.
pub fn glance(bytes: &[u8], element: &str) -> Result<Glance, Problem> {
    let source = decode::text(bytes)?;
    let root = tree::parse(&source)?;
    let mut texts = Vec::new();
    collect(&root, element, &mut texts);
    Ok(Glance { root: root.name, texts })
}

/// As deep as the tree is, which is limited.
fn collect(node: &Node, element: &str, texts: &mut Vec<String>) {
    if node.name == element {
        texts.push(node.text.trim().to_owned());
    }
    node.children.iter().for_each(|child| collect(child, element, texts));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_order_wherever_they_stand_and_whatever_else_is_wrong() {
        let xml = "<a:arkivmelding xmlns:a='x'><fil> en.pdf\n</fil><ukjent><a:fil>to&amp;.pdf</a:fil></ukjent></a:arkivmelding>";
        let found = glance(xml.as_bytes(), "fil").unwrap();
        assert_eq!(found.root, "arkivmelding");
        assert_eq!(found.texts, ["en.pdf", "to&.pdf"]);
        assert_eq!(glance(b"<a><b></a>", "fil").unwrap_err().rule, "is not well-formed");
        assert_eq!(glance(b"<!DOCTYPE a []><a/>", "fil").unwrap_err().rule, "has a DTD, which is refused");
    }
}
