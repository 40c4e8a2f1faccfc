//! One thing that was looked at.

use serde_json::{Value, json};

use crate::cli::output::plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Ok,
    /// Works, and could be better; or could not be looked at.
    Warn,
    Fail,
    /// Nothing was looked at; worth knowing all the same.
    Hint,
}

/// What was found, and what to do where something is to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub level: Level,
    name: &'static str,
    found: String,
    mend: String,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { level: Level::Ok, name, found: found.into(), mend: String::new() }
    }

    pub(super) fn hint(name: &'static str, found: impl Into<String>) -> Self {
        Self { level: Level::Hint, ..Self::ok(name, found) }
    }

    pub(super) fn warn(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Warn, mend: mend.into(), ..Self::ok(name, found) }
    }

    pub(super) fn fail(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Fail, ..Self::warn(name, found, mend) }
    }

    pub(super) fn line(&self) -> String {
        let mend = if self.mend.is_empty() { String::new() } else { format!("; {}", self.mend) };
        plain(&format!("{:<4}  {:<14}  {}{mend}", self.level.word(), self.name, self.found)) + "\n"
    }

    pub(super) fn json(&self) -> Value {
        json!({"check": self.name, "level": self.level.word(), "found": self.found, "mend": self.mend})
    }
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Hint => "hint",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_one_line_with_what_to_mend() {
        assert_eq!(Check::ok("broker", "2.15.1").line(), "ok    broker          2.15.1\n");
        assert_eq!(
            Check::fail("disk", "full\n", "free some").line(),
            "fail  disk            full\u{fffd}; free some\n"
        );
    }
}
