//! What keeps a stream of events from its end, and whether trying again helps.

use std::time::Duration;

use samflyt_proto::common::Refusal;
use samflyt_runtime::refused::violation;
use tonic::{Code, Status};

use crate::cli::Failure;

/// Why a stream did not get to the end.
#[derive(Debug)]
pub(super) struct Interrupted {
    pub why: String,
    pub pause: Option<Duration>,
    /// Trying again does not help.
    pub is_final: bool,
    /// Something about the first unsettled event may be the cause.
    pub suspect: bool,
}

impl Interrupted {
    pub(super) fn passing(why: String, pause: Option<Duration>) -> Self {
        Self { why, pause, is_final: false, suspect: false }
    }

    pub(super) fn unanswered() -> Self {
        let why = "the hub ended the stream before it had answered every event".to_owned();
        Self { why, pause: None, is_final: false, suspect: true }
    }
}

impl From<Status> for Interrupted {
    fn from(status: Status) -> Self {
        let code = status.code();
        let is_final = matches!(code, Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented);
        let failure = Failure::from(status);
        let suspect = !is_final && code != Code::Unavailable;
        Self { pause: failure.retry_after, why: failure.to_string(), is_final, suspect }
    }
}

/// A status that is about the event, as its refusal; any other interrupts.
pub(super) fn refusal_of_event(status: Status) -> Result<Refusal, Interrupted> {
    let about_the_event = matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::OutOfRange
            | Code::FailedPrecondition
    );
    // Who may not publish this event may publish another: the reason tells it from a caller who is not believed.
    let (code, failure) = (status.code(), Failure::from(status.clone()));
    if failure.retry_after.is_some() || !(about_the_event || code == Code::PermissionDenied) {
        return Err(status.into());
    }
    let reason = if code == Code::OutOfRange { "TOO_LARGE".to_owned() } else { failure.reason };
    let violations = failure.fields.into_iter().map(|(field, told)| violation(field, &told)).collect();
    Ok(Refusal { reason, message: failure.message, violations, retry_after: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_is_gone_is_tried_again_and_a_token_that_is_not_believed_is_not() {
        assert!(!Interrupted::from(Status::unavailable("gone")).is_final);
        assert!(!Interrupted::from(Status::unavailable("gone")).suspect);
        assert!(Interrupted::from(Status::unknown("broken pipe")).suspect);
        assert!(Interrupted::from(Status::unauthenticated("expired")).is_final);
    }

    #[test]
    fn a_status_about_the_event_is_its_refusal() {
        let refusal = refusal_of_event(Status::out_of_range("message length too large")).unwrap();
        assert_eq!(refusal.reason, "TOO_LARGE");
        assert!(refusal_of_event(Status::permission_denied("no")).is_ok());
        assert!(refusal_of_event(Status::unavailable("gone")).is_err());
        assert!(refusal_of_event(Status::unauthenticated("expired")).unwrap_err().is_final);
    }
}
