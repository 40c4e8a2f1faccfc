//! The public API: generated code only
