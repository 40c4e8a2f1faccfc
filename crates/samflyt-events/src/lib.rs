//! The language of the hub: identifiers, envelope, contracts, subjects, the catalogue. No tokio, no I/O
