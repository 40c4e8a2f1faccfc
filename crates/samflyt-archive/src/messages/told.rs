//! What the log's headers tell of a message: all that the index needs, and nothing personal.
//!
//! One message of the log is one of: `messages.<tenant>.<id>.asked`, `….answered`, `….confirmed-mottatt`,
//! `….confirmed-svar`. Each comes at most once for a message: the broker appends it only where its subject is empty.

use samflyt_events::{SystemId, TenantId};
use samflyt_log::Entry;
use samflyt_noark::fiks::MessageType;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::id::{Id, Part};

const KIND: &str = "Samflyt-Message-Type";
const SYSTEM: &str = "Samflyt-System";
/// The type of the receipt that it got at once; absent: none.
const RECEIPT: &str = "Samflyt-Receipt";
const DIGEST: &str = "Samflyt-Digest";
const AT: &str = "Samflyt-At";
const EXPIRES_AT: &str = "Samflyt-Expires-At";

/// A keyed digest of what a message holds: tells a resend from another message under the same name.
pub(crate) type ContentDigest = [u8; 16];

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Asked {
        kind: MessageType,
        receipt: Option<MessageType>,
        system: SystemId,
        digest: ContentDigest,
        at: OffsetDateTime,
        expires_at: OffsetDateTime,
    },
    Answered {
        kind: MessageType,
        at: OffsetDateTime,
        expires_at: OffsetDateTime,
    },
    Confirmed {
        part: Part,
        at: OffsetDateTime,
    },
}

impl Told {
    pub fn subject(&self, tenant: &TenantId, id: Id) -> String {
        format!("messages.{tenant}.{id}.{}", self.word())
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Answered { .. } => "answered",
            Self::Confirmed { part: Part::Receipt, .. } => "confirmed-mottatt",
            Self::Confirmed { part: Part::Answer, .. } => "confirmed-svar",
        }
    }

    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let time = |moment: &OffsetDateTime| moment.format(&Rfc3339).unwrap_or_default();
        match self {
            Self::Asked { kind, receipt, system, digest, at, expires_at } => {
                let receipt = receipt.map(|kind| (RECEIPT, kind.name()));
                let rest = [
                    (KIND, kind.name()),
                    (SYSTEM, system.to_string()),
                    (DIGEST, format!("{:032x}", u128::from_be_bytes(*digest))),
                    (AT, time(at)),
                    (EXPIRES_AT, time(expires_at)),
                ];
                receipt.into_iter().chain(rest).collect()
            }
            Self::Answered { kind, at, expires_at } => {
                vec![(KIND, kind.name()), (AT, time(at)), (EXPIRES_AT, time(expires_at))]
            }
            Self::Confirmed { at, .. } => vec![(AT, time(at))],
        }
    }

    /// None where a message of the log is none of these.
    pub fn read(entry: &Entry) -> Option<(Id, Self)> {
        let mut tokens = entry.subject.split('.').skip(2);
        let (id, word) = (Id::parse(tokens.next()?)?, tokens.next()?);
        let moment = |name| OffsetDateTime::parse(entry.header(name)?, &Rfc3339).ok();
        let named = |name| MessageType::parse(entry.header(name)?).ok();
        let kind = || named(KIND);
        let at = moment(AT)?;
        let told = match word {
            "asked" => Self::Asked {
                kind: kind()?,
                receipt: named(RECEIPT),
                system: SystemId::new(entry.header(SYSTEM)?).ok()?,
                digest: u128::from_str_radix(entry.header(DIGEST)?, 16).ok()?.to_be_bytes(),
                at,
                expires_at: moment(EXPIRES_AT)?,
            },
            "answered" => Self::Answered { kind: kind()?, at, expires_at: moment(EXPIRES_AT)? },
            "confirmed-mottatt" => Self::Confirmed { part: Part::Receipt, at },
            "confirmed-svar" => Self::Confirmed { part: Part::Answer, at },
            _ => return None,
        };
        Some((id, told))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_told_reads_back_from_the_log() {
        let (at, expires_at) = (datetime!(2026-03-02 8:00 UTC), datetime!(2026-03-03 8:00:00.5 UTC));
        let kind = MessageType::parse("no.ks.fiks.arkiv.v1.innsyn.sok").unwrap();
        let system = SystemId::new("seljord-oppvekst").unwrap();
        let id = Id::parse("01234567-89ab-8def-8123-456789abcdef").unwrap();
        let tenant = TenantId::new("seljord").unwrap();
        for told in [
            Told::Asked {
                kind,
                receipt: MessageType::ArkivmeldingOpprett.mottatt(),
                system: system.clone(),
                digest: [7; 16],
                at,
                expires_at,
            },
            Told::Asked { kind, receipt: None, system, digest: [7; 16], at, expires_at },
            Told::Answered { kind, at, expires_at },
            Told::Confirmed { part: Part::Receipt, at },
            Told::Confirmed { part: Part::Answer, at },
        ] {
            let headers = told.headers().into_iter().map(|(name, value)| (name.to_owned(), value));
            let entry = Entry::new(told.subject(&tenant, id), 1, at, 0, headers, "");
            assert_eq!(Told::read(&entry), Some((id, told)));
        }
    }
}
