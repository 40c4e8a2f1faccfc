//! Which nats-server versions will do.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The oldest version that has everything the hub uses.
pub(super) const VERSION_MIN: Version = Version(2, 14, 0);

/// Major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u32, u32, u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Why a candidate will not do, as part of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    TooOld(Version),
    Broken(String),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooOld(version) => write!(f, "is version {version}, too old"),
            Self::Broken(why) => f.write_str(why),
        }
    }
}

/// Runs `<binary> --version` and checks the answer.
pub(super) fn check(binary: &Path) -> Result<Version, Unfit> {
    let output = Command::new(binary)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Unfit::Broken(format!("cannot be run: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match parse(&text) {
        Some(version) if version >= VERSION_MIN => Ok(version),
        Some(version) => Err(Unfit::TooOld(version)),
        None => Err(Unfit::Broken(format!("does not tell its version ({})", output.status))),
    }
}

/// Reads `nats-server: v2.15.1`; what follows a `-` (a pre-release) is ignored.
fn parse(text: &str) -> Option<Version> {
    let (_, version) = text.trim().rsplit_once('v')?;
    let mut numbers = version.split('-').next()?.split('.').map(str::parse::<u32>);
    let mut next = || numbers.next()?.ok();
    Some(Version(next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        assert_eq!(parse("nats-server: v2.15.1\n"), Some(Version(2, 15, 1)));
        assert_eq!(parse("nats-server: v2.14.0-RC.1"), Some(Version(2, 14, 0)));
        assert_eq!(parse("hello"), None);
        assert!(Version(2, 9, 25) < VERSION_MIN);
        assert!(Version(3, 0, 0) > VERSION_MIN);
    }
}
