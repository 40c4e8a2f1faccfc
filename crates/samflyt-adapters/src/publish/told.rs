//! What a refusal means for what is sent, and how it is written down.

use std::time::Duration;

use samflyt_proto::common::Refusal;
use samflyt_runtime::refused::violation;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::hub::reason;

pub(crate) fn retry_after(refusal: &Refusal) -> Option<Duration> {
    refusal.retry_after.and_then(|after| Duration::try_from(after).ok())
}

/// What a status says of the event itself; none where it is about the caller or passes.
pub(crate) fn refusal_of_event(status: &Status) -> Option<Refusal> {
    let about_the_event = matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::OutOfRange
            | Code::FailedPrecondition
            | Code::PermissionDenied
    );
    let details = status.get_error_details();
    // What is not from the hub, such as from a proxy before it, says nothing of the event. Its size is judged below the hub.
    let is_too_large = status.code() == Code::OutOfRange;
    let is_of_the_hub = is_too_large || !reason(status).is_empty();
    if !about_the_event || !is_of_the_hub || details.retry_info().is_some() {
        return None;
    }
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    Some(Refusal {
        reason: if is_too_large { "TOO_LARGE".to_owned() } else { reason(status) },
        message: status.message().to_owned(),
        violations: violations.into_iter().map(|v| violation(v.field, &v.description)).collect(),
        retry_after: None,
    })
}

/// A refusal as it is kept beside what was refused.
pub(crate) fn refusal_json(refusal: &Refusal) -> Value {
    let violations = refusal.violations.iter();
    let violations: Vec<Value> =
        violations.map(|v| json!({"field": v.field, "rule": v.rule, "advice": v.advice})).collect();
    json!({"reason": refusal.reason, "message": refusal.message, "violations": violations})
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_status_about_the_event_is_its_refusal_and_one_about_the_hub_is_none() {
        let refusal = refusal_of_event(&Status::out_of_range("message length too large")).unwrap();
        assert_eq!(refusal.reason, "TOO_LARGE");
        assert!(refusal_of_event(&Status::unavailable("gone")).is_none());
        assert!(refusal_of_event(&Status::unauthenticated("expired")).is_none());
        let broken = |details| Status::with_error_details(Code::InvalidArgument, "broken", details);
        let of_the_hub =
            broken(ErrorDetails::with_error_info("CONTRACT_VIOLATED", "samflyt", HashMap::new()));
        assert_eq!(refusal_of_event(&of_the_hub).unwrap().reason, "CONTRACT_VIOLATED");
        assert!(refusal_of_event(&Status::permission_denied("a proxy says so")).is_none());
    }
}
