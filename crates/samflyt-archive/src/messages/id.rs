//! Identifiers of messages and answers: UUIDs (RFC 9562, version 8).
//!
//! Kept true: a message's id follows from tenant, system and `klientMeldingId`, under the tenant's key, so that a resend has
//! the same id wherever and whenever it comes, and nobody reads or guesses anything from it. An answer's follows from its
//! message's.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::records::Seal;
use samflyt_events::SystemId;

/// Which of the two answers of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// A write came in: `….mottatt`.
    Receipt,
    /// `kvittering`, `resultat`, `feilmelding` or `tidsavbrudd`.
    Answer,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id([u8; 16]);

impl Id {
    pub fn of_message(seal: &Seal, system: &SystemId, client_id: &str) -> Self {
        Self::from_random(seal.look_up(&["message", system.as_str(), client_id]))
    }

    pub fn of_answer(self, part: Part) -> Self {
        let digest = Sha256::new().chain_update(self.0).chain_update(part.as_str()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self::from_random(bytes)
    }

    /// Sets the version and the variant.
    fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// None where the text is no UUID.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 36 || [8, 13, 18, 23].iter().any(|at| bytes[*at] != b'-') {
            return None;
        }
        let mut digits = bytes.iter().filter(|byte| **byte != b'-').map(|byte| (*byte as char).to_digit(16));
        let mut id = [0; 16];
        for byte in &mut id {
            let (high, low) = (digits.next()??, digits.next()??);
            *byte = u8::try_from(high << 4 | low).ok()?;
        }
        digits.next().is_none().then_some(Self(id))
    }
}

impl Part {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "mottatt",
            Self::Answer => "svar",
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if [4, 6, 8, 10].contains(&at) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_it_is_written(bytes: [u8; 16]) {
            let id = Id::from_random(bytes);
            prop_assert_eq!(Id::parse(&id.to_string()), Some(id));
            prop_assert_eq!(Id::parse(&id.to_string().to_uppercase()), Some(id));
            prop_assert_ne!(id.of_answer(Part::Receipt), id.of_answer(Part::Answer));
        }
    }

    #[test]
    fn what_is_no_uuid_is_none() {
        let all = ["", "x", "00000000000040008000000000000000", "0000000g-0000-4000-8000-000000000000"];
        for text in all
            .into_iter()
            .chain(["0000000-00000-4000-8000-000000000000", "é0000000-0000-4000-8000-0000000000"])
        {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
