//! Where a push of a file is, kept beside the file, so that an interrupted one goes on there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::tally::Tally;

/// A file that is pushed to a hub. Only the same file, unchanged, pushed in the same way may go on where it was: a
/// position in another would pass lines over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    #[serde(skip)]
    path: PathBuf,
    endpoint: String,
    backfill: bool,
    pub file_bytes: u64,
    modified_ns: u128,
}

impl Job {
    /// # Errors
    /// Where the file cannot be looked at.
    pub(super) fn of(file: &Path, endpoint: &str, backfill: bool) -> io::Result<Self> {
        let metadata = fs::metadata(file)?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut name = file.as_os_str().to_owned();
        name.push(".samflyt-push");
        Ok(Self {
            path: name.into(),
            endpoint: endpoint.to_owned(),
            backfill,
            file_bytes: metadata.len(),
            modified_ns: modified.as_nanos(),
        })
    }

    /// There is nothing to go on from any more.
    pub(super) fn forget(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// How far a push is: every line up to this one is settled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub line: u64,
    /// The place in the file after that line.
    pub bytes: u64,
    pub tally: Tally,
    /// How long the file of refused lines was.
    pub refused_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept<J, P> {
    job: J,
    position: P,
}

impl Position {
    /// The kept one, where it is of the same job. Anything else is as good as none: lines are sent again, which is
    /// harmless.
    pub(super) fn load(job: &Job) -> Option<Self> {
        let kept: Kept<Job, Self> = serde_json::from_slice(&fs::read(&job.path).ok()?).ok()?;
        let same = Job { path: job.path.clone(), ..kept.job } == *job;
        Some(kept.position).filter(|_| same)
    }

    /// Replaces the kept one in one step.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub(super) fn save(&self, job: &Job) -> io::Result<()> {
        let mut temporary = job.path.clone().into_os_string();
        temporary.push(".new");
        fs::write(&temporary, serde_json::to_vec(&Kept { job, position: self })?)?;
        fs::rename(&temporary, &job.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_good_for_the_same_file_hub_and_mode_only() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.jsonl");
        fs::write(&file, "a\nb\n").unwrap();
        let job = |endpoint, backfill| Job::of(&file, endpoint, backfill).unwrap();
        let position = Position { line: 1, bytes: 2, ..Position::default() };
        position.save(&job("http://a", false)).unwrap();
        assert_eq!(Position::load(&job("http://a", false)), Some(position));
        assert_eq!(Position::load(&job("http://b", false)), None);
        assert_eq!(Position::load(&job("http://a", true)), None);
        fs::write(&file, "a\nb\nc\n").unwrap();
        assert_eq!(Position::load(&job("http://a", false)), None);
        job("http://a", false).forget().unwrap();
        job("http://a", false).forget().unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_position_is_as_good_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.jsonl");
        fs::write(&file, "a\n").unwrap();
        let job = Job::of(&file, "http://a", false).unwrap();
        fs::write(&job.path, "{\"job\":").unwrap();
        assert_eq!(Position::load(&job), None);
    }
}
