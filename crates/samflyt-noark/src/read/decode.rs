//! Bytes to text: a byte order mark prevails over the declaration, the declaration over UTF-8.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Problem, is_xml};

/// The text, with line feeds at the ends of lines, as XML 1.0 section 2.11 wants it, and without a byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<String, Problem> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (without_mark(bytes)?, 0),
    };
    let text =
        encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]).ok_or_else(|| {
            let advice = format!("write it in {}, or declare the encoding that it is in", encoding.name());
            Problem::new("/", None, "holds bytes that are not text in its encoding", advice)
        })?;
    if let Some(at) = text.find(|character| !is_xml(character)) {
        let line = 1 + text[..at].matches('\n').count();
        let rule = "holds a character that XML 1.0 does not allow";
        return Err(Problem::new("/", u32::try_from(line).ok(), rule, "remove control characters"));
    }
    if text.contains('\r') {
        return Ok(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    Ok(text.into_owned())
}

fn without_mark(bytes: &[u8]) -> Result<&'static Encoding, Problem> {
    match bytes {
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let Some(label) = declared(bytes) else { return Ok(UTF_8) };
    match Encoding::for_label(label) {
        Some(encoding) if encoding == UTF_8 || encoding == WINDOWS_1252 => Ok(encoding),
        // Programs that write to a string of UTF-16 declare it, and then save the string in UTF-8.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        _ => {
            let advice = "use UTF-8 (UTF-16, ISO-8859-1 and windows-1252 are read too)";
            Err(Problem::new("/", Some(1), "declares an encoding that is not read here", advice))
        }
    }
}

/// The encoding in the XML declaration.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).take(256).position(|two| two == b"?>")?;
    let declaration = &declaration[..end];
    let at = declaration.windows(8).position(|word| word == b"encoding")? + 8;
    let mut quoted = declaration[at..].split(|byte| matches!(byte, b'"' | b'\''));
    quoted.nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_byte_order_mark_prevails_over_the_declaration() {
        let text_utf16 = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><å/>";
        for bytes in [utf16(text_utf16, u16::to_le_bytes), utf16(text_utf16, u16::to_be_bytes)] {
            assert_eq!(text(&bytes).unwrap(), text_utf16[3..]);
        }
        let text_utf8 = "\u{feff}<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><å/>";
        assert_eq!(text(text_utf8.as_bytes()).unwrap(), text_utf8[3..]);
    }

    #[test]
    fn without_a_mark_the_declaration_says_what_it_is_and_else_it_is_utf_8() {
        for label in ["ISO-8859-1", "latin1", "Windows-1252"] {
            let mut bytes = format!("<?xml version='1.0' encoding='{label}'?><a>").into_bytes();
            bytes.extend([0xe5, b'<', b'/', b'a', b'>']);
            assert!(text(&bytes).unwrap().ends_with("<a>å</a>"), "{label}");
        }
        assert_eq!(text("<å/>".as_bytes()).unwrap(), "<å/>");
        assert_eq!(text(&utf16("<å/>", u16::to_le_bytes)).unwrap(), "<å/>");
        let declared_utf16 = "<?xml version=\"1.0\" encoding=\"utf-16\"?><å/>";
        assert_eq!(text(declared_utf16.as_bytes()).unwrap(), declared_utf16);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let rule = |bytes: &[u8]| text(bytes).unwrap_err().rule;
        assert_eq!(rule(b"<a>\xe5</a>"), "holds bytes that are not text in its encoding");
        assert_eq!(
            rule(b"<?xml version='1.0' encoding='Shift_JIS'?><a/>"),
            "declares an encoding that is not read here"
        );
        let control = text(b"<a>\n\n\x0b</a>").unwrap_err();
        assert_eq!(control.rule, "holds a character that XML 1.0 does not allow");
        assert_eq!(control.line, Some(3));
    }

    #[test]
    fn lines_end_with_a_line_feed() {
        assert_eq!(text(b"<a>\r\n1\r2\n</a>").unwrap(), "<a>\n1\n2\n</a>");
    }
}
