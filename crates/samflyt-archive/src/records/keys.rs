//! The key families of the record store. Persisted: a change needs a higher [`super::RecordFold`] version.
//!
//! Every key is the family, the tenant, a zero byte and the rest. What a key must not say in clear (external keys, class
//! ids) is in it as a keyed hash ([`super::Seal::look_up`]).

use samflyt_noark::unit::Kind;
use serde::{Deserialize, Serialize};

/// What is counted, each from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Series {
    /// `sakssekvensnummer` in an arkiv and year.
    Sak,
    /// `journalsekvensnummer` in an arkiv and year.
    Journal,
    /// Folders that are no saksmapper, in an arkiv and year.
    Mappe,
    /// `journalpostnummer` in a mappe; its year is 0.
    Post,
}

/// A number that was given out: of which series, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Number {
    pub series: Series,
    /// The systemID of the arkiv or the mappe whose series it is.
    pub of: String,
    pub year: i32,
    pub number: i64,
}

impl Series {
    fn byte(self) -> u8 {
        match self {
            Self::Sak => b's',
            Self::Journal => b'j',
            Self::Mappe => b'm',
            Self::Post => b'p',
        }
    }
}

fn kind_byte(kind: Kind) -> u8 {
    match kind {
        Kind::Arkiv => b'a',
        Kind::Arkivdel => b'd',
        Kind::Klassifikasjonssystem => b's',
        Kind::Klasse => b'k',
        Kind::Mappe => b'm',
        Kind::Registrering => b'r',
    }
}

/// Makes the keys of one tenant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of<'t>(pub &'t str);

impl Of<'_> {
    fn key(self, family: u8, rest: &[&[u8]]) -> Vec<u8> {
        let mut key = vec![family];
        key.extend(self.0.as_bytes());
        key.push(0);
        rest.iter().for_each(|part| key.extend(*part));
        key
    }

    /// A unit, sealed.
    pub fn unit(self, system_id: &str) -> Vec<u8> {
        self.key(b'u', &[system_id.as_bytes()])
    }

    /// The units that another holds, by kind, in the order of their making: `place` is sequence and step.
    pub fn child(self, parent: &str, kind: Kind, place: Place) -> Vec<u8> {
        self.key(b'p', &[parent.as_bytes(), &[0, kind_byte(kind)], &place.bytes()])
    }

    pub fn children(self, parent: &str, kind: Kind) -> Vec<u8> {
        self.key(b'p', &[parent.as_bytes(), &[0, kind_byte(kind)]])
    }

    /// What an arkivdel holds itself, by the class that it is in first (all zeros: none), in the order of their making.
    pub fn placed(self, arkivdel: &str, class: [u8; 16], kind: Kind, place: Place) -> Vec<u8> {
        self.key(b'q', &[arkivdel.as_bytes(), &[0], &class, &[kind_byte(kind)], &place.bytes()])
    }

    pub fn all_placed(self, arkivdel: &str, class: [u8; 16], kind: Kind) -> Vec<u8> {
        self.key(b'q', &[arkivdel.as_bytes(), &[0], &class, &[kind_byte(kind)]])
    }

    /// All units of a kind, in the order of their making.
    pub fn of_kind(self, kind: Kind, place: Place) -> Vec<u8> {
        self.key(b'k', &[&[kind_byte(kind)], &place.bytes()])
    }

    pub fn all_of_kind(self, kind: Kind) -> Vec<u8> {
        self.key(b'k', &[&[kind_byte(kind)]])
    }

    /// What a keyed hash stands for: a unit's systemID.
    pub fn looked_up(self, hash: [u8; 16]) -> Vec<u8> {
        self.key(b'x', &[&hash])
    }

    /// A number that was given out: the unit that has it.
    pub fn number(self, number: &Number) -> Vec<u8> {
        let Number { series, of, year, number } = number;
        let (year, number) = (year.to_be_bytes(), number.to_be_bytes());
        self.key(b'n', &[of.as_bytes(), &[0, series.byte()], &year, &number])
    }

    /// The numbers of a series, ascending.
    pub fn numbers(self, series: Series, of: &str, year: i32) -> Vec<u8> {
        self.key(b'n', &[of.as_bytes(), &[0, series.byte()], &year.to_be_bytes()])
    }

    /// The last number of a series, 8 bytes.
    pub fn last(self, series: Series, of: &str, year: i32) -> Vec<u8> {
        self.key(b's', &[of.as_bytes(), &[0, series.byte()], &year.to_be_bytes()])
    }

    /// Where the numbers of a series begin: the last that was given elsewhere, and why; sealed.
    pub fn begun(self, series: Series, of: &str, year: i32) -> Vec<u8> {
        self.key(b'g', &[of.as_bytes(), &[0, series.byte()], &year.to_be_bytes()])
    }

    /// A journalpost whose avskrivninger refer to another one.
    pub fn settled(self, by: &str, journalpost: &str) -> Vec<u8> {
        self.key(b'a', &[by.as_bytes(), &[0], journalpost.as_bytes()])
    }

    pub fn all_settled(self, by: &str) -> Vec<u8> {
        self.key(b'a', &[by.as_bytes(), &[0]])
    }

    /// The registrering that a dokumentbeskrivelse or dokumentobjekt is part of.
    pub fn part(self, system_id: &str) -> Vec<u8> {
        self.key(b'b', &[system_id.as_bytes()])
    }

    /// A registrering that refers to a document.
    pub fn holder(self, digest: &str, registrering: &str) -> Vec<u8> {
        self.key(b'd', &[digest.as_bytes(), registrering.as_bytes()])
    }

    pub fn holders(self, digest: &str) -> Vec<u8> {
        self.key(b'd', &[digest.as_bytes()])
    }

    /// The sequence of the change that a cause led to, 8 bytes.
    pub fn cause(self, hash: [u8; 16]) -> Vec<u8> {
        self.key(b'c', &[&hash])
    }

    /// The changes that touched a unit, in their order: sequences.
    pub fn history(self, system_id: &str) -> Vec<u8> {
        self.key(b'i', &[system_id.as_bytes()])
    }

    pub fn in_history(self, system_id: &str, sequence: u64) -> Vec<u8> {
        self.key(b'i', &[system_id.as_bytes(), &sequence.to_be_bytes()])
    }

    /// The years of a series that have a last number.
    pub fn years(self, series: Series, of: &str) -> Vec<u8> {
        self.key(b's', &[of.as_bytes(), &[0, series.byte()]])
    }

    /// When a document was last released, in nanoseconds since 1970, 16 bytes.
    pub fn released(self, digest: &str) -> Vec<u8> {
        self.key(b'r', &[digest.as_bytes()])
    }

    pub fn all_released(self) -> Vec<u8> {
        self.key(b'r', &[])
    }

    /// A journalpost by its journaldato (`xs:date`, ten characters), and in the order of their making: its systemID.
    pub fn dated(self, day: &str, place: Place) -> Vec<u8> {
        self.key(b'j', &[day.as_bytes(), &place.bytes()])
    }

    /// What an external archive keeps: the code of its arkivdel.
    pub fn elsewhere(self, hash: [u8; 16]) -> Vec<u8> {
        self.key(b'e', &[&hash])
    }

    /// The units that a change touched.
    pub fn touched(self, sequence: u64) -> Vec<u8> {
        self.key(b'h', &[&sequence.to_be_bytes()])
    }
}

/// Where something was made: the change's sequence and its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    pub sequence: u64,
    pub step: u16,
}

impl Place {
    /// Before all others.
    pub const START: Self = Self { sequence: 0, step: 0 };
    /// After all others.
    pub const END: Self = Self { sequence: u64::MAX, step: u16::MAX };

    /// As a page's token has it.
    pub fn text(self) -> String {
        format!("{}-{}", self.sequence, self.step)
    }

    /// From what [`Place::text`] gave.
    pub fn parse(text: &str) -> Option<Self> {
        let (sequence, step) = text.split_once('-')?;
        Some(Self { sequence: sequence.parse().ok()?, step: step.parse().ok()? })
    }

    fn bytes(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[8..].copy_from_slice(&self.step.to_be_bytes());
        bytes
    }
}
