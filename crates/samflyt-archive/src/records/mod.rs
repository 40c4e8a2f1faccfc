//! The records: event-sourced Noark 5.
//!
//! Consumes commands; emits [`Change`]s to `ARCHIVE_<tenant>`, sealed under the archive's own key; gives the units as they
//! are now. Keeps true: a change is in the log whole or not at all, decided on the state that the log had just before it;
//! numbers come from the state, so none is used twice; a cause that was carried out is not carried out again; every
//! correction keeps the old value, who and when.

mod change;
pub(crate) mod decide;
mod fold;
mod grpc;
mod held;
pub(crate) mod keys;
mod labels;
mod reader;
mod recorder;
mod seal;
#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;

use samflyt_proto::archive::record_service_server::RecordServiceServer;

use crate::Archive;

pub(crate) use change::{Actor, Change, Step};
pub(crate) use fold::{OF_MEETING, RecordFold, described, list, open, parts, settled};
pub(crate) use grpc::refusal;
pub(crate) use held::Held;
pub(crate) use labels::{external_key, first_class};
pub(crate) use reader::{Records, Stored, reading};
pub(crate) use recorder::{Decision, NotCarried, Recorder, unreadable};
pub use seal::KeyError;
pub(crate) use seal::{Keys, Seal};

/// A new systemID, or id of a part: a random UUID.
pub(crate) fn new_id() -> String {
    #[allow(clippy::disallowed_methods, reason = "an id that a seed could give again would be no id")]
    let bytes: [u8; 16] = rand::random();
    uuid(bytes)
}

/// A UUID in its usual form, of these bytes.
pub(crate) fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The door of the administrators.
pub(crate) fn serve(archive: &Arc<Archive>) -> RecordServiceServer<grpc::Service> {
    RecordServiceServer::new(grpc::Service(Arc::clone(archive)))
}
