//! The exchange of Fiks Arkiv messages: how one comes, waits, is answered, fetched and expires. What it means is decided
//! elsewhere.

mod message;

pub(crate) use message::{Attachment, Incoming, Outgoing};
