//! The dependency graph is kept honest: services meet in the log and in `proto/`, never in each other.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const SERVICES: [&str; 5] =
    ["samflyt-gateway", "samflyt-registry", "samflyt-lineage", "samflyt-archive", "samflyt-delivery"];

/// What each package of the workspace depends on, in whatever way but for its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let all = package["dependencies"].as_array().unwrap().iter();
            let needed = all.filter(|dependency| dependency["kind"] != "dev").map(|one| text(&one["name"]));
            (text(&package["name"]), needed.collect())
        })
        .collect()
}

#[test]
fn no_service_depends_on_a_service() {
    let dependencies = dependencies();
    for service in SERVICES {
        let of_service = &dependencies[service];
        assert!(of_service.contains("samflyt-events"), "{service}: the graph was not read");
        for other in SERVICES {
            assert!(!of_service.contains(other), "{service} depends on {other}");
        }
    }
}

#[test]
fn the_language_needs_no_runtime_and_no_broker() {
    let events = &dependencies()["samflyt-events"];
    for runtime in ["tokio", "async-nats", "samflyt-log", "samflyt-runtime", "tonic", "reqwest"] {
        assert!(!events.contains(runtime), "samflyt-events depends on {runtime}");
    }
}
