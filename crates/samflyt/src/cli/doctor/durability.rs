//! Does the broker sync before it acknowledges (promise 1), as its monitoring tells.

use std::path::Path;

use serde_json::Value;

use super::check::Check;
use super::http;

const NAME: &str = "durability";
const MEND: &str = "set `jetstream { sync_interval: always }` on every server: without it a power cut loses what was \
                    acknowledged";

/// At the given address, or at that of the broker in the data directory.
pub(super) async fn check(monitor_url: Option<&str>, data_dir: &Path) -> Check {
    let given = monitor_url.is_some();
    let Some(url) = monitor_url.map(str::to_owned).or_else(|| discover(data_dir)) else {
        let found = format!("not checked: no broker has run in {}", data_dir.join("broker").display());
        return Check::warn(NAME, found, "name the broker's monitoring address with --monitor-url");
    };
    match ask(&url).await {
        Ok(jsz) => judge(&url, &jsz),
        Err(why) if given => {
            Check::fail(NAME, format!("{url} does not answer: {why}"), "check --monitor-url")
        }
        Err(_) => Check::warn(
            NAME,
            "not checked: the broker in the data directory is not running",
            "start `samflyt up`",
        ),
    }
}

async fn ask(url: &str) -> Result<Value, String> {
    let answer = http::get(&format!("{}/jsz", url.trim_end_matches('/'))).await?;
    if !answer.status().is_success() {
        return Err(format!("it answers {}", answer.status()));
    }
    serde_json::from_slice(&http::body(answer).await?)
        .map_err(|_| "it answers something else than JSON".to_owned())
}

fn judge(url: &str, jsz: &Value) -> Check {
    if jsz["disabled"].as_bool() == Some(true) || jsz["config"].is_null() {
        return Check::fail(
            NAME,
            format!("the broker at {url} has no JetStream"),
            "enable it in its configuration",
        );
    }
    if jsz["config"]["sync_always"].as_bool() == Some(true) {
        return Check::ok(NAME, format!("the broker at {url} syncs before it acknowledges"));
    }
    let seconds = jsz["config"]["sync_interval"].as_f64().map(|ns| ns / 1e9);
    let interval = seconds.map_or_else(|| "now and then".to_owned(), |s| format!("every {s} s"));
    Check::fail(NAME, format!("the broker at {url} syncs {interval}"), MEND)
}

/// Where the broker that `samflyt up` started said that it listens.
fn discover(data_dir: &Path) -> Option<String> {
    let files = std::fs::read_dir(data_dir.join("broker/ports")).ok()?;
    let ports = files
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "ports"))?;
    let ports: Value = serde_json::from_slice(&std::fs::read(ports).ok()?).ok()?;
    ports["monitoring"][0].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::check::Level;
    use super::*;

    #[test]
    fn only_a_broker_that_always_syncs_is_good() {
        let level = |jsz| judge("http://x", &jsz).level;
        assert_eq!(
            level(json!({"config": {"sync_always": true, "sync_interval": 120_000_000_000_u64}})),
            Level::Ok
        );
        assert_eq!(level(json!({"config": {"sync_interval": 120_000_000_000_u64}})), Level::Fail);
        assert_eq!(level(json!({"disabled": true, "config": {}})), Level::Fail);
        assert_eq!(level(json!({})), Level::Fail);
    }

    #[test]
    fn the_broker_of_the_data_directory_is_found_by_its_ports_file() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(discover(dir.path()), None);
        std::fs::create_dir_all(dir.path().join("broker/ports")).unwrap();
        let text = r#"{"nats":["nats://127.0.0.1:1"],"monitoring":["http://127.0.0.1:2"]}"#;
        std::fs::write(dir.path().join("broker/ports/nats-server_1.ports"), text).unwrap();
        assert_eq!(discover(dir.path()).as_deref(), Some("http://127.0.0.1:2"));
    }
}
