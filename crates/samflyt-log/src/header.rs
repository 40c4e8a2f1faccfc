//! The headers' names, ready made. Making one from text compares it with thirty others and copies it, which for fifteen
//! headers an event costs more than all else that the gateway does with it.

use async_nats::HeaderName;

macro_rules! known {
    ($($name:literal),* $(,)?) => {
        /// The name as the client library has it.
        pub(crate) fn name(text: &str) -> Option<HeaderName> {
            Some(match text {
                $($name => const { HeaderName::from_static($name) },)*
                _ => return None,
            })
        }
    };
}

known! {
    "Nats-Msg-Id", "traceparent", "ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time",
    "ce-datacontenttype", "ce-dataschema", "ce-tenant", "ce-correlationid", "ce-causationid", "ce-corrects", "ce-retracts",
    "ce-backfill", "ce-publisher", "ce-digest",
}
