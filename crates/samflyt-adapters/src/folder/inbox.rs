//! What is in `inn`, and which of it is whole.
//!
//! It is looked at again and again, which works on network shares too. A file is whole when two looks found it the same. One
//! that is written under a name ending in `.tmp` or `.part` is watched under its later name, so that it is whole at once when it
//! is renamed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::Stamp;

const TEMPORARY: [&str; 2] = [".tmp", ".part"];

/// A file as the last looks found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub stamp: Stamp,
    /// When it was first found as it is.
    since: Instant,
    /// How many looks found it so.
    looks: u32,
    /// It does not have its own name yet.
    temporary: bool,
}

/// The files in `inn` and in its folders, but not deeper.
#[derive(Debug)]
pub struct Inbox {
    dir: PathBuf,
    /// By path in `inn`.
    files: BTreeMap<PathBuf, Seen>,
}

impl Inbox {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, files: BTreeMap::new() }
    }

    /// Looks again. Says whether anything is other than at the last look.
    ///
    /// # Errors
    /// Where the folder cannot be read; what was seen before stays.
    pub fn look(&mut self, now: Instant) -> io::Result<bool> {
        let mut found = BTreeMap::new();
        list(&self.dir, Path::new(""), true, &mut found)?;
        let mut changed = found.len() != self.files.len();
        let seen = found.into_iter().map(|(path, (stamp, temporary))| {
            let before = self.files.get(&path).filter(|before| before.stamp == stamp);
            changed |= before.is_none_or(|before| before.temporary != temporary);
            let (since, looks) =
                before.map_or((now, 1), |before| (before.since, before.looks.saturating_add(1)));
            (path, Seen { stamp, since, looks, temporary })
        });
        self.files = seen.collect();
        Ok(changed)
    }

    /// What has its own name.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &Seen)> {
        self.files.iter().filter(|(_, seen)| !seen.temporary).map(|(path, seen)| (path.as_path(), seen))
    }

    pub fn get(&self, path: &Path) -> Option<&Seen> {
        self.files.get(path).filter(|seen| !seen.temporary)
    }
}

impl Seen {
    pub fn is_whole(&self) -> bool {
        self.looks >= 2
    }

    pub fn unchanged_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }
}

type Found = BTreeMap<PathBuf, (Stamp, bool)>;

fn list(dir: &Path, below: &Path, go_deeper: bool, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(dir.join(below))? {
        let entry = entry?;
        // What is no text cannot be named in a message or in a reason; hidden files are the file manager's own.
        let Some(name) = entry.file_name().to_str().filter(|name| !name.starts_with('.')).map(str::to_owned)
        else {
            continue;
        };
        if go_deeper && entry.file_type()?.is_dir() {
            match list(dir, &below.join(&name), false, found) {
                // It was taken away while it was looked at.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done?,
            }
            continue;
        }
        let Some(stamp) = Stamp::of(&entry.path())? else { continue };
        match TEMPORARY.iter().find_map(|end| name.strip_suffix(end)) {
            Some(later) => drop(found.entry(below.join(later)).or_insert((stamp, true))),
            None => drop(found.insert(below.join(name), (stamp, false))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Watched {
        dir: tempfile::TempDir,
        inbox: Inbox,
        now: Instant,
    }

    impl Watched {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let inbox = Inbox::new(dir.path().to_owned());
            Self { dir, inbox, now: Instant::now() }
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.dir.path().join(name), text).unwrap();
        }

        /// What is whole at the next look, a second later.
        fn whole(&mut self) -> Vec<String> {
            self.now += Duration::from_secs(1);
            self.inbox.look(self.now).unwrap();
            let whole = self.inbox.files().filter(|(_, seen)| seen.is_whole());
            whole.map(|(path, _)| path.to_str().unwrap().to_owned()).collect()
        }
    }

    #[test]
    fn a_file_is_whole_when_two_looks_found_it_the_same() {
        let mut watched = Watched::new();
        watched.write("a.xml", "1");
        assert!(watched.whole().is_empty());
        watched.write("a.xml", "12");
        assert!(watched.whole().is_empty());
        assert_eq!(watched.whole(), ["a.xml"]);
        watched.write("a.xml", "123");
        assert!(watched.whole().is_empty());
        assert_eq!(watched.whole(), ["a.xml"]);
        assert_eq!(watched.whole(), ["a.xml"]);
        let seen = watched.inbox.get(Path::new("a.xml")).unwrap();
        assert_eq!(seen.unchanged_for(watched.now), Duration::from_secs(2));
    }

    #[test]
    fn a_file_that_gets_its_name_when_it_is_written_is_whole_at_once() {
        let mut watched = Watched::new();
        watched.write("a.xml.tmp", "1");
        assert!(watched.whole().is_empty());
        assert!(watched.whole().is_empty());
        fs::rename(watched.dir.path().join("a.xml.tmp"), watched.dir.path().join("a.xml")).unwrap();
        assert_eq!(watched.whole(), ["a.xml"]);
    }

    #[test]
    fn folders_are_looked_into_once_and_hidden_files_and_links_are_not_seen() {
        let mut watched = Watched::new();
        fs::create_dir_all(watched.dir.path().join("b/c")).unwrap();
        for name in ["b/a.xml", "b/c/deep.xml", ".hidden.xml"] {
            watched.write(name, "1");
        }
        std::os::unix::fs::symlink("b/a.xml", watched.dir.path().join("link.xml")).unwrap();
        assert!(watched.whole().is_empty());
        assert_eq!(watched.whole(), ["b/a.xml"]);
        assert!(!watched.inbox.look(watched.now).unwrap());
        fs::remove_file(watched.dir.path().join("b/a.xml")).unwrap();
        assert!(watched.inbox.look(watched.now).unwrap());
        assert_eq!(watched.inbox.files().count(), 0);
    }
}
