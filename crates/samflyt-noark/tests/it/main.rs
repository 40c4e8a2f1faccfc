//! Runs against the published schemas, where `SAMFLYT_CONFORMANCE_DIR` says where they are.

mod noark5;
mod schemas;
