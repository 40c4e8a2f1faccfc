//! The event log on JetStream: append, read, follow
