//! Moving what is settled out of `inn`: all of it, also when it is killed in between.
//!
//! What shall be done is written down first, with all that is added (an answer, a reason). Then the first file is renamed: until
//! then it is as if nothing had been begun, from then on it is finished, now or after the next start. Only one thing is moved at
//! a time.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Folder, Stamp, sync};

const PLAN: &str = "plan.json";
const FILES: &str = "filer";

/// What is moved, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The folder in `inn` that the files are in; empty: `inn` itself.
    pub from: PathBuf,
    /// Names, as they were when what became of them was decided. The first one decides.
    pub files: Vec<(String, Stamp)>,
    /// The place in the end, where nothing else has it.
    pub to: PathBuf,
    /// What is to be confirmed when it is moved.
    pub answers: Vec<String>,
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Not known where it had been moved before a restart.
    pub to: Option<PathBuf>,
    /// See [`Plan::answers`].
    pub answers: Vec<String>,
}

impl Folder {
    /// Moves files, and what is added to them. None where a file has changed since: then nothing was done.
    ///
    /// [`Folder::settle`] follows when what is to be confirmed was confirmed.
    ///
    /// # Errors
    /// Where the file system refuses; [`Folder::finish`] goes on with it.
    pub fn carry_out(&self, plan: &Plan, added: &[(String, Vec<u8>)]) -> io::Result<Option<Moved>> {
        if self.moving().join(PLAN).exists() {
            return Err(io::Error::other("what was moved before is not finished"));
        }
        self.discard()?;
        let files = self.moving().join(FILES);
        fs::create_dir(&files)?;
        for (name, bytes) in added {
            write(&files.join(name), bytes)?;
        }
        sync(&files)?;
        let draft = self.moving().join("plan.tmp");
        write(&draft, &serde_json::to_vec(plan)?)?;
        fs::rename(draft, self.moving().join(PLAN))?;
        sync(&self.moving())?;
        self.finish()
    }

    /// Goes on with what was begun, where something was.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn finish(&self) -> io::Result<Option<Moved>> {
        let plan = match fs::read(self.moving().join(PLAN)) {
            Ok(plan) => serde_json::from_slice::<Plan>(&plan)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.discard()?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let files = self.moving().join(FILES);
        if !files.exists() {
            return Ok(Some(Moved { to: None, answers: plan.answers }));
        }
        let from = self.inn().join(&plan.from);
        let is_decided = match plan.files.first() {
            Some((first, _)) => files.join(first).exists(),
            None => true,
        };
        if !is_decided && !is_unchanged(&from, &plan)? {
            self.discard()?;
            return Ok(None);
        }
        for (name, _) in &plan.files {
            match fs::rename(from.join(name), files.join(name)) {
                // Moved before.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
        sync(&files)?;
        sync(&from)?;
        if !plan.from.as_os_str().is_empty() {
            // Whatever else is in it stays.
            let _ = fs::remove_dir(&from);
        }
        let to = put(&files, &plan)?;
        Ok(Some(Moved { to: Some(to), answers: plan.answers }))
    }

    /// Forgets what was moved, when all that was to be confirmed is.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn settle(&self) -> io::Result<()> {
        gone(fs::remove_file(self.moving().join(PLAN)))
    }

    /// Forgets what was not begun: no file has been moved.
    fn discard(&self) -> io::Result<()> {
        // The plan goes first: without it, what is left over is only what was added.
        self.settle()?;
        gone(fs::remove_dir_all(self.moving().join(FILES)))
    }
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn is_unchanged(from: &Path, plan: &Plan) -> io::Result<bool> {
    for (name, stamp) in &plan.files {
        if Stamp::of(&from.join(name))?.as_ref() != Some(stamp) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives the files their place: that of the same ones, or the first that is free.
fn put(files: &Path, plan: &Plan) -> io::Result<PathBuf> {
    let parent = plan.to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let name = plan.to.file_name().unwrap_or_default().to_string_lossy();
    for number in 1_u32.. {
        let to = if number == 1 { plan.to.clone() } else { parent.join(format!("{name}-{number}")) };
        if to.exists() {
            if !is_same(files, &to, plan)? {
                continue;
            }
            fs::remove_dir_all(&to)?;
        }
        fs::rename(files, &to)?;
        sync(parent)?;
        if let Some(above) = parent.parent() {
            sync(above)?;
        }
        return Ok(to);
    }
    Err(io::Error::other("too many have this name"))
}

/// Whether a place holds the same files, and nothing that nobody would put there again.
fn is_same(files: &Path, place: &Path, plan: &Plan) -> io::Result<bool> {
    if !place.is_dir() || names(files)? != names(place)? {
        return Ok(false);
    }
    for (name, _) in &plan.files {
        if !is_equal(&files.join(name), &place.join(name))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn names(dir: &Path) -> io::Result<std::collections::BTreeSet<std::ffi::OsString>> {
    fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect()
}

fn is_equal(one: &Path, other: &Path) -> io::Result<bool> {
    if fs::symlink_metadata(one)?.len() != fs::symlink_metadata(other)?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (crate::document::open(one)?, crate::document::open(other)?);
    let (mut here, mut there) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let len = one.read(&mut here)?;
        if len == 0 {
            return Ok(true);
        }
        match other.read_exact(&mut there[..len]) {
            Ok(()) if here[..len] == there[..len] => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => return Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::super::Place;
    use super::*;

    struct Moving {
        dir: tempfile::TempDir,
        folder: Folder,
    }

    impl Moving {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let folder = Folder::open(dir.path()).unwrap();
            Self { dir, folder }
        }

        /// Writes files to a folder in `inn`, and plans to move them.
        fn plan(&self, from: &str, files: &[(&str, &str)]) -> Plan {
            let dir = self.folder.inn().join(from);
            fs::create_dir_all(&dir).unwrap();
            let stamped = files.iter().map(|(name, text)| {
                fs::write(dir.join(name), text).unwrap();
                ((*name).to_owned(), Stamp::of(&dir.join(name)).unwrap().unwrap())
            });
            Plan {
                from: from.into(),
                files: stamped.collect(),
                to: self.folder.place(Place::Done(date!(2026 - 11 - 25)), "sak"),
                answers: vec!["answer".to_owned()],
            }
        }

        /// All files below the folder but the lock, with what is in them.
        fn all(&self) -> Vec<String> {
            let mut all = Vec::new();
            collect(self.dir.path(), self.dir.path(), &mut all);
            all.sort();
            all
        }
    }

    fn collect(root: &Path, dir: &Path, all: &mut Vec<String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, all);
            } else if path.file_name().unwrap() != "laas" {
                let text = fs::read_to_string(&path).unwrap();
                all.push(format!("{}={text}", path.strip_prefix(root).unwrap().display()));
            }
        }
    }

    const ADDED: &str = "kvittering.xml";

    fn added() -> Vec<(String, Vec<u8>)> {
        vec![(ADDED.to_owned(), b"ok".to_vec())]
    }

    const DONE: [&str; 3] = [
        "ferdig/2026-11-25/sak/a.pdf=1",
        "ferdig/2026-11-25/sak/kvittering.xml=ok",
        "ferdig/2026-11-25/sak/sak.xml=<a/>",
    ];

    #[test]
    fn files_are_moved_with_what_is_added_and_forgotten_when_it_is_confirmed() {
        for from in ["", "sak"] {
            let moving = Moving::new();
            let plan = moving.plan(from, &[("sak.xml", "<a/>"), ("a.pdf", "1")]);
            let moved = moving.folder.carry_out(&plan, &added()).unwrap().unwrap();
            assert_eq!(moved, Moved { to: Some(plan.to), answers: plan.answers.clone() });
            let unconfirmed = moving.folder.finish().unwrap().unwrap();
            assert_eq!(unconfirmed, Moved { to: None, answers: plan.answers });
            moving.folder.settle().unwrap();
            assert_eq!(moving.folder.finish().unwrap(), None);
            assert_eq!(moving.all(), DONE);
            assert!(!moving.folder.inn().join("sak").exists(), "an empty folder is left");
        }
    }

    #[test]
    fn what_was_killed_at_any_rename_is_finished_after_the_next_start() {
        for renamed in 0..=2 {
            let moving = Moving::new();
            let plan = moving.plan("", &[("sak.xml", "<a/>"), ("a.pdf", "1")]);
            let files = moving.folder.moving().join(FILES);
            fs::create_dir(&files).unwrap();
            fs::write(files.join(ADDED), "ok").unwrap();
            fs::write(moving.folder.moving().join(PLAN), serde_json::to_vec(&plan).unwrap()).unwrap();
            for (name, _) in &plan.files[..renamed] {
                fs::rename(moving.folder.inn().join(name), files.join(name)).unwrap();
            }
            let moved = moving.folder.finish().unwrap().unwrap();
            moving.folder.settle().unwrap();
            assert_eq!(
                (moved.to, moving.all()),
                (Some(plan.to), DONE.map(str::to_owned).to_vec()),
                "{renamed}"
            );
        }
    }

    #[test]
    fn what_was_killed_before_its_plan_was_written_is_as_if_nothing_had_been_begun() {
        let moving = Moving::new();
        moving.plan("", &[("sak.xml", "<a/>")]);
        let files = moving.folder.moving().join(FILES);
        fs::create_dir(&files).unwrap();
        fs::write(files.join(ADDED), "ok").unwrap();
        assert_eq!(moving.folder.finish().unwrap(), None);
        assert_eq!(moving.all(), ["inn/sak.xml=<a/>"]);
    }

    #[test]
    fn a_file_that_changed_before_it_was_moved_stays_with_all_that_belongs_to_it() {
        let moving = Moving::new();
        let plan = moving.plan("", &[("sak.xml", "<a/>"), ("a.pdf", "1")]);
        fs::write(moving.folder.inn().join("a.pdf"), "12").unwrap();
        assert_eq!(moving.folder.carry_out(&plan, &added()).unwrap(), None);
        assert_eq!(moving.all(), ["inn/a.pdf=12", "inn/sak.xml=<a/>"]);
    }

    #[test]
    fn the_same_again_takes_the_place_of_the_first_and_others_of_its_name_get_a_number() {
        let moving = Moving::new();
        for (text, place) in
            [("<a/>", "sak"), ("<a/>", "sak"), ("<b/>", "sak-2"), ("<c/>", "sak-3"), ("<b/>", "sak-2")]
        {
            let plan = moving.plan("", &[("sak.xml", text)]);
            let moved = moving.folder.carry_out(&plan, &added()).unwrap().unwrap();
            moving.folder.settle().unwrap();
            assert_eq!(moved.to.unwrap().file_name().unwrap(), place, "{text}");
        }
        fs::write(moving.folder.place(Place::Done(date!(2026 - 11 - 25)), "sak").join("note.txt"), "by hand")
            .unwrap();
        let plan = moving.plan("", &[("sak.xml", "<a/>")]);
        let moved = moving.folder.carry_out(&plan, &added()).unwrap().unwrap();
        assert_eq!(moved.to.unwrap().file_name().unwrap(), "sak-4", "what somebody added is not lost");
    }
}
