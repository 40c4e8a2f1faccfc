//! A document's format, while it is read once from beginning to end.

use super::Format;
use super::pdf::PdfScan;
use super::text::TextCheck;

/// What magic bytes are looked for in.
const HEAD_BYTES: usize = 8 * 1024;

const UNKNOWN: &str = "application/octet-stream";

/// Is given all pieces of a document in their order.
#[derive(Debug, Default)]
pub(crate) struct Detector {
    head: Vec<u8>,
    pdf: PdfScan,
    text: TextCheck,
}

impl Detector {
    pub fn feed(&mut self, piece: &[u8]) {
        let room = HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        self.pdf.feed(piece);
        self.text.feed(piece);
    }

    pub fn finish(self) -> Format {
        let known = infer::get(&self.head).map_or(UNKNOWN, |kind| kind.mime_type());
        match known {
            "application/pdf" => Format::new(known, self.pdf.profile(&self.head)),
            "text/xml" => Format::new("application/xml", ""),
            // Guesses about text by its first characters; what it is in, the text itself says below.
            UNKNOWN | "text/html" | "text/x-shellscript" => self.text_or(known),
            known => Format::new(known, ""),
        }
    }

    fn text_or(self, known: &str) -> Format {
        let charset = self.text.charset();
        match charset {
            Some(charset) if known != UNKNOWN => Format::new(known, charset),
            Some(charset) if self.head.starts_with(b".HODE") => Format::new("text/vnd.sosi", charset),
            Some(charset) => Format::new("text/plain", charset),
            None => Format::new(UNKNOWN, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(document: &[u8], piece_bytes: usize) -> (String, String) {
        let mut detector = Detector::default();
        document.chunks(piece_bytes).for_each(|piece| detector.feed(piece));
        let format = detector.finish();
        (format.media_type, format.profile)
    }

    #[test]
    fn the_formats_of_the_archive_regulation_are_told_apart_whatever_the_pieces() {
        let pdf_a = b"%PDF-1.7\nstream <rdf:Description pdfaid:part=\"2\" pdfaid:conformance='B'/> endstream";
        let long_pdf = [b"%PDF-1.4\n".as_slice(), &[7; 3_000], b"<pdfaid:part>1</pdfaid:part>", &[9; 3_000]];
        for (document, media_type, profile) in [
            (pdf_a.as_slice(), "application/pdf", "PDF/A-2B"),
            (&long_pdf.concat(), "application/pdf", "PDF/A-1"),
            (b"%PDF-1.5\n%\xe2\xe3\n1 0 obj", "application/pdf", "PDF-1.5"),
            (b"<?xml version=\"1.0\"?><mappe/>", "application/xml", ""),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?><mappe/>", "application/xml", ""),
            (b"II*\0\x08\0\0\0\x0e\0\0\x01", "image/tiff", ""),
            (b"MM\0*\0\0\0\x08\0\x0e\x01\0", "image/tiff", ""),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg", ""),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png", ""),
            ("Søknad om barnehageplass\r\n".as_bytes(), "text/plain", "UTF-8"),
            (b"S\xf8knad om barnehageplass\r\n", "text/plain", "ISO-8859-1"),
            (b".HODE 0:\n..TEGNSETT UTF-8\n", "text/vnd.sosi", "UTF-8"),
            (b"ID3\x03\0\0\0\0\0\0", "audio/mpeg", ""),
            (b"RIFF\x24\0\0\0WAVEfmt ", "audio/x-wav", ""),
            (b"\0\x01\x02\x03 anything", "application/octet-stream", ""),
        ] {
            for piece_bytes in [document.len(), 1, 7, 64, 1_000] {
                let found = detect(document, piece_bytes);
                assert_eq!(found, (media_type.to_owned(), profile.to_owned()), "pieces of {piece_bytes}");
            }
        }
    }
}
