//! Writing Turtle, with the names that the vocabularies have.

use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleSerializer;
use samflyt_events::Refusal;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::not_written;
use super::vocabulary::{PREFIXES, expand};

/// Triples, in the order in which they are to be read.
pub(super) struct Graph {
    triples: Vec<Triple>,
    comments: Vec<String>,
    base: String,
}

/// A thing that something is said of.
pub(super) struct Subject<'g> {
    graph: &'g mut Graph,
    node: NamedOrBlankNode,
}

impl Graph {
    pub fn new(base: &str) -> Self {
        Self { triples: Vec::new(), comments: Vec::new(), base: base.to_owned() }
    }

    /// A line above everything.
    pub fn comment(&mut self, text: &str) {
        self.comments.push(text.replace(['\n', '\r'], " "));
    }

    /// A name of ours.
    pub fn own(&self, kind: &str, id: &str) -> String {
        format!("{}{kind}/{}", self.base, iri_part(id))
    }

    /// Begins with a thing of a class (`dcat:Dataset`).
    pub fn thing(&mut self, iri: &str, class: &str) -> Subject<'_> {
        let mut subject = Subject { node: node(iri).into(), graph: self };
        subject.iri("rdf:type", &expand(class));
        subject
    }

    /// # Errors
    /// Where a name is no IRI.
    pub fn write(self) -> Result<Vec<u8>, Refusal> {
        let mut text = Vec::new();
        for comment in &self.comments {
            text.extend_from_slice(format!("# {comment}\n").as_bytes());
        }
        let mut serializer = TurtleSerializer::new();
        for (prefix, iri) in PREFIXES {
            serializer = serializer.with_prefix(*prefix, *iri).map_err(|error| not_written(&error))?;
        }
        let mut writer = serializer.for_writer(text);
        for triple in &self.triples {
            writer.serialize_triple(triple).map_err(|error| not_written(&error))?;
        }
        writer.finish().map_err(|error| not_written(&error))
    }
}

impl Subject<'_> {
    fn say(&mut self, predicate: &str, object: impl Into<Term>) {
        self.graph.triples.push(Triple::new(self.node.clone(), node(&expand(predicate)), object));
    }

    pub fn iri(&mut self, predicate: &str, iri: &str) -> &mut Self {
        self.say(predicate, node(iri));
        self
    }

    /// What is empty is not said.
    pub fn text(&mut self, predicate: &str, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.say(predicate, Literal::new_simple_literal(text));
        }
        self
    }

    pub fn moment(&mut self, predicate: &str, at: OffsetDateTime) -> &mut Self {
        let text = at.format(&Rfc3339).unwrap_or_default();
        self.say(predicate, Literal::new_typed_literal(text, oxrdf::vocab::xsd::DATE_TIME));
        self
    }
}

fn node(iri: &str) -> NamedNode {
    // What is no IRI was made from texts: all that may not stand in one is escaped.
    NamedNode::new(iri).unwrap_or_else(|_| NamedNode::new_unchecked(iri_of(iri)))
}

/// A part of a path.
fn iri_part(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, KEPT).to_string()
}

fn iri_of(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}')
        .add(b'[')
        .add(b']');
    let escaped = percent_encoding::utf8_percent_encode(text, KEPT).to_string();
    if NamedNode::new(&escaped).is_ok() { escaped } else { format!("urn:samflyt:text:{}", iri_part(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_iri_never_breaks_the_file() {
        let mut graph = Graph::new("https://samflyt.example/");
        graph.comment("a\n<b> a <c> .");
        let iri = graph.own("datasets", "x> <y");
        graph.thing(&iri, "dcat:Dataset").text("dct:title", "\"q\"\n\\").iri("foaf:page", "no page > here");
        let text = graph.write().unwrap();
        let read: Vec<_> = oxttl::TurtleParser::new().for_slice(&text).collect::<Result<_, _>>().unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!(read[1].object.to_string(), "\"\\\"q\\\"\\n\\\\\"");
    }
}
