//! Does a hub answer, does it believe the token, and do its clock and ours agree.

use std::time::Duration;

use samflyt_proto::registry::ListTenantsRequest;
use samflyt_runtime::{Clock, SystemClock};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::check::Check;
use super::http;
use crate::cli::{Failure, Remote};

/// The header has whole seconds.
const CLOCK_SKEW_WARN: Duration = Duration::from_secs(2);
/// A hub takes no event that is further ahead.
const CLOCK_SKEW_FAIL: Duration = Duration::from_secs(300);

pub(super) async fn checks(remote: &Remote) -> Vec<Check> {
    let mut checks = Vec::new();
    match is_serving(remote).await {
        Ok(true) => {
            checks.push(Check::ok("hub", format!("serves gRPC at {}", remote.endpoint)));
            checks.push(token(remote).await);
        }
        Ok(false) => {
            let found = format!("{} answers, and is not serving", remote.endpoint);
            checks.push(Check::fail("hub", found, "look at its log"));
        }
        Err(why) => checks.push(Check::warn(
            "hub",
            format!("none at {}: {why}", remote.endpoint),
            "start `samflyt up`, or name another with --endpoint",
        )),
    }
    checks.push(clock(remote).await);
    checks
}

/// Whether the health service there says so.
pub(super) async fn is_serving(remote: &Remote) -> Result<bool, String> {
    let channel = remote.channel().await.map_err(|error| error.root_cause().to_string())?;
    let request = HealthCheckRequest { service: String::new() };
    let answer =
        HealthClient::new(channel).check(request).await.map_err(|status| status.message().to_owned())?;
    Ok(answer.into_inner().status() == ServingStatus::Serving)
}

async fn token(remote: &Remote) -> Check {
    let mut registry = match remote.registry().await {
        Ok(registry) => registry,
        Err(error) => return Check::fail("token", format!("{error:#}"), "give another"),
    };
    match registry.list_tenants(ListTenantsRequest { page_size: 1, ..Default::default() }).await {
        Ok(_) => Check::ok("token", "the hub believes it, and it may read the registry"),
        Err(status) => {
            let failure = Failure::from(status);
            let mend = match failure.reason.as_str() {
                "NOT_GRANTED" => "it is believed; what it may do are grants: `samflyt registry grant give`",
                _ => "give another with --token or SAMFLYT_TOKEN; `samflyt token` issues one for development",
            };
            Check::warn("token", format!("{} ({})", failure.message, failure.reason), mend)
        }
    }
}

async fn clock(remote: &Remote) -> Check {
    const NAME: &str = "clock";
    let before = SystemClock.now();
    let url = format!("{}/livez", remote.http_endpoint.trim_end_matches('/'));
    let asked = match remote.trust() {
        Ok(trust) => http::get_trusting(&url, &trust).await,
        Err(error) => Err(format!("{error:#}")),
    };
    let answer = match asked {
        Ok(answer) => answer,
        Err(why) => {
            let found = format!("not checked: no hub answers HTTP at {}: {why}", remote.http_endpoint);
            return Check::warn(NAME, found, "name another with --http-endpoint");
        }
    };
    let here = before + (SystemClock.now() - before) / 2;
    let there = answer.headers().get("date").and_then(|date| parse(date.to_str().ok()?));
    match there {
        None => Check::warn(NAME, "not checked: the hub tells no time", "is --http-endpoint that of a hub?"),
        Some(there) => judge(here, there),
    }
}

/// A date of HTTP (RFC 9110, section 5.6.7), which is one of mail but for the name of its zone.
fn parse(date: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(&date.replace("GMT", "+0000"), &Rfc2822).ok()
}

fn judge(here: OffsetDateTime, there: OffsetDateTime) -> Check {
    let skew = here - (there + Duration::from_millis(500));
    let (seconds, direction) = (skew.abs(), if skew.is_positive() { "ahead of" } else { "behind" });
    let found = format!("{:.1} s {direction} the hub's", seconds.as_seconds_f64());
    let mend =
        "let both machines take their time from NTP: events are refused when they come from the future";
    if seconds > CLOCK_SKEW_FAIL {
        Check::fail("clock", found, mend)
    } else if seconds > CLOCK_SKEW_WARN {
        Check::warn("clock", found, mend)
    } else {
        Check::ok("clock", "agrees with the hub's")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::super::check::Level;
    use super::*;

    #[test]
    fn clocks_that_differ_are_told() {
        let there = parse("Sun, 01 Mar 2026 08:30:00 GMT").unwrap();
        assert_eq!(there, datetime!(2026-03-01 08:30 UTC));
        assert_eq!(judge(datetime!(2026-03-01 08:30:01 UTC), there).level, Level::Ok);
        assert_eq!(judge(datetime!(2026-03-01 08:29:30 UTC), there).level, Level::Warn);
        assert_eq!(judge(datetime!(2026-03-01 09:30:30 UTC), there).level, Level::Fail);
    }
}
