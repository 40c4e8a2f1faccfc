//! Whether a document is plain text, and in which of the two character sets that the archive takes.

/// Is given all pieces of a document in their order.
#[derive(Debug)]
pub(super) struct TextCheck {
    utf_8: bool,
    latin_1: bool,
    /// The beginning of a character whose end is in the next piece.
    begun: Vec<u8>,
}

impl Default for TextCheck {
    fn default() -> Self {
        Self { utf_8: true, latin_1: true, begun: Vec::new() }
    }
}

impl TextCheck {
    pub fn feed(&mut self, piece: &[u8]) {
        if !self.utf_8 && !self.latin_1 {
            return;
        }
        if piece.iter().any(|b| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1f | 0x7f)) {
            (self.utf_8, self.latin_1) = (false, false);
            return;
        }
        self.latin_1 = self.latin_1 && !piece.iter().any(|b| matches!(b, 0x80..=0x9f));
        if self.utf_8 {
            self.check_utf_8(piece);
        }
    }

    /// None where it is no text.
    pub fn charset(&self) -> Option<&'static str> {
        match (self.utf_8 && self.begun.is_empty(), self.latin_1) {
            (true, _) => Some("UTF-8"),
            (false, true) => Some("ISO-8859-1"),
            (false, false) => None,
        }
    }

    fn check_utf_8(&mut self, piece: &[u8]) {
        // Only the few bytes around a character that was cut in two are copied.
        let mut rest = piece;
        while !self.begun.is_empty() && !rest.is_empty() {
            self.begun.push(rest[0]);
            rest = &rest[1..];
            match std::str::from_utf8(&self.begun) {
                Ok(_) => self.begun.clear(),
                Err(error) if error.error_len().is_some() => {
                    self.utf_8 = false;
                    return;
                }
                Err(_) => {}
            }
        }
        if let Err(error) = std::str::from_utf8(rest) {
            self.utf_8 = error.error_len().is_none();
            self.begun = rest[error.valid_up_to()..].to_vec();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_pieces_that_a_text_comes_in_change_nothing(
            text in "[a-zæøå€\n]{0,40}", bytes in prop::collection::vec(0x20_u8.., 0..40), cut in 1_usize..9,
        ) {
            for document in [text.as_bytes(), &bytes] {
                let mut whole = TextCheck::default();
                whole.feed(document);
                let mut pieces = TextCheck::default();
                document.chunks(cut).for_each(|piece| pieces.feed(piece));
                prop_assert_eq!(pieces.charset(), whole.charset());
                let valid = std::str::from_utf8(document).is_ok() && !document.contains(&0x7f);
                prop_assert_eq!(whole.charset() == Some("UTF-8"), valid);
            }
        }
    }
}
