//! Equal rules: the same JSON, whose references lead to the same JSON.

use std::collections::HashSet;

use serde_json::Value;

use super::{Comparison, Node};

impl<'s> Comparison<'s> {
    /// Whether a rule means the same in both schemas.
    pub(super) fn same(&self, given: &'s Value, taker: &'s Value) -> bool {
        given == taker && self.leads_alike(given, &mut HashSet::new())
    }

    pub(super) fn same_node(&self, given: &'s Node, taker: &'s Node) -> bool {
        given == taker
            && given.values().all(|member| self.leads_alike(member, &mut HashSet::new()))
            && ["$ref", "$dynamicRef"].iter().all(|name| {
                given.get(*name).is_none_or(|target| self.target_alike(target, &mut HashSet::new()))
            })
    }

    /// Whether all references in a value that both schemas share lead to the same.
    fn leads_alike<'v>(&self, value: &'v Value, seen: &mut HashSet<&'v str>) -> bool
    where
        's: 'v,
    {
        match value {
            Value::Object(members) => members.iter().all(|(name, member)| match name.as_str() {
                "$ref" | "$dynamicRef" if member.is_string() => self.target_alike(member, seen),
                _ => self.leads_alike(member, seen),
            }),
            Value::Array(items) => items.iter().all(|item| self.leads_alike(item, seen)),
            _ => true,
        }
    }

    fn target_alike<'v>(&self, target: &'v Value, seen: &mut HashSet<&'v str>) -> bool
    where
        's: 'v,
    {
        let Some(target) = target.as_str() else { return true };
        if !seen.insert(target) {
            return true;
        }
        match (self.given.resolve(target), self.taker.resolve(target)) {
            (Some(given), Some(taker)) => given == taker && self.leads_alike(given, seen),
            _ => false,
        }
    }
}
