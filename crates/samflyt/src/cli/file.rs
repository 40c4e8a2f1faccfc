//! Where an export goes: a file, whole or not at all, or standard output.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Takes what is written to it; [`Out::end`] makes it stay.
pub(super) enum Out {
    Screen(BufWriter<io::Stdout>),
    File { draft: BufWriter<tempfile::NamedTempFile>, path: PathBuf },
}

impl Out {
    /// # Errors
    /// Where the file's folder cannot be written to.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Screen(BufWriter::new(io::stdout()))) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = tempfile::NamedTempFile::new_in(folder)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self::File { draft: BufWriter::new(draft), path: path.to_owned() })
    }

    /// A reader of standard output that has gone is no failure.
    ///
    /// # Errors
    /// Where not all can be written.
    pub(super) fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Screen(mut out) => match out.flush() {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                done => done.context("cannot write to standard output"),
            },
            Self::File { draft, path } => {
                let failed = || format!("cannot write {}", path.display());
                let draft =
                    draft.into_inner().map_err(io::IntoInnerError::into_error).with_context(failed)?;
                draft.persist(&path).with_context(failed)?;
                Ok(())
            }
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Screen(out) => out.write(bytes),
            Self::File { draft, .. } => draft.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Screen(out) => out.flush(),
            Self::File { draft, .. } => draft.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        let mut cut_off = Out::open(Some(&path)).unwrap();
        writeln!(cut_off, "half").unwrap();
        drop(cut_off);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        let mut whole = Out::open(Some(&path)).unwrap();
        writeln!(whole, "whole").unwrap();
        whole.end().unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "whole\n");
    }
}
