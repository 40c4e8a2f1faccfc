//! From "the process runs" to "it answers".

use std::io;
use std::path::Path;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::access::BrokerAccess;
use super::config::WantedPorts;
use super::error::BrokerError;
use super::process::{BrokerExit, Process};

/// A server that comes back to a large store reads much of it before it listens.
const READY_WAIT_MAX: Duration = Duration::from_secs(300);
const POLL_INTERVAL: Duration = Duration::from_millis(2);
/// How much of the server's log an error shows.
const LOG_TAIL_LINES: usize = 5;

/// What the server writes into its ports file.
#[derive(Deserialize)]
struct PortsFile {
    nats: Vec<String>,
    monitoring: Vec<String>,
}

/// Where a server listens.
pub(super) struct Addresses {
    pub url: String,
    pub monitor_url: String,
    pub ports: WantedPorts,
}

/// Waits until the server has told its ports.
pub(super) async fn listening(
    process: &Process,
    ports_dir: &Path,
    log: &Path,
) -> Result<Addresses, BrokerError> {
    let attempt = || {
        let found = addresses(ports_dir).map_err(|error| format!("it does not listen yet: {error}"));
        std::future::ready(found).boxed()
    };
    until_ready(process, log, attempt).await
}

/// Waits until JetStream answers the user of the account `HUB`.
pub(super) async fn answering(
    process: &Process,
    access: &BrokerAccess,
    log: &Path,
) -> Result<(), BrokerError> {
    until_ready(process, log, || account_info(access).boxed()).await
}

async fn account_info(access: &BrokerAccess) -> Result<(), String> {
    let client = access
        .hub()
        .name("samflyt broker start")
        .connect(&access.url)
        .await
        .map_err(|error| error.to_string())?;
    async_nats::jetstream::new(client).query_account().await.map_err(|error| error.to_string())?;
    Ok(())
}

// A boxed future: with an async closure, rustc cannot see that the whole may cross threads.
async fn until_ready<'a, T>(
    process: &Process,
    log: &Path,
    attempt: impl Fn() -> BoxFuture<'a, Result<T, String>>,
) -> Result<T, BrokerError> {
    let begun = Instant::now();
    let mut last = "no attempt yet".to_owned();
    let attempts = async {
        loop {
            match attempt().await {
                Ok(ready) => return ready,
                Err(error) => last = error,
            }
            sleep(POLL_INTERVAL).await;
        }
    };
    tokio::select! {
        ready = attempts => return Ok(ready),
        exit = process.ended() => {
            let exit = exit.unwrap_or_else(|| BrokerExit { status: None, log: log.to_owned() });
            return Err(BrokerError::EndedWhileStarting { exit, log_tail: tail(log) });
        }
        () = sleep(READY_WAIT_MAX) => {}
    }
    Err(BrokerError::NotReady { waited_s: begun.elapsed().as_secs(), last, log: log.to_owned() })
}

fn addresses(ports_dir: &Path) -> io::Result<Addresses> {
    let file = std::fs::read_dir(ports_dir)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "ports"))
        .ok_or(io::ErrorKind::NotFound)?;
    let content: PortsFile = serde_json::from_slice(&std::fs::read(file)?)?;
    let first = |urls: Vec<String>| urls.into_iter().next().ok_or(io::ErrorKind::InvalidData);
    let (url, monitor_url) = (first(content.nats)?, first(content.monitoring)?);
    let ports = WantedPorts { client: port_of(&url), monitor: port_of(&monitor_url) };
    Ok(Addresses { url, monitor_url, ports })
}

fn port_of(url: &str) -> Option<u16> {
    url.rsplit_once(':')?.1.parse().ok()
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
}
