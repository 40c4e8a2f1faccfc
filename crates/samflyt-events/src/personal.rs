//! National identity numbers (*fødselsnummer*, *D-nummer*): recognised where none may stand, and checked where one must.
//!
//! The last check digit is modulo 11 before and after 2032; the first loses its meaning then (Skatteetaten: "ny
//! kontrollsifferberegning fra 2032" allows four remainders). What passes the rule of either is taken for a number.

mod number;

pub use number::{CheckDigits, IdentityError, IdentityNumber, IdentityPolicy, Series, Synthetic};

/// The highest remainder that the first check digit may leave, by the rule of 2032.
const FIRST_REMAINDER_MAX: u32 = 3;
const WEIGHTS_FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const WEIGHTS_SECOND: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/// Whether a run of just eleven digits in the text, also written `ddmmyy nnnnn`, is an identity number. Digits within a
/// UUID or a hash are none: one UUID in 25,000 has such a run by chance.
pub fn holds_identity_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if is_identity_number(&bytes[at..end]) && !is_within_hash(bytes, at, end) {
            return true;
        }
        if end - at == 6 && matches!(bytes.get(end), Some(b' ' | b'-' | b'.')) {
            let rest = bytes[end + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
            if rest == 5 && is_identity_number(&[&bytes[at..end], &bytes[end + 1..end + 6]].concat()) {
                return true;
            }
        }
        at = end;
    }
    false
}

/// Whether the digits stand in 16 or more hexadecimal digits with a letter among them, or in the last group of a UUID.
fn is_within_hash(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = bytes[..start].iter().rev().take_while(|b| b.is_ascii_hexdigit()).count();
    let after = bytes[end..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let (start, length) = (start - before, before + end - start + after);
    let is_uuid = || {
        let Some(groups) = start.checked_sub(24).map(|from| &bytes[from..start]) else { return false };
        groups.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
    };
    before + after > 0 && (length >= 16 || (length == 12 && is_uuid()))
}

/// Whether these are the eleven digits of an identity number, a real or a synthetic one.
pub fn is_identity_number(digits: &[u8]) -> bool {
    let Ok(digits) = <[u8; 11]>::try_from(digits) else { return false };
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let digit = digits.map(|b| u32::from(b - b'0'));
    plausible_date(digit) && first_check_digit_holds(&digit) && second_check_digit_holds(&digit)
}

/// D-numbers add 40 to the day; synthetic series add 40, 65 or 80 to the month.
fn plausible_date(digit: [u32; 11]) -> bool {
    let day = digit[0] * 10 + digit[1];
    let month = digit[2] * 10 + digit[3];
    matches!(day, 1..=31 | 41..=71) && matches!(month, 1..=12 | 41..=52 | 66..=77 | 81..=92)
}

fn weighted(digit: &[u32; 11], weights: &[u32]) -> u32 {
    weights.iter().zip(digit).map(|(weight, digit)| weight * digit).sum()
}

fn first_check_digit_holds(digit: &[u32; 11]) -> bool {
    (weighted(digit, &WEIGHTS_FIRST) + digit[9]) % 11 <= FIRST_REMAINDER_MAX
}

fn second_check_digit_holds(digit: &[u32; 11]) -> bool {
    (weighted(digit, &WEIGHTS_SECOND) + digit[10]).is_multiple_of(11)
}

/// A synthetic number (month + 80, as Skatteetaten's test population has) by the rule of today, if this serial has one.
pub fn synthetic(day: u32, month: u32, year: u32, serial: u32) -> Option<String> {
    let stem = format!("{:02}{:02}{:02}{:03}", day % 100, (month + 80) % 100, year % 100, serial % 1000);
    let mut digit = [0; 11];
    for (to, from) in digit.iter_mut().zip(stem.bytes()) {
        *to = u32::from(from - b'0');
    }
    digit[9] = (11 - weighted(&digit, &WEIGHTS_FIRST) % 11) % 11;
    digit[10] = (11 - weighted(&digit, &WEIGHTS_SECOND) % 11) % 11;
    (digit[9] < 10 && digit[10] < 10).then(|| format!("{stem}{}{}", digit[9], digit[10]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_number_is_found_wherever_it_stands() {
        let number = (0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap();
        for text in [
            number.clone(),
            format!("case-{number}"),
            format!("x{number}y"),
            format!("{} {}", &number[..6], &number[6..]),
        ] {
            assert!(holds_identity_number(&text));
        }
        assert!(!holds_identity_number(&format!("1{number}")), "twelve digits");
    }

    #[test]
    fn digits_within_a_uuid_or_a_hash_name_nobody() {
        let number = (0..9).find_map(|serial| synthetic(1, 1, 1, serial)).unwrap();
        assert!(!holds_identity_number(&format!("7d444840-9dc0-11d1-b245-{number}a")));
        assert!(!holds_identity_number(&format!("urn:uuid:7d444840-9dc0-11d1-b245-f{number}")));
        assert!(!holds_identity_number(&format!("0be4f{number}")));
        assert!(holds_identity_number(&format!("a{number}")));
        assert!(holds_identity_number(&format!("7d444840-{number}")));
    }

    #[test]
    fn hardly_any_other_run_of_digits_is_taken_for_one() {
        let taken = (0..100_000u64).filter(|n| holds_identity_number(&format!("{:011}", n * 99_991))).count();
        assert!(taken < 1_500, "{taken} of 100,000");
        assert!(!holds_identity_number("20261122091500"));
        assert!(!holds_identity_number("964963282"));
    }
}
