//! Messages and answers as JSON, in the words of Fiks.

use serde_json::{Value, json};

use crate::messages::Attachment;
use crate::messages::accept::Accepted;
use crate::messages::door::{Fetched, rfc3339};
use crate::messages::id::Part;

pub(super) fn accepted(accepted: &Accepted) -> Value {
    let receipt = accepted.receipt.map(|kind| {
        json!({
            "svarId": accepted.id.of_answer(Part::Receipt).to_string(),
            "meldingstype": kind.name(),
            "tidspunkt": rfc3339(accepted.received_at),
        })
    });
    json!({
        "meldingId": accepted.id.to_string(),
        "meldingstype": accepted.kind.name(),
        "mottattTidspunkt": rfc3339(accepted.received_at),
        "utloeper": rfc3339(accepted.expires_at),
        "mottattFoer": accepted.again,
        "mottatt": receipt,
    })
}

pub(super) fn answer(fetched: &Fetched) -> Value {
    let (message, answer) = (fetched.message_id, fetched.answer_id);
    let file = |file: &Attachment| {
        let name = segment(&file.name);
        json!({
            "navn": file.name,
            "sha256": file.digest.to_string(),
            "stoerrelse": file.size,
            "href": format!("/fiks-arkiv/v1/meldinger/{message}/svar/{answer}/filer/{name}"),
        })
    };
    json!({
        "svarId": answer.to_string(),
        "meldingId": message.to_string(),
        "klientMeldingId": fetched.client_id,
        "klientKorrelasjonsId": fetched.correlation,
        "meldingstype": fetched.given.kind.name(),
        "tidspunkt": rfc3339(fetched.given.at),
        "utloeper": rfc3339(fetched.given.expires_at),
        "bekreftet": fetched.given.confirmed_at.map(rfc3339),
        "payload": fetched.answer.payload,
        "filer": fetched.answer.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// A name as a segment of a path (RFC 3986): all but unreserved characters are escaped.
fn segment(name: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte.into());
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
