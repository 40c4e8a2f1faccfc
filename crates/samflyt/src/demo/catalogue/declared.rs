//! The declared flows: agreements, and how far each has come.

use anyhow::Context;
use samflyt_events::catalogue::Agreement;
use serde::Deserialize;
use serde_json::Value;
use time::Date;

use super::pattern::{Pattern, Place};

/// An agreement, and how far it has come.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The draft.
    pub document: Value,
    pub agreement: Agreement,
    /// Nobody: it stays a draft.
    pub approved_by: Option<String>,
    pub ended_on: Option<Date>,
}

#[derive(Deserialize)]
pub(super) struct Agreements {
    agreements: Vec<Life>,
}

#[derive(Deserialize)]
struct Life {
    approved_by: Option<String>,
    ended_on: Option<String>,
    #[serde(flatten)]
    pattern: Pattern,
}

/// Every municipality's agreements.
pub(super) fn agreements(written: Agreements, places: &[Place<'_>]) -> anyhow::Result<Vec<Declared>> {
    let mut declared = Vec::new();
    for Life { approved_by, ended_on, pattern } in written.agreements {
        for place in places {
            let Some(document) = pattern.at(place)? else { continue };
            let agreement: Agreement = serde_json::from_value(document.clone())
                .with_context(|| format!("{} is no agreement", document["id"]))?;
            let ended_on =
                ended_on.clone().map(|on| serde_json::from_value(Value::String(on))).transpose()?;
            // What a system keeps to itself needs no agreement.
            if agreement.provider != agreement.consumer {
                declared.push(Declared { document, agreement, approved_by: approved_by.clone(), ended_on });
            }
        }
    }
    Ok(declared)
}

impl Declared {
    /// Whether it was ever approved.
    pub fn was_approved(&self) -> bool {
        self.approved_by.is_some()
    }

    /// Whether it allows its flows on a day.
    pub fn is_in_force(&self, on: Date) -> bool {
        let until = self.ended_on.or(self.agreement.valid_until);
        self.was_approved() && self.agreement.valid_from <= on && until.is_none_or(|until| on <= until)
    }

    pub fn states_a_basis(&self) -> bool {
        let basis = &self.agreement.legal_basis;
        !(basis.gdpr.is_empty() && basis.law.is_empty())
    }

    /// To draft, to approve, to end.
    pub(super) fn calls(&self) -> usize {
        1 + usize::from(self.approved_by.is_some()) + usize::from(self.ended_on.is_some())
    }
}
