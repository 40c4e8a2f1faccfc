//! Patterns: `*` is any text, `?` one character; the whole value must fit.

use memchr::memmem::Finder;

/// A pattern, in lower case like what it is held against.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    signs: Vec<char>,
    /// The longest text in it: what lacks that cannot fit.
    needle: Finder<'static>,
}

impl Pattern {
    pub fn new(folded: &str) -> Self {
        let longest = folded.split(['*', '?']).max_by_key(|run| run.len()).unwrap_or_default();
        Self { signs: folded.chars().collect(), needle: Finder::new(longest).into_owned() }
    }

    pub fn fits(&self, text: &str) -> bool {
        self.needle.find(text.as_bytes()).is_some() && self.walk(text)
    }

    fn walk(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text.chars());
        // Where the last `*` was, and the text from which on it may take one character more.
        let mut star = None;
        loop {
            match self.signs.get(at) {
                Some('*') => {
                    at += 1;
                    star = Some((at, rest.clone()));
                    continue;
                }
                Some(sign) => {
                    let mut after = rest.clone();
                    if after.next().is_some_and(|next| *sign == '?' || *sign == next) {
                        (at, rest) = (at + 1, after);
                        continue;
                    }
                }
                None if rest.as_str().is_empty() => return true,
                None => {}
            }
            let Some((after_star, from)) = &mut star else { return false };
            if from.next().is_none() {
                return false;
            }
            (at, rest) = (*after_star, from.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_character() {
        let fits = |pattern: &str, text: &str| Pattern::new(pattern).fits(text);
        assert!(fits("test*", "test av skole") && !fits("test*", "en test"));
        assert!(fits("*æ?e*", "bærer") && !fits("æ?", "æ") && fits("??", "øå"));
        assert!(fits("*", "") && fits("", "") && !fits("", "a") && !fits("a*b", "abc"));
    }

    /// The meaning, by trying every split.
    fn means(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|from| means(rest, &text[from..])),
            Some((sign, rest)) => text
                .split_first()
                .is_some_and(|(next, text)| (*sign == '?' || sign == next) && means(rest, text)),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_some_split_of_the_text_fits(pattern in "[aå*?]{0,8}", text in "[aå]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(Pattern::new(&pattern).fits(&text), means(&chars(&pattern), &chars(&text)));
        }
    }
}
