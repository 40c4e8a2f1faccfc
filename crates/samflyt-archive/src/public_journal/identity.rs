//! Identity numbers in texts that the public sees: hidden wherever they stand (krav 5.2.31).

use samflyt_events::personal::is_identity_number;

use crate::access::HIDDEN;

/// How many digits an identity number has.
const DIGITS: usize = 11;

/// The text with `*****` in the place of every identity number: eleven digits that pass the checks, whatever white space,
/// points and hyphens stand between them, also within a longer row of digits.
pub(super) fn hidden(text: &str) -> String {
    let mut found = Vec::new();
    let mut row: Vec<(usize, u8)> = Vec::new();
    for (at, c) in text.char_indices() {
        match u8::try_from(c).ok().filter(u8::is_ascii_digit) {
            Some(digit) => {
                row.push((at, digit));
                let Some(last) = row.len().checked_sub(DIGITS).and_then(|from| row.get(from..)) else {
                    continue;
                };
                let digits: Vec<u8> = last.iter().map(|(_, digit)| *digit).collect();
                if let Some((from, _)) = last.first().filter(|_| is_identity_number(&digits)) {
                    found.push((*from, at + 1));
                    row.clear();
                }
            }
            None if c.is_whitespace()
                || matches!(c, '.' | '-' | '\u{ad}' | '\u{200b}' | '\u{2011}' | '\u{2013}') => {}
            None => row.clear(),
        }
    }
    let (mut shown, mut from) = (String::new(), 0);
    for (begin, end) in found {
        shown.push_str(text.get(from..begin).unwrap_or_default());
        shown.push_str(HIDDEN);
        from = end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests {
    use samflyt_events::personal::synthetic;

    use super::*;

    #[test]
    fn an_identity_number_is_hidden_however_it_is_written() {
        let number = (0..999).find_map(|serial| synthetic(1, 2, 90, serial)).unwrap();
        let (date, rest) = number.split_at(6);
        let ways = [
            number.clone(),
            format!("{date} {rest}"),
            format!("{date}-{rest}"),
            format!("{} {} {}\u{a0}{rest}", &date[..2], &date[2..4], &date[4..]),
            number.chars().map(|digit| format!("{digit} ")).collect::<String>().trim().to_owned(),
        ];
        for way in ways {
            assert_eq!(hidden(&format!("Søknad fra {way}, født")), "Søknad fra *****, født", "{way}");
        }
        assert_eq!(hidden(&format!("{number}{number}")), "**********");
        assert_eq!(hidden(&format!("sak 2026 {number}")), "sak 2026 *****");
    }

    #[test]
    fn other_numbers_and_texts_stay_as_they_are() {
        for text in
            ["", "Sak 2026/17, gnr. 12 bnr. 345", "964963193", "Tlf. 35 06 51 00", "12345678901", "æøå 1"]
        {
            assert_eq!(hidden(text), text);
        }
    }
}
