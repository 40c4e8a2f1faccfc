//! What a new version of a contract may change, and what needs a new major version.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::schema::Schema;
use super::schema::compare::{Direction, breaks};
use super::schema::reach::may_hold;
use super::{Classification, Contract};
use crate::Violation;

/// What the versions of a major promise each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compatibility {
    /// What kept to an older version keeps to a newer one: publishers need not change.
    #[default]
    Backward,
    /// What keeps to a newer version keeps to an older one: consumers need not change.
    Forward,
    /// Both.
    Full,
    /// The schema may change in any way.
    None,
}

impl Compatibility {
    fn directions(self) -> &'static [Direction] {
        match self {
            Self::Backward => &[Direction::Backward],
            Self::Forward => &[Direction::Forward],
            Self::Full => &[Direction::Backward, Direction::Forward],
            Self::None => &[],
        }
    }
}

impl Contract {
    /// Every change against an older version of the same major that the major does not allow, by JSON pointer. What the
    /// older version promised holds; a newer one may promise more. Purpose, basis and protection hold whatever is promised:
    /// agreements rest on them.
    pub fn breaks(&self, before: &Self) -> Vec<Violation> {
        let mut found = Vec::new();
        self.meaning(before, &mut found);
        self.protection(before, &mut found);
        let old = before.version.to_string();
        let promised = before.compatibility.directions().iter().chain(self.compatibility.directions());
        let mut done = Vec::new();
        for direction in promised {
            if !done.contains(direction) {
                done.push(*direction);
                found.extend(breaks(&before.schema, &self.schema, *direction, &old));
            }
        }
        found
    }

    fn meaning(&self, before: &Self, found: &mut Vec<Violation>) {
        let mut say =
            |field: &str, rule: String, advice: &str| found.push(Violation::new(field, rule, advice));
        let old = before.version;
        if self.purpose != before.purpose {
            let rule = format!("differs from that of {old}, and agreements were made for that one");
            say("/purpose", rule, "publish it as a new major version");
        }
        if self.legal_basis != before.legal_basis {
            let rule = format!("differs from that of {old} ({})", before.legal_basis);
            say("/legal_basis", rule, "publish it as a new major version");
        }
        let named = |contract: &Self| contract.entity.clone().unwrap_or_else(|| "nothing".to_owned());
        if self.entity != before.entity {
            let rule = format!("was {} and is {}: another thing is followed", named(before), named(self));
            say("/entity", rule, "leave it as it was, or publish a new major version");
        }
        let persons = |contract: &Self| contract.persons.iter().cloned().collect::<BTreeSet<String>>();
        let (were, are) = (persons(before), persons(self));
        if were != are {
            let changed: Vec<&str> = were.symmetric_difference(&are).map(String::as_str).collect();
            let rule = format!("differs from that of {old} in {}", changed.join(", "));
            say("/persons", rule, "leave it as it was, or publish a new major version");
        }
    }

    fn protection(&self, before: &Self, found: &mut Vec<Violation>) {
        let (old, is) = (before.version, self.classification);
        if before.urgent && !self.urgent {
            let rule = format!("is lifted: consumers rely on it since {old}");
            found.push(Violation::new(
                "/urgent",
                rule,
                "mark it urgent again, or publish a new major version",
            ));
        }
        if rank(is) < rank(before.classification) {
            let rule =
                format!("was {} and is {}, which is lower", before.classification.as_str(), is.as_str());
            let advice = "raise it again, or publish a new major version";
            found.push(Violation::new("/classification", rule, advice));
        }
        let schema = Schema::new(&self.schema);
        let personal: BTreeSet<&str> = self.personal_pointers().collect();
        let lifted = before.personal_pointers().filter(|pointer| !personal.contains(pointer));
        for pointer in lifted.collect::<BTreeSet<&str>>() {
            if may_hold(&schema, pointer) {
                let field = format!("/fields/{}/personal", super::schema::escape(pointer));
                let rule = format!("is lifted: {pointer} is personal in {old}");
                found.push(Violation::new(
                    field,
                    rule,
                    "mark it personal again, or publish a new major version",
                ));
            }
        }
    }
}

/// Higher is more protected.
fn rank(classification: Classification) -> u8 {
    match classification {
        Classification::Open => 0,
        Classification::Internal => 1,
        Classification::Confidential => 2,
        Classification::StrictlyConfidential => 3,
    }
}

#[cfg(test)]
mod tests;
