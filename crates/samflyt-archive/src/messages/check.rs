//! What a door was told of a message, checked before anything is stored.

use samflyt_events::{Reason, Refusal, SystemId, TenantId, Violation};
use samflyt_noark::fiks::MessageType;

/// As the sender said it, whatever the transport.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub tenant: Option<String>,
    pub system: Option<String>,
    pub kind: Option<String>,
    pub client_id: Option<String>,
    pub correlation: Option<String>,
    pub ttl_s: Option<u32>,
}

/// What a transport calls its fields, in refusals.
#[derive(Debug)]
pub(crate) struct Fields {
    pub tenant: &'static str,
    pub system: &'static str,
    pub kind: &'static str,
    pub client_id: &'static str,
    pub correlation: &'static str,
    pub payload: &'static str,
    pub files: &'static str,
}

/// What was said, and is of its form.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub tenant: TenantId,
    pub system: SystemId,
    pub kind: MessageType,
    pub client_id: String,
    pub correlation: Option<String>,
    pub ttl_s: Option<u32>,
}

const NAME_CHARACTERS_MAX: usize = 128;
const FILE_NAME_BYTES_MAX: usize = 255;
/// The largest payload.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 8 * 1024 * 1024;

impl Said {
    /// # Errors
    /// `REQUEST_INVALID` names every field that is missing or not of its form; `TYPE_UNKNOWN`.
    pub fn check(self, fields: &Fields) -> Result<Checked, Refusal> {
        let mut problems = Vec::new();
        let tenant = parsed(self.tenant, fields.tenant, "name the municipality", &mut problems, |text| {
            TenantId::new(text).map_err(|rule| rule.to_string())
        });
        let system =
            parsed(self.system, fields.system, "name the system of the hub", &mut problems, |text| {
                SystemId::new(text).map_err(|rule| rule.to_string())
            });
        let advice = "give each message a name of its own, such as a UUID, and the same to a resend";
        let client_id = parsed(self.client_id, fields.client_id, advice, &mut problems, own_name);
        let correlation = self.correlation.filter(|text| !text.is_empty());
        let correlation = correlation
            .and_then(|text| parsed(Some(text), fields.correlation, "shorten it", &mut problems, own_name));
        let kind =
            parsed(
                self.kind,
                fields.kind,
                "name the message type",
                &mut problems,
                |text| Ok(text.to_owned()),
            );
        let (Some(tenant), Some(system), Some(client_id), Some(kind), true) =
            (tenant, system, client_id, kind, problems.is_empty())
        else {
            return Err(refuse(problems));
        };
        let kind = request(&kind, fields.kind)?;
        Ok(Checked { tenant, system, kind, client_id, correlation, ttl_s: self.ttl_s })
    }
}

fn parsed<T>(
    said: Option<String>,
    field: &str,
    advice: &str,
    problems: &mut Vec<Violation>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let outcome = match said.filter(|text| !text.is_empty()) {
        Some(text) => parse(&text),
        None => Err("is missing".to_owned()),
    };
    outcome.map_err(|rule| problems.push(Violation::new(field, rule, advice))).ok()
}

fn own_name(text: &str) -> Result<String, String> {
    if text.chars().count() > NAME_CHARACTERS_MAX {
        return Err(format!("has more than {NAME_CHARACTERS_MAX} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err("holds a control character".to_owned());
    }
    Ok(text.to_owned())
}

fn request(name: &str, field: &str) -> Result<MessageType, Refusal> {
    if let Some(kind) = MessageType::parse(name).ok().filter(|kind| kind.is_request()) {
        return Ok(kind);
    }
    let known = MessageType::all()
        .filter(|kind| kind.is_request())
        .map(MessageType::name)
        .collect::<Vec<_>>()
        .join(", ");
    let advice = format!("use one of {known}");
    Err(Refusal::of_field(Reason::TypeUnknown, field, "is no message type that the archive answers", advice))
}

/// Whether the payload is there, and not too large.
///
/// # Errors
/// `REQUEST_INVALID`, `TOO_LARGE`.
pub(crate) fn payload(bytes: usize, fields: &Fields) -> Result<(), Refusal> {
    if bytes == 0 {
        let advice = "send the XML document of the message type";
        return Err(invalid(fields.payload, "is missing or empty", advice));
    }
    if bytes > PAYLOAD_BYTES_MAX {
        return Err(payload_too_large(fields));
    }
    Ok(())
}

pub(crate) fn payload_too_large(fields: &Fields) -> Refusal {
    let rule = format!("has more than {PAYLOAD_BYTES_MAX} bytes");
    Refusal::of_field(Reason::TooLarge, fields.payload, rule, "send documents as files, and refer to them")
}

/// Whether a file may have its name, beside those that came before it.
///
/// # Errors
/// `REQUEST_INVALID`.
pub(crate) fn file_name<'n>(
    name: &str,
    mut before: impl Iterator<Item = &'n str>,
    field: &str,
) -> Result<(), Refusal> {
    let rule = if name.is_empty() {
        "has no file name"
    } else if name.len() > FILE_NAME_BYTES_MAX {
        "has a file name of more than 255 bytes"
    } else if name.contains(['/', '\\']) || name == "." || name == ".." {
        "has a path for a file name"
    } else if name.chars().any(char::is_control) {
        "has a control character in its file name"
    } else if before.any(|other| other == name) {
        "has the file name of another file"
    } else {
        return Ok(());
    };
    Err(invalid(field, rule, "give each file the name by which the payload refers to it"))
}

pub(crate) fn invalid(field: &str, rule: &str, advice: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
}

fn refuse(problems: Vec<Violation>) -> Refusal {
    let all = problems.iter().map(|problem| format!("`{}` {}", problem.field, problem.rule));
    let message = all.collect::<Vec<_>>().join(", ");
    Refusal { violations: problems, ..Refusal::new(Reason::RequestInvalid, message) }
}

#[cfg(test)]
mod tests {
    use super::super::http::FIELDS;
    use super::*;

    fn said() -> Said {
        Said {
            tenant: Some("seljord".to_owned()),
            system: Some("seljord-oppvekst".to_owned()),
            kind: Some("no.ks.fiks.arkiv.v1.innsyn.sok".to_owned()),
            client_id: Some("1".to_owned()),
            ..Said::default()
        }
    }

    #[test]
    fn every_field_that_is_missing_or_wrong_is_named() {
        assert!(said().check(&FIELDS).is_ok());
        let refusal = Said::default().check(&FIELDS).unwrap_err();
        let fields: Vec<_> = refusal.violations.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["/kommune", "/system", "/klientMeldingId", "/meldingstype"]);
        let long = Said { client_id: Some("x".repeat(129)), correlation: Some("\u{7}".to_owned()), ..said() };
        let refusal = long.check(&FIELDS).unwrap_err();
        let rules: Vec<_> = refusal.violations.iter().map(|problem| problem.rule.as_str()).collect();
        assert_eq!(rules, ["has more than 128 characters", "holds a control character"]);
    }

    #[test]
    fn a_type_that_is_unknown_or_an_answer_is_refused_with_those_that_are_known() {
        for kind in ["", "sok", "no.ks.fiks.arkiv.v1.feilmelding.serverfeil"] {
            let refusal = Said { kind: Some(kind.to_owned()), ..said() }.check(&FIELDS).unwrap_err();
            assert_eq!(refusal.violations[0].field, "/meldingstype", "{kind}");
            let names_them = refusal.violations[0].advice.contains("no.ks.fiks.arkiv.v1.innsyn.sok");
            assert_eq!(names_them, !kind.is_empty());
        }
    }

    #[test]
    fn a_file_has_a_name_of_its_own_and_no_path() {
        for (name, rule) in [
            ("", "has no file name"),
            ("../a.pdf", "has a path for a file name"),
            ("c:\\a.pdf", "has a path for a file name"),
            ("a\n.pdf", "has a control character in its file name"),
            ("a.pdf", "has the file name of another file"),
        ] {
            let refusal = file_name(name, ["a.pdf"].into_iter(), "/filer/1").unwrap_err();
            assert_eq!(refusal.violations[0].rule, rule);
        }
        assert!(file_name("vedtak (1) – æøå.pdf", ["a.pdf"].into_iter(), "/filer/1").is_ok());
    }
}
