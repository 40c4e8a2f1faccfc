//! What a PDF says of itself: the version in its header, and PDF/A part and conformance in its XMP packet, which PDF/A
//! requires to be readable without decoding (ISO 19005-1, 6.7).

use memchr::memmem;

const PART: &[u8] = b"pdfaid:part";
const CONFORMANCE: &[u8] = b"pdfaid:conformance";

/// A name with its value fits in it, with room for white space.
const LOOK_BYTES: usize = 64;

/// Looks for the names in a document that comes in pieces. The last that is found counts: later parts of a PDF override
/// earlier ones.
#[derive(Debug, Default)]
pub(super) struct PdfScan {
    part: Option<char>,
    conformance: Option<char>,
    tail: Vec<u8>,
}

impl PdfScan {
    pub fn feed(&mut self, piece: &[u8]) {
        let mut seam = std::mem::take(&mut self.tail);
        seam.extend_from_slice(&piece[..piece.len().min(LOOK_BYTES)]);
        self.search(&seam);
        self.search(piece);
        let last = if piece.len() > LOOK_BYTES { piece } else { &seam };
        self.tail = last[last.len().saturating_sub(LOOK_BYTES)..].to_vec();
    }

    pub fn profile(&self, head: &[u8]) -> String {
        match (self.part, self.conformance) {
            (Some(part), Some(conformance)) => format!("PDF/A-{part}{}", conformance.to_ascii_uppercase()),
            (Some(part), None) => format!("PDF/A-{part}"),
            (None, _) => version(head).map(|version| format!("PDF-{version}")).unwrap_or_default(),
        }
    }

    fn search(&mut self, bytes: &[u8]) {
        self.part = last_value(bytes, PART, |c| c.is_ascii_digit()).or(self.part);
        self.conformance = last_value(bytes, CONFORMANCE, |c| c.is_ascii_alphabetic()).or(self.conformance);
    }
}

/// The one character that follows a name, as an attribute or as an element.
fn last_value(bytes: &[u8], name: &[u8], is_value: fn(&char) -> bool) -> Option<char> {
    let values = memmem::find_iter(bytes, name).filter_map(|at| {
        let mut rest = bytes[at + name.len()..].iter().take(LOOK_BYTES);
        rest.find(|b| !b" \t\r\n=>\"'".contains(b)).map(|b| char::from(*b)).filter(is_value)
    });
    values.last()
}

fn version(head: &[u8]) -> Option<&str> {
    let at = memmem::find(head, b"%PDF-")? + 5;
    let version = std::str::from_utf8(head.get(at..at + 3)?).ok()?;
    let is_version = |(at, c): (usize, char)| if at == 1 { c == '.' } else { c.is_ascii_digit() };
    version.char_indices().all(is_version).then_some(version)
}
