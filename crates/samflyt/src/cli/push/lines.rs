//! The lines of a file, read and parsed in a thread of their own, never more of them in memory than a fixed budget.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use samflyt_adapters::cloudevent;
use samflyt_events::{Reason, Refusal};
use samflyt_proto::common;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Longer than any event that a hub takes.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// What lines that are read and not yet settled may take together; four of the longest.
const BUDGET_KIB: u32 = 64 * 1024;
const LINES_WAITING_MAX: usize = 256;
const READ_BYTES: usize = 256 * 1024;

/// A line that is not blank.
pub(super) struct Line {
    /// Counted from 1, blank ones too.
    pub number: u64,
    /// The place in the file after it.
    pub end: u64,
    pub content: Result<common::Event, common::Refusal>,
    /// Its part of the budget.
    pub _room: OwnedSemaphorePermit,
}

/// What the thread has to say. If it says nothing any more without an end, it died.
pub(super) enum Step {
    Line(Box<Line>),
    End,
    Failed(io::Error),
}

/// Begins to read after `(line, byte)`; `None` is standard input. A thread, not a task: one that waits for standard
/// input cannot be ended, and must not keep the process from ending.
///
/// # Errors
/// Where the file cannot be opened.
pub(super) fn read(
    file: Option<&Path>,
    after: (u64, u64),
    backfill: bool,
) -> io::Result<mpsc::Receiver<Step>> {
    let (lines, received) = mpsc::channel(LINES_WAITING_MAX);
    let budget = Arc::new(Semaphore::new(BUDGET_KIB as usize));
    let source: Box<dyn Read + Send> = match file {
        None => Box::new(io::stdin()),
        Some(path) => {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(after.1))?;
            Box::new(file)
        }
    };
    let reader = Reader {
        source: BufReader::with_capacity(READ_BYTES, source),
        line: after.0,
        byte: after.1,
        backfill,
        budget,
        runtime: Handle::current(),
    };
    std::thread::Builder::new().name("push lines".to_owned()).spawn(move || reader.run(&lines))?;
    Ok(received)
}

struct Reader<R> {
    source: BufReader<R>,
    line: u64,
    byte: u64,
    backfill: bool,
    budget: Arc<Semaphore>,
    runtime: Handle,
}

impl<R: Read> Reader<R> {
    fn run(mut self, lines: &mpsc::Sender<Step>) {
        loop {
            let next = match self.next() {
                Ok(Some(text)) if text.iter().all(u8::is_ascii_whitespace) => continue,
                Ok(Some(text)) => match self.line(&text) {
                    Some(line) => Step::Line(Box::new(line)),
                    None => return,
                },
                Ok(None) => Step::End,
                Err(error) => Step::Failed(error),
            };
            let ends = !matches!(next, Step::Line(_));
            if lines.blocking_send(next).is_err() || ends {
                return;
            }
        }
    }

    /// The next line, without its end; one that is too long is cut after the first byte over the limit.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut text = Vec::new();
        let read = self.source.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.byte += read as u64;
        if text.last() == Some(&b'\n') {
            text.pop();
        } else if read > LINE_BYTES_MAX {
            self.byte += self.source.skip_until(b'\n')? as u64;
        }
        if self.line == 1 && text.starts_with(b"\xef\xbb\xbf") {
            text.drain(..3);
        }
        Ok(Some(text))
    }

    /// Waits for room; none where nobody wants lines any more.
    fn line(&self, text: &[u8]) -> Option<Line> {
        let kib = u32::try_from(text.len() / 1024 + 1).unwrap_or(BUDGET_KIB).min(BUDGET_KIB);
        let room = self.runtime.block_on(Arc::clone(&self.budget).acquire_many_owned(kib)).ok()?;
        let parsed = if text.len() > LINE_BYTES_MAX {
            Err(Refusal::new(Reason::TooLarge, format!("the line has more than {LINE_BYTES_MAX} bytes")))
        } else {
            cloudevent::parse(text, self.backfill)
        };
        let content = parsed.map_err(|refusal| samflyt_runtime::refused::message(&refusal));
        Some(Line { number: self.line, end: self.byte, content, _room: room })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(text: &[u8], after: (u64, u64)) -> Vec<(u64, u64, bool)> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        std::fs::write(&path, text).unwrap();
        let mut lines = read(Some(&path), after, false).unwrap();
        let mut found = Vec::new();
        loop {
            match lines.recv().await.unwrap() {
                Step::Line(line) => found.push((line.number, line.end, line.content.is_ok())),
                Step::End => return found,
                Step::Failed(error) => panic!("{error}"),
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn lines_know_their_number_and_place_and_reading_goes_on_in_the_middle() {
        let text = b"\xef\xbb\xbf{\"specversion\":\"1.0\"}\r\n\nnot JSON\n{\"specversion\":\"1.0\"}";
        let whole = all(text, (0, 0)).await;
        assert_eq!(whole, [(1, 26, true), (3, 36, false), (4, 57, true)]);
        assert_eq!(all(text, (3, 36)).await, whole[2..]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_line_that_is_too_long_is_refused_and_the_next_is_read() {
        let mut text = vec![b'x'; LINE_BYTES_MAX * 2];
        text.extend_from_slice(b"\n{\"specversion\":\"1.0\"}\n");
        let found = all(&text, (0, 0)).await;
        assert_eq!(
            found.iter().map(|(number, _, good)| (*number, *good)).collect::<Vec<_>>(),
            [(1, false), (2, true)]
        );
        assert_eq!(found[1].1, text.len() as u64);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_is_read_than_the_budget_holds() {
        let mut lines = {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("events.jsonl");
            let line = [&vec![b' '; LINE_BYTES_MAX - 2][..], b"1\n"].concat();
            std::fs::write(&path, line.repeat(6)).unwrap();
            read(Some(&path), (0, 0), false).unwrap()
        };
        let mut held = Vec::new();
        while let Ok(Some(next)) = tokio::time::timeout(std::time::Duration::from_secs(2), lines.recv()).await
        {
            held.push(next);
        }
        assert_eq!(held.len(), 4);
        held.clear();
        assert!(matches!(lines.recv().await, Some(Step::Line(_))));
    }
}
