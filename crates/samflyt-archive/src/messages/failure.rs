//! The answers that the exchange itself gives: it was our fault, or it is too late.

use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::write;
use serde_json::json;

use super::Outgoing;

/// `feilmelding.serverfeil`. The log has a line with the same `feilId`.
pub(crate) fn server_error(feil_id: &str, message: &str) -> Outgoing {
    let document = json!({"feilId": feil_id, "feilmelding": message});
    // What it holds is ours: it is as the grammar says.
    let payload = write::document(Schema::Serverfeil.root(), &document).ok();
    Outgoing { kind: MessageType::Serverfeil, payload, files: Vec::new() }
}

/// The notice that a message was not answered in its time, and is not carried out any more. It has no payload.
pub(crate) fn timed_out() -> Outgoing {
    Outgoing { kind: MessageType::Tidsavbrudd, payload: None, files: Vec::new() }
}

#[cfg(test)]
mod tests {
    use samflyt_noark::read;

    use super::*;

    #[test]
    fn a_server_error_reads_as_its_schema_says() {
        let answer = server_error("7", "a < b");
        let payload = answer.payload.unwrap();
        let read = read::xml(payload.as_bytes(), Schema::Serverfeil.root()).unwrap();
        assert_eq!(read["feilmelding"], "a < b");
    }
}
