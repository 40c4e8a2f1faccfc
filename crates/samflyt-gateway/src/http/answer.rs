//! What publishers are told, as JSON: the same over HTTP and over NATS.

use samflyt_events::Refusal;
use samflyt_runtime::refused;
use serde_json::{Value, json};

use crate::intake::Receipt;

/// A receipt as JSON.
pub(super) fn receipt(receipt: &Receipt) -> Value {
    json!({
        "tenant": receipt.tenant,
        "sequence": receipt.sequence,
        "duplicate": receipt.duplicate,
        "contract_version": receipt.contract.map(|version| version.to_string()).unwrap_or_default(),
    })
}

/// What became of one event of several: `{"id": …, "accepted": {…}}` or `{"id": …, "refused": {problem}}`.
pub(crate) fn outcome(id: &str, outcome: &Result<Receipt, Refusal>) -> Value {
    match outcome {
        Ok(accepted) => json!({"id": id, "accepted": receipt(accepted)}),
        Err(refusal) => json!({"id": id, "refused": refused::problem(refusal)}),
    }
}
