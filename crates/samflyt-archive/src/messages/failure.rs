//! The answers that the exchange itself gives: it was our fault, or it is too late.

use samflyt_noark::fiks::MessageType;

use super::Outgoing;

const SERVER_ERROR: &str = "no.ks.fiks.arkiv.v1.feilmelding.serverfeil";
/// Of Fiks IO, beneath the protocol.
const TIMED_OUT: &str = "no.ks.fiks.kvittering.tidsavbrudd";

/// `feilmelding.serverfeil`. The log has a line with the same `feilId`.
pub(crate) fn server_error(kind: MessageType, feil_id: &str, message: &str) -> Outgoing {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let payload = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <serverfeil xmlns=\"https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/feil/serverfeil/v1\" \
         xmlns:f=\"https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/feil/feilmelding/v1\">\
         <f:feilId>{}</f:feilId><f:feilmelding>{}</f:feilmelding></serverfeil>",
        escaped(feil_id),
        escaped(message),
    );
    Outgoing { kind: known(SERVER_ERROR, kind), payload: Some(payload), files: Vec::new() }
}

/// The notice that a message was not answered in its time, and is not carried out any more. It has no payload.
pub(crate) fn timed_out(kind: MessageType) -> Outgoing {
    Outgoing { kind: known(TIMED_OUT, kind), payload: None, files: Vec::new() }
}

pub(crate) fn is_time_out(kind: MessageType) -> bool {
    kind.name() == TIMED_OUT
}

/// A type that the protocol surely has.
fn known(name: &str, otherwise: MessageType) -> MessageType {
    MessageType::parse(name).unwrap_or(otherwise)
}
