//! Where a piece of an upload belongs.

use std::ops::Range;

/// A piece that does not belong where its sender says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// Bytes before it are missing.
    Gap,
    /// It goes on after the end of the document.
    Beyond,
}

/// Which bytes of a piece are new to an upload that came as far as `came`.
///
/// What is there already is passed over, so that a piece may be sent twice, and two senders of one document may send side
/// by side.
///
/// # Errors
/// [`Misplaced`] where the piece leaves a gap, or is longer than the document.
pub(crate) fn place(came: u64, size: u64, offset: u64, len: usize) -> Result<Range<usize>, Misplaced> {
    debug_assert!(came <= size);
    let end = offset.checked_add(len as u64).filter(|end| *end <= size).ok_or(Misplaced::Beyond)?;
    if offset > came {
        return Err(Misplaced::Gap);
    }
    if end <= came {
        return Ok(len..len);
    }
    // Smaller than `len`, as `offset <= came < end`.
    let known = usize::try_from(came - offset).unwrap_or(len);
    Ok(known..len)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_piece_that_follows_overlaps_or_was_there_is_placed_and_any_other_is_not() {
        assert_eq!(place(10, 20, 10, 5), Ok(0..5));
        assert_eq!(place(10, 20, 8, 5), Ok(2..5));
        assert_eq!(place(10, 20, 0, 10), Ok(10..10));
        assert_eq!(place(10, 20, 11, 1), Err(Misplaced::Gap));
        assert_eq!(place(10, 20, 10, 11), Err(Misplaced::Beyond));
        assert_eq!(place(0, u64::MAX, u64::MAX, 1), Err(Misplaced::Beyond));
    }

    /// As [`place`] is used: what an upload holds after a piece, or what is wrong with the piece.
    fn append(held: &mut Vec<u8>, document: &[u8], offset: u64, piece: &[u8]) -> Result<(), Misplaced> {
        let new = place(held.len() as u64, document.len() as u64, offset, piece.len())?;
        held.extend_from_slice(&piece[new]);
        Ok(())
    }

    proptest! {
        /// Several senders, each somewhere in the document, each sending pieces of any length, again and again.
        #[test]
        fn whatever_is_sent_in_whatever_order_an_upload_only_ever_holds_the_beginning_of_its_document(
            document in prop::collection::vec(any::<u8>(), 1..200),
            pieces in prop::collection::vec((0_usize..220, 0_usize..60), 0..80),
        ) {
            let mut held = Vec::new();
            for (offset, len) in pieces {
                let before = held.len();
                let start = offset.min(document.len());
                let piece = &document[start..(start + len).min(document.len())];
                let outcome = append(&mut held, &document, offset as u64, piece);
                prop_assert!(document.starts_with(&held));
                match outcome {
                    Ok(()) => prop_assert_eq!(held.len(), before.max(offset + piece.len())),
                    Err(Misplaced::Gap) => prop_assert!(offset > before && held.len() == before),
                    Err(Misplaced::Beyond) => prop_assert!(offset + piece.len() > document.len()),
                }
            }
            // Whoever asks how far it came, and goes on from there, gets to the end.
            while held.len() < document.len() {
                let came = held.len();
                let end = (came + 17).min(document.len());
                prop_assert_eq!(append(&mut held, &document, came as u64, &document[came..end]), Ok(()));
            }
            prop_assert_eq!(held, document);
        }

        #[test]
        fn no_numbers_make_a_place_outside_of_the_document(
            size: u64, came: u64, offset: u64, len in 0_usize..1_000_000,
        ) {
            let came = came.min(size);
            match place(came, size, offset, len) {
                Ok(new) => {
                    prop_assert!(new.start <= new.end && new.end == len);
                    let end = came.max(offset + len as u64);
                    prop_assert!(new.is_empty() || offset + new.start as u64 == came);
                    prop_assert!(end <= size);
                }
                Err(Misplaced::Gap) => prop_assert!(offset > came),
                Err(Misplaced::Beyond) => prop_assert!(offset.checked_add(len as u64).is_none_or(|end| end > size)),
            }
        }
    }
}
