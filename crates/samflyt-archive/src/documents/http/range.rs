//! Which bytes of which size a request carries.

use std::ops::Range;

use axum::http::{HeaderMap, header};
use samflyt_events::{Reason, Refusal};

/// A piece of a document, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carried {
    pub bytes: Range<u64>,
    pub size: u64,
}

impl Carried {
    /// By `Content-Range: bytes <first>-<last>/<size>`, or by `Content-Length` for all of it.
    ///
    /// # Errors
    /// `REQUEST_INVALID` names the header.
    pub fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text =
            |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or(""));
        match (text(header::CONTENT_RANGE), text(header::CONTENT_LENGTH)) {
            (Some(range), _) => parse(range).ok_or_else(|| {
                invalid("/Content-Range", "is not `bytes <first>-<last>/<size>`", "count bytes from 0")
            }),
            (None, Some(length)) => {
                let size =
                    length.parse().map_err(|_| invalid("/Content-Length", "is no number", "mend it"))?;
                Ok(Self { bytes: 0..size, size })
            }
            // Without either, there is no body (RFC 9112, 6.3).
            (None, None) if !headers.contains_key(header::TRANSFER_ENCODING) => {
                Ok(Self { bytes: 0..0, size: 0 })
            }
            (None, None) => {
                let advice = "give the size of the document, or use Content-Range";
                Err(invalid("/Content-Length", "is missing", advice))
            }
        }
    }
}

fn parse(text: &str) -> Option<Carried> {
    let (range, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    let (first, last, size) = (number(first)?, number(last)?, number(size)?);
    let end = last.checked_add(1).filter(|end| *end > first && *end <= size)?;
    Some(Carried { bytes: first..end, size })
}

fn invalid(field: &str, rule: &str, advice: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_range_of_a_known_size_is_refused() {
        for text in
            ["", "bytes 0-9/*", "bytes */10", "bytes 5-4/10", "bytes 0-10/10", "bytes +0-9/10", "0-9/10"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("bytes 0-{0}/{0}", u64::MAX)), None);
    }

    proptest! {
        #[test]
        fn a_range_reads_back_as_it_is_written(first: u64, len in 1_u64.., more: u64) {
            let Some(end) = first.checked_add(len) else { return Ok(()) };
            let size = end.saturating_add(more);
            let text = format!("bytes {first}-{}/{size}", end - 1);
            prop_assert_eq!(parse(&text), Some(Carried { bytes: first..end, size }));
        }
    }
}
