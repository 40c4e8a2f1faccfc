//! What became of the lines.

use std::collections::BTreeMap;
use std::time::Duration;

use samflyt_proto::common::Refusal;
use samflyt_proto::gateway::Receipt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::output::Table;
use crate::cli::{json, show};

/// Refused lines that are shown one by one.
const SHOWN_MAX: usize = 20;

/// Counts, and the first refused lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    accepted: u64,
    /// The hub had them.
    duplicates: u64,
    /// Of the duplicates, those that this push had sent before it was interrupted.
    resent: u64,
    refused: BTreeMap<String, u64>,
    first_refused: Vec<RefusedLine>,
}

/// A refused line, one violation of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RefusedLine {
    line: u64,
    reason: String,
    field: String,
    rule: String,
    advice: String,
}

impl Tally {
    pub(super) fn accept(&mut self, duplicate: bool, resent: bool) {
        if duplicate {
            self.duplicates += 1;
            self.resent += u64::from(resent);
        } else {
            self.accepted += 1;
        }
    }

    pub(super) fn refuse(&mut self, line: u64, refusal: &Refusal) {
        *self.refused.entry(refusal.reason.clone()).or_default() += 1;
        let is_known = self.first_refused.last().is_some_and(|last| last.line == line);
        if self.first_refused.len() >= SHOWN_MAX || is_known {
            return;
        }
        let row = |field: &str, rule: &str, advice: &str| RefusedLine {
            line,
            reason: refusal.reason.clone(),
            field: field.to_owned(),
            rule: rule.to_owned(),
            advice: advice.to_owned(),
        };
        if refusal.violations.is_empty() {
            self.first_refused.push(row("", &refusal.message, ""));
        }
        let room = SHOWN_MAX - self.first_refused.len();
        self.first_refused
            .extend(refusal.violations.iter().take(room).map(|v| row(&v.field, &v.rule, &v.advice)));
    }

    pub(super) fn refused_any(&self) -> bool {
        !self.refused.is_empty()
    }

    /// In few words, beside the progress bar.
    pub(super) fn short(&self) -> String {
        let refused: u64 = self.refused.values().sum();
        format!("{} accepted, {} duplicates, {refused} refused", self.accepted, self.duplicates)
    }

    /// The first refused lines, and the counts.
    pub(super) fn render(&self, settled_here: u64, elapsed: Duration) -> String {
        let mut text = String::new();
        if self.refused_any() {
            let mut table = Table::new(&["#line", "reason", "field", "rule", "advice"]);
            for row in &self.first_refused {
                table.row([&row.line.to_string(), &row.reason, &row.field, &row.rule, &row.advice]);
            }
            text += &table.render();
            if self.first_refused.len() == SHOWN_MAX {
                text += "These are the first; --refused FILE and --json have all.\n";
            }
            text.push('\n');
        }
        let resent = match self.resent {
            0 => String::new(),
            resent => format!(" ({} sent twice by this push)", show::number(resent)),
        };
        let reasons: Vec<String> =
            self.refused.iter().map(|(reason, count)| format!("{reason} {}", show::number(*count))).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
        text + &format!(
            "accepted {}, duplicates {}{resent}, refused {}{reasons}; {} events/s",
            show::number(self.accepted),
            show::number(self.duplicates),
            show::number(self.refused.values().sum()),
            show::number(per_second(settled_here, elapsed)),
        )
    }

    pub(super) fn summary_json(&self, settled_here: u64, elapsed: Duration, complete: bool) -> Value {
        json!({
            "summary": {
                "complete": complete,
                "accepted": self.accepted,
                "duplicates": self.duplicates,
                "resent": self.resent,
                "refused": self.refused,
                "events_per_s": per_second(settled_here, elapsed),
            }
        })
    }
}

/// An accepted line as JSON: where its event is in the log.
pub(super) fn accepted_json(line: u64, receipt: &Receipt) -> Value {
    json!({
        "line": line,
        "accepted": {
            "tenant": receipt.tenant,
            "sequence": receipt.sequence,
            "duplicate": receipt.duplicate,
            "contract_version": receipt.contract_version,
        }
    })
}

/// A refused line as JSON, with all that the hub said.
pub(super) fn refused_json(line: u64, refusal: &Refusal) -> Value {
    json!({"line": line, "refused": json::refusal(refusal)})
}

fn per_second(count: u64, elapsed: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000 / elapsed.as_millis().max(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use samflyt_proto::common::Violation;

    use super::*;

    fn refusal(violations: usize) -> Refusal {
        let violation = Violation {
            field: "/data/a".to_owned(),
            rule: "is missing".to_owned(),
            advice: "give it".to_owned(),
        };
        Refusal {
            reason: "CONTRACT_VIOLATED".to_owned(),
            message: "two fields".to_owned(),
            violations: vec![violation; violations],
            retry_after: None,
        }
    }

    #[test]
    fn the_summary_counts_all_and_shows_the_first() {
        let mut tally = Tally::default();
        tally.accept(false, false);
        tally.accept(true, true);
        tally.refuse(3, &refusal(0));
        (4..100).for_each(|line| tally.refuse(line, &refusal(2)));
        let text = tally.render(99, Duration::from_millis(500));
        assert_eq!(text.lines().filter(|line| line.contains("CONTRACT_VIOLATED  ")).count(), SHOWN_MAX);
        assert!(text.contains("   3  CONTRACT_VIOLATED           two fields"), "{text}");
        assert!(
            text.ends_with(
                "accepted 1, duplicates 1 (1 sent twice by this push), refused 97 (CONTRACT_VIOLATED 97); 198 events/s"
            ),
            "{text}"
        );
        let summary = tally.summary_json(99, Duration::from_secs(1), true);
        assert_eq!(summary["summary"]["refused"]["CONTRACT_VIOLATED"], 97);
    }
}
