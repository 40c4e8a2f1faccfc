//! How a refusal looks from outside: the only mapping of reasons to gRPC and HTTP codes.

use std::time::Duration;

use samflyt_events::{Reason, Refusal, Violation};
use samflyt_proto::common;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// The domain of every `ErrorInfo`.
pub const DOMAIN: &str = "samflyt";

/// Both codes of a reason.
pub fn codes(reason: Reason) -> (Code, u16) {
    match reason {
        Reason::TokenMissing | Reason::TokenInvalid => (Code::Unauthenticated, 401),
        Reason::NotGranted => (Code::PermissionDenied, 403),
        Reason::SystemUnknown | Reason::TypeUnknown | Reason::ContractVersionUnknown | Reason::NotFound => {
            (Code::NotFound, 404)
        }
        Reason::EnvelopeInvalid | Reason::TimeInFuture | Reason::RequestInvalid => {
            (Code::InvalidArgument, 400)
        }
        Reason::ContractViolated
        | Reason::ContractInvalid
        | Reason::ResourceInvalid
        | Reason::DigestMismatch
        | Reason::DocumentEmpty => (Code::InvalidArgument, 422),
        Reason::FormatNotApproved => (Code::InvalidArgument, 415),
        Reason::OffsetWrong => (Code::OutOfRange, 409),
        Reason::UploadIncomplete => (Code::FailedPrecondition, 409),
        Reason::TooLarge => (Code::InvalidArgument, 413),
        Reason::IdReused | Reason::AlreadyExists => (Code::AlreadyExists, 409),
        Reason::Conflict => (Code::Aborted, 409),
        Reason::LogUnavailable
        | Reason::IndexBehind
        | Reason::StoreUnavailable
        | Reason::ArchiveUnavailable => (Code::Unavailable, 503),
        Reason::QuotaReached => (Code::ResourceExhausted, 507),
        Reason::DocumentDamaged => (Code::DataLoss, 500),
        Reason::LimitReached => (Code::ResourceExhausted, 429),
    }
}

/// `google.rpc.Status` with `ErrorInfo`, `BadRequest` and `RetryInfo` where they apply.
pub fn status(refusal: &Refusal) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(
        refusal.reason.as_str(),
        DOMAIN,
        std::collections::HashMap::<String, String>::new(),
    );
    if !refusal.violations.is_empty() {
        let violation = |v: &Violation| FieldViolation::new(&v.field, format!("{}: {}", v.rule, v.advice));
        details.set_bad_request(refusal.violations.iter().map(violation).collect::<Vec<_>>());
    }
    if let Some(pause) = refusal.retry_after {
        details.set_retry_info(Some(pause));
    }
    Status::with_error_details(codes(refusal.reason).0, &refusal.message, details)
}

/// The refusal as a message of its own, where a stream goes on.
pub fn message(refusal: &Refusal) -> common::Refusal {
    let violation = |v: &Violation| common::Violation {
        field: v.field.clone(),
        rule: v.rule.clone(),
        advice: v.advice.clone(),
    };
    common::Refusal {
        reason: refusal.reason.as_str().to_owned(),
        message: refusal.message.clone(),
        violations: refusal.violations.iter().map(violation).collect(),
        retry_after: refusal.retry_after.map(duration),
    }
}

/// Of a refusal that arrived: whether the same may be accepted a little later.
pub fn is_passing(refusal: &common::Refusal) -> bool {
    let known = ["LOG_UNAVAILABLE", "INDEX_BEHIND", "LIMIT_REACHED"].contains(&refusal.reason.as_str());
    known || refusal.retry_after.is_some()
}

/// What [`status`] wrote of a violation, as a message.
pub fn violation(field: String, description: &str) -> common::Violation {
    let (rule, advice) = description.split_once(": ").unwrap_or((description, ""));
    common::Violation { field, rule: rule.to_owned(), advice: advice.to_owned() }
}

/// A problem document (RFC 9457).
pub fn problem(refusal: &Refusal) -> serde_json::Value {
    let reason = refusal.reason.as_str();
    let mut problem = serde_json::json!({
        "type": format!("urn:samflyt:problem:{reason}"),
        "title": reason,
        "status": codes(refusal.reason).1,
        "detail": refusal.message,
        "reason": reason,
    });
    if !refusal.violations.is_empty() {
        problem["violations"] = serde_json::json!(refusal.violations);
    }
    if let Some(pause) = refusal.retry_after {
        problem["retry_after_s"] = pause.as_secs().max(1).into();
    }
    problem
}

/// The protobuf form of a duration.
pub fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or(0),
    }
}

/// The protobuf form of a moment.
pub fn timestamp(moment: time::OffsetDateTime) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: moment.unix_timestamp(),
        nanos: i32::try_from(moment.nanosecond()).unwrap_or(0),
    }
}

/// The moment of a protobuf form; none where it is out of range.
pub fn moment(timestamp: &prost_types::Timestamp) -> Option<time::OffsetDateTime> {
    let second = time::OffsetDateTime::from_unix_timestamp(timestamp.seconds).ok()?;
    second.replace_nanosecond(u32::try_from(timestamp.nanos).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_reason_fields_and_when_to_try_again() {
        let refusal = Refusal::of_field(Reason::EnvelopeInvalid, "/id", "is empty", "give one");
        let status = status(&refusal);
        assert_eq!(status.code(), Code::InvalidArgument);
        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, "ENVELOPE_INVALID");
        assert_eq!(details.error_info().unwrap().domain, "samflyt");
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "/id");

        let refusal = Refusal::new(Reason::LogUnavailable, "gone");
        let details = super::status(&refusal).get_error_details();
        assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_secs(1)));
        assert_eq!(problem(&refusal)["status"], 503);
    }
}
