//! A status of the hub, as a person reads it (promise 8: failing is explained).

use std::fmt;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// What the hub answered instead of doing what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The stable reason, or the gRPC code where something else than the hub answered.
    pub reason: String,
    pub message: String,
    /// Field, and what is wrong with it.
    pub fields: Vec<(String, String)>,
    pub retry_after: Option<Duration>,
    hint: Option<&'static str>,
}

impl std::error::Error for Failure {}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let reason = match details.error_info() {
            Some(info) => info.reason.clone(),
            None => format!("{:?}", status.code()).to_uppercase(),
        };
        let fields = details.bad_request().map_or_else(Vec::new, |bad| {
            bad.field_violations.iter().map(|v| (v.field.clone(), v.description.clone())).collect()
        });
        let retry_after = details.retry_info().and_then(|retry| retry.retry_delay);
        let message = if status.message().is_empty() { "no message" } else { status.message() };
        Self { hint: hint(&reason, status.code()), reason, message: message.to_owned(), fields, retry_after }
    }
}

fn hint(reason: &str, code: Code) -> Option<&'static str> {
    match reason {
        "TOKEN_MISSING" | "TOKEN_INVALID" => {
            Some("give a token with --token or SAMFLYT_TOKEN; `samflyt token` issues one for development")
        }
        "NOT_GRANTED" => Some("what a token may do is the registry's grants: `samflyt registry grant list`"),
        _ if code == Code::Unimplemented => {
            Some("this endpoint does not serve it: does the process run the service?")
        }
        _ => None,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.reason)?;
        for (field, description) in &self.fields {
            write!(f, "\n  {}: {description}", if field.is_empty() { "/" } else { field })?;
        }
        if let Some(pause) = self.retry_after {
            write!(f, "\n  try again in {} s", pause.as_secs().max(1))?;
        }
        if let Some(hint) = self.hint {
            write!(f, "\n  {hint}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;

    #[test]
    fn a_refusal_is_shown_with_reason_fields_and_when_to_try_again() {
        let mut details = ErrorDetails::new();
        details.set_error_info(
            "REQUEST_INVALID",
            "samflyt",
            std::collections::HashMap::<String, String>::new(),
        );
        details.set_bad_request(vec![FieldViolation::new("/id", "is empty: give one")]);
        details.set_retry_info(Some(Duration::from_millis(200)));
        let status = Status::with_error_details(Code::InvalidArgument, "`/id` is empty", details);
        assert_eq!(
            Failure::from(status).to_string(),
            "`/id` is empty (REQUEST_INVALID)\n  /id: is empty: give one\n  try again in 1 s"
        );
    }

    #[test]
    fn a_status_that_is_not_of_the_hub_shows_its_code() {
        let shown = Failure::from(Status::unimplemented("")).to_string();
        assert!(shown.starts_with("no message (UNIMPLEMENTED)\n  this endpoint"), "{shown}");
    }
}
