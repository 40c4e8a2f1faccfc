//! Which elements may come where: in the order of the grammar, as often as it says, one of a choice.

use super::Elements;
use crate::grammar::Element;
use crate::read::listed;
use crate::read::tree::Node;

/// What is wrong, and what to do.
type Flaw = (&'static str, String);

/// What has come of the elements of a type.
pub(super) struct Order<'e> {
    elements: &'e Elements,
    seen: Vec<bool>,
    /// The element that came last, of those that came in order.
    last: Option<usize>,
}

impl<'e> Order<'e> {
    pub fn new(elements: &'e Elements) -> Self {
        Self { elements, seen: vec![false; elements.len()], last: None }
    }

    /// The element that a child is.
    pub fn place(&mut self, child: &Node) -> Result<&'static Element, Flaw> {
        let at = find(self.elements, child).ok_or_else(|| self.unknown(child))?;
        let (_, element) = self.elements[at];
        let again = std::mem::replace(&mut self.seen[at], true);
        if again && !element.many {
            return Err(("may come only once", "remove all but one".to_owned()));
        }
        if let Some(other) = self.other_of_choice(at) {
            return Err(("is there with another of the same choice", format!("keep this or `{other}`")));
        }
        if let Some(last) = self.last
            && last > at
        {
            let (_, after) = self.elements[last];
            return Err((
                "comes too late",
                format!("put it before `{}`; here may come {}", after.name, self.expected()),
            ));
        }
        self.last = Some(at);
        Ok(element)
    }

    /// Name, rule and advice for each that should have come.
    pub fn missing(&self) -> Vec<(&'static str, &'static str, String)> {
        let mut missing = Vec::new();
        for (at, (_, element)) in self.elements.iter().enumerate() {
            let of_choice =
                |(_, other): &&(_, &Element)| element.choice != 0 && other.choice == element.choice;
            let names: Vec<_> = self.elements.iter().filter(of_choice).map(|(_, other)| other.name).collect();
            if !element.required || self.seen[at] || self.other_of_choice(at).is_some() {
                continue;
            }
            match names.first() {
                None => missing.push((element.name, "is missing", self.where_to_put(at))),
                Some(first) if *first == element.name => {
                    missing.push((element.name, "is missing", format!("add one of {}", listed(&names))));
                }
                Some(_) => {}
            }
        }
        missing
    }

    fn where_to_put(&self, at: usize) -> String {
        match self.elements[..at].iter().zip(&self.seen).rfind(|(_, seen)| **seen) {
            Some(((_, before), _)) => format!("add it after `{}`", before.name),
            None => "add it first".to_owned(),
        }
    }

    fn other_of_choice(&self, at: usize) -> Option<&'static str> {
        let choice = self.elements[at].1.choice;
        let mut others = self.elements.iter().zip(&self.seen).enumerate();
        let other = others.find(|(other, ((_, element), seen))| {
            choice != 0 && **seen && *other != at && element.choice == choice
        });
        other.map(|(_, ((_, element), _))| element.name)
    }

    fn unknown(&self, child: &Node) -> Flaw {
        match self.elements.iter().find(|(_, element)| element.name == child.name) {
            Some((namespace, _)) => ("is in the wrong namespace", format!("it belongs in `{namespace}`")),
            None => ("does not belong here", format!("remove it; here may come {}", self.expected())),
        }
    }

    /// What may come next, up to the first that must.
    fn expected(&self) -> String {
        let from = self.last.map_or(0, |last| last + usize::from(!self.elements[last].1.many));
        let rest = self.elements.get(from..).unwrap_or_default();
        let must = rest.iter().position(|(_, element)| element.required && element.choice == 0);
        let next = &rest[..must.map_or(rest.len(), |must| must + 1)];
        match next {
            [] => "nothing more".to_owned(),
            _ => listed(&next.iter().map(|(_, element)| element.name).collect::<Vec<_>>()),
        }
    }
}

/// How many of the children, at least one, are of one round of a sequence that may come again.
pub(super) fn run(elements: &Elements, children: &[Node]) -> usize {
    let mut last = None;
    let place = |child: &Node| find(elements, child);
    let end = children.iter().map(place).position(|at| {
        let again = at.is_some() && last.is_some() && at <= last;
        last = at.or(last);
        again
    });
    end.unwrap_or(children.len())
}

fn find(elements: &Elements, child: &Node) -> Option<usize> {
    elements
        .iter()
        .position(|(namespace, element)| element.name == child.name && **namespace == *child.namespace)
}
