//! Fiks Arkiv V1: the national protocol.

mod message_type;

pub use message_type::MessageType;
