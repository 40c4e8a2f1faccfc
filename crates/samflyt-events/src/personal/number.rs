//! A national identity number that a publisher gave: which rules it keeps to, and whether the tenant takes its kind.
//!
//! Skatteetaten, "Nye fødselsnummer og d-nummer fra 2032": numbers given from 2032 have a first check digit with four lawful
//! remainders (0 to 3), those of today only 0; both are valid side by side, the second check digit is as before, and the
//! number tells neither sex nor century any more. So numbers of both rules are taken at any time, and nothing is read from
//! the serial.

use std::fmt;

use super::{FIRST_REMAINDER_MAX, WEIGHTS_FIRST, second_check_digit_holds, weighted};

/// Who is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// *Fødselsnummer*: who is or was resident.
    Birth,
    /// *D-nummer*: day + 40, others who need one.
    D,
}

/// Numbers that nobody has, by what is added to the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synthetic {
    /// + 80: Skatteetaten's test population (Tenor).
    Skatteetaten,
    /// + 40: NAV's; the health sector gives help numbers (*H-nummer*) of the same form, which identify nobody nationally.
    Nav,
    /// + 65: another test series, which the recogniser knows.
    Other,
}

/// By which rule the first check digit holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckDigits {
    /// Remainder 0.
    Today,
    /// Remainder 1, 2 or 3.
    From2032,
}

/// What is wrong with an identity number. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("is not eleven digits")]
    Form,
    #[error("does not begin with a day that the calendar has")]
    Date,
    #[error("has a first check digit that is right neither by the rule of today nor by that of 2032")]
    FirstCheckDigit,
    #[error("has a wrong second check digit")]
    SecondCheckDigit,
    #[error("is of a synthetic series, which this municipality does not take")]
    Synthetic,
    #[error("is of a series that real persons have, and this municipality takes synthetic ones only")]
    Real,
}

impl IdentityError {
    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Synthetic => "send real persons here, and test persons to a test municipality",
            Self::Real => "send persons of a synthetic series, such as those of Tenor (month + 80)",
            _ => "send the number as the population register has it",
        }
    }
}

/// Which numbers a municipality takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityPolicy {
    /// Production: nobody who does not exist.
    #[default]
    RealOnly,
    /// Demo and test: nobody who does.
    SyntheticOnly,
}

impl IdentityPolicy {
    /// # Errors
    /// [`IdentityError::Synthetic`], [`IdentityError::Real`].
    pub fn check(self, number: &IdentityNumber) -> Result<(), IdentityError> {
        match (self, number.synthetic()) {
            (Self::RealOnly, Some(_)) => Err(IdentityError::Synthetic),
            (Self::SyntheticOnly, None) => Err(IdentityError::Real),
            _ => Ok(()),
        }
    }
}

/// Eleven digits that keep to the rules. Prints as nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    digits: String,
    series: Series,
    synthetic: Option<Synthetic>,
    check_digits: CheckDigits,
}

impl IdentityNumber {
    /// Whether a text is written like an identity number: eleven digits, also as `ddmmyy nnnnn`.
    pub fn has_the_form(text: &str) -> bool {
        digits_of(text).is_some()
    }

    /// # Errors
    /// [`IdentityError`] names the first rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = digits_of(text).ok_or(IdentityError::Form)?;
        let mut digit = [0; 11];
        digit.iter_mut().zip(digits.bytes()).for_each(|(to, from)| *to = u32::from(from - b'0'));
        let (series, synthetic) = date(&digit).ok_or(IdentityError::Date)?;
        let check_digits = match (weighted(&digit, &WEIGHTS_FIRST) + digit[9]) % 11 {
            0 => CheckDigits::Today,
            1..=FIRST_REMAINDER_MAX => CheckDigits::From2032,
            _ => return Err(IdentityError::FirstCheckDigit),
        };
        if !second_check_digit_holds(&digit) {
            return Err(IdentityError::SecondCheckDigit);
        }
        Ok(Self { digits, series, synthetic, check_digits })
    }

    /// All eleven.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    pub fn series(&self) -> Series {
        self.series
    }

    /// None: somebody may have it.
    pub fn synthetic(&self) -> Option<Synthetic> {
        self.synthetic
    }

    pub fn check_digits(&self) -> CheckDigits {
        self.check_digits
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityNumber(…)")
    }
}

fn digits_of(text: &str) -> Option<String> {
    let digits = match text.as_bytes().get(6) {
        Some(b' ' | b'-' | b'.') if text.len() == 12 && text.is_ascii() => [&text[..6], &text[7..]].concat(),
        _ => text.to_owned(),
    };
    (digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The series that the first six digits tell, where they are a day. The century is not known: 29 February is taken for any
/// year that is divisible by four.
fn date(digit: &[u32; 11]) -> Option<(Series, Option<Synthetic>)> {
    let pair = |at: usize| digit[at] * 10 + digit[at + 1];
    let (series, day) = match pair(0) {
        day @ 41..=71 => (Series::D, day - 40),
        day => (Series::Birth, day),
    };
    let (synthetic, month) = match pair(2) {
        month @ 81..=92 => (Some(Synthetic::Skatteetaten), month - 80),
        month @ 66..=77 => (Some(Synthetic::Other), month - 65),
        month @ 41..=52 => (Some(Synthetic::Nav), month - 40),
        month => (None, month),
    };
    let days = match month {
        2 if pair(4).is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some((series, synthetic))
}

#[cfg(test)]
mod tests {
    use super::super::{WEIGHTS_SECOND, is_identity_number};
    use super::*;

    /// A number of the day and month as written, whose first check digit leaves the remainder.
    fn number(day: u32, month: u32, year: u32, remainder: u32) -> String {
        // Serials from 500 in the year 39: born in 2039, so nobody has these numbers today.
        (500..1000)
            .find_map(|serial| {
                let stem = format!("{day:02}{month:02}{year:02}{serial:03}");
                let mut digit = [0; 11];
                digit.iter_mut().zip(stem.bytes()).for_each(|(to, from)| *to = u32::from(from - b'0'));
                digit[9] = (11 + remainder - weighted(&digit, &WEIGHTS_FIRST) % 11) % 11;
                digit[10] = (11 - weighted(&digit, &WEIGHTS_SECOND) % 11) % 11;
                (digit[9] < 10 && digit[10] < 10).then(|| format!("{stem}{}{}", digit[9], digit[10]))
            })
            .unwrap()
    }

    #[test]
    fn numbers_of_today_and_of_2032_are_taken_and_told_apart() {
        for (remainder, rule) in [
            (0, CheckDigits::Today),
            (1, CheckDigits::From2032),
            (2, CheckDigits::From2032),
            (3, CheckDigits::From2032),
        ] {
            let parsed = IdentityNumber::parse(&number(1, 1, 39, remainder)).unwrap();
            assert_eq!(parsed.check_digits(), rule);
        }
        for remainder in 4..=10 {
            let wrong = IdentityNumber::parse(&number(1, 1, 39, remainder));
            assert_eq!(wrong, Err(IdentityError::FirstCheckDigit));
        }
    }

    #[test]
    fn series_are_told_by_day_and_month() {
        for (day, month, series, synthetic) in [
            (31, 12, Series::Birth, None),
            (71, 12, Series::D, None),
            (1, 81, Series::Birth, Some(Synthetic::Skatteetaten)),
            (41, 92, Series::D, Some(Synthetic::Skatteetaten)),
            (1, 41, Series::Birth, Some(Synthetic::Nav)),
            (1, 77, Series::Birth, Some(Synthetic::Other)),
        ] {
            let parsed = IdentityNumber::parse(&number(day, month, 39, 0)).unwrap();
            assert_eq!((parsed.series(), parsed.synthetic()), (series, synthetic), "{day} {month}");
        }
    }

    #[test]
    fn production_refuses_synthetic_numbers_and_the_demo_real_ones() {
        let (real, synthetic) = (number(1, 1, 39, 0), number(1, 81, 39, 0));
        let check = |policy: IdentityPolicy, text: &str| policy.check(&IdentityNumber::parse(text).unwrap());
        assert_eq!(check(IdentityPolicy::RealOnly, &real), Ok(()));
        assert_eq!(check(IdentityPolicy::RealOnly, &synthetic), Err(IdentityError::Synthetic));
        assert_eq!(check(IdentityPolicy::SyntheticOnly, &synthetic), Ok(()));
        assert_eq!(check(IdentityPolicy::SyntheticOnly, &real), Err(IdentityError::Real));
    }

    #[test]
    fn a_refusal_names_the_rule_and_never_the_number() {
        let good = number(1, 81, 39, 0);
        let last = if good.ends_with('0') { '1' } else { '0' };
        for (text, error) in [
            (String::new(), IdentityError::Form),
            (good[..10].to_owned(), IdentityError::Form),
            (format!("{good}1"), IdentityError::Form),
            (number(30, 82, 39, 0), IdentityError::Date),
            (number(29, 82, 39, 0), IdentityError::Date),
            (number(32, 1, 39, 0), IdentityError::Date),
            (number(1, 13, 39, 0), IdentityError::Date),
            (number(1, 0, 39, 0), IdentityError::Date),
            (format!("{}{last}", &good[..10]), IdentityError::SecondCheckDigit),
        ] {
            assert_eq!(IdentityNumber::parse(&text), Err(error), "{error}");
        }
        assert!(IdentityNumber::parse(&number(29, 82, 40, 0)).is_ok());
        assert_eq!(format!("{:?}", IdentityNumber::parse(&good).unwrap()), "IdentityNumber(…)");
    }

    #[test]
    fn what_is_taken_here_is_also_found_where_none_may_stand() {
        for remainder in 0..=3 {
            for month in [1, 41, 66, 81] {
                let text = number(15, month, 39, remainder);
                assert!(is_identity_number(text.as_bytes()) && IdentityNumber::parse(&text).is_ok());
                let written = format!("{}-{}", &text[..6], &text[6..]);
                assert_eq!(IdentityNumber::parse(&written).unwrap().digits(), text);
            }
        }
    }
}
