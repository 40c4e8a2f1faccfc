//! What the bytes of a document say of their format. Detection, not validation: a damaged PDF that begins as one is one.

mod detector;
mod pdf;
mod policy;
mod text;

use serde::{Deserialize, Serialize};

pub(crate) use detector::Detector;
pub(crate) use policy::Policy;

/// A format, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Format {
    pub media_type: String,
    /// What narrows it: `PDF/A-2B`, `PDF-1.7`, `UTF-8`. Empty where nothing does.
    pub profile: String,
}

impl Format {
    fn new(media_type: &str, profile: impl Into<String>) -> Self {
        Self { media_type: media_type.to_owned(), profile: profile.into() }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.profile.is_empty() { &self.media_type } else { &self.profile })
    }
}
