//! What an endpoint's answer means.

use std::error::Error;
use std::time::Duration;

use reqwest::{Response, StatusCode};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Of an answer's body, so much is read, and for so long.
const BODY_MAX: usize = 16 * 1024;
const BODY_WITHIN: Duration = Duration::from_secs(1);
/// Characters of it that a reason repeats.
const SAID_MAX: usize = 200;
/// So many digits in a row may be a person's number.
const DIGITS_MAX: usize = 5;

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Delivered,
    Failed {
        reason: String,
        after: Option<time::Duration>,
    },
    /// The endpoint wants nothing any more.
    Gone(String),
}

/// Judges an answer. Its body is read as far as it is worth it.
pub(super) async fn judge(mut response: Response, now: OffsetDateTime) -> Outcome {
    let status = response.status();
    let after = retry_after(&response, now);
    let body = read(&mut response).await;
    if status.is_success() {
        return Outcome::Delivered;
    }
    let reason = format!("the endpoint answered {status}{}{}", advice(status), said(&body));
    match status {
        StatusCode::GONE => Outcome::Gone(reason),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Outcome::Failed { reason, after },
        _ => Outcome::Failed { reason, after: None },
    }
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        _ if status.is_redirection() => ": redirects are not followed, give the subscription its new address",
        StatusCode::GONE => ": the subscription is paused, end it or set it active again",
        _ => "",
    }
}

/// Seconds or a moment, as RFC 9110 (10.2.3) has it.
fn retry_after(response: &Response, now: OffsetDateTime) -> Option<time::Duration> {
    let text = response.headers().get("retry-after")?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(time::Duration::seconds(seconds.into())),
        Err(_) => OffsetDateTime::parse(text, &Rfc2822).ok().map(|moment| moment - now),
    }
}

async fn read(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() >= BODY_MAX {
                break;
            }
        }
    };
    // What came until then will do.
    let _ = tokio::time::timeout(BODY_WITHIN, reading).await;
    body
}

/// What an answer said, so that it can be read and tells nothing of a person.
fn said(body: &[u8]) -> String {
    let is_printable =
        |letter: &char| letter.is_alphanumeric() || letter.is_ascii_graphic() || *letter == ' ';
    let text = String::from_utf8_lossy(body);
    let text: String = text.chars().filter(is_printable).take(SAID_MAX).collect();
    let mut said = String::new();
    let mut digits = String::new();
    for letter in text.chars().chain(std::iter::once(' ')) {
        if letter.is_numeric() {
            digits.push(letter);
            continue;
        }
        said.push_str(if digits.len() > DIGITS_MAX { "…" } else { &digits });
        digits.clear();
        said.push(letter);
    }
    match said.trim() {
        "" => String::new(),
        said => format!(": {said}"),
    }
}

/// Why there is no answer.
pub(super) fn no_answer(error: &reqwest::Error, within: Duration) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_connect() && error.is_timeout() {
        "no connection to the endpoint in its time".to_owned()
    } else if error.is_timeout() {
        format!("the endpoint did not answer within {} s", within.as_secs_f64())
    } else if error.is_connect() {
        format!("no connection to the endpoint: {cause}")
    } else {
        format!("the endpoint gave no answer that can be read: {cause}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_endpoint_says_is_cut_and_cleaned_and_numbers_are_left_out() {
        assert_eq!(said(b""), "");
        assert_eq!(said(b"\x1b[31m no\n such case 12345"), ": [31m no such case 12345");
        assert_eq!(said("fødselsnummer 01819012345 er ukjent".as_bytes()), ": fødselsnummer … er ukjent");
        assert_eq!(said(b"01819012345"), ": …");
        assert_eq!(said(&b"x".repeat(5_000)).len(), 202);
        assert_eq!(said(&[0xff, 0xfe, 0x00]), "");
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_a_moment() {
        let now = time::macros::datetime!(2026-03-02 8:00 UTC);
        let asked = |text: &'static str| {
            let answer = axum::http::Response::builder().header("retry-after", text).body("").unwrap();
            retry_after(&Response::from(answer), now).map(time::Duration::whole_seconds)
        };
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked("Mon, 02 Mar 2026 08:01:30 GMT"), Some(90));
        assert_eq!(asked("Mon, 02 Mar 2026 07:00:00 GMT"), Some(-3_600));
        assert_eq!((asked("soon"), asked("-5"), asked("99999999999999999999")), (None, None, None));
    }
}
