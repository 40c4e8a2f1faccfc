//! The folder of an outbox: opened, mended, and written to so that a crash at any moment leaves it readable.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::book::{Book, Position, Segment, Waiting};
use super::segment::{self, Found};
use crate::cloudevent;
use crate::publish::lane;

const SEGMENTS: &str = "segments";
const REFUSED: &str = "refused";
const DAMAGED: &str = "damaged";
const POSITION: &str = "position";

/// What was found when an outbox was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Opened {
    pub waiting: u64,
    /// Files in `damaged/` with what is no record any more; each may have held events that were put.
    pub damaged: Vec<String>,
    /// Bytes that a crash had left of a record, before anybody was told that it is on disk.
    pub cut_off_bytes: u64,
}

/// What is in the folder, without changing anything.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub book: Book,
    pub opened: Opened,
    mending: Vec<Mending>,
}

#[derive(Debug)]
struct Mending {
    from: PathBuf,
    /// In `damaged/`.
    name: String,
    bytes: Vec<u8>,
    cut_at: Option<u64>,
}

/// # Errors
/// Where another process has it open, or the disk fails.
pub(super) fn open(dir: &Path) -> io::Result<(File, Book, Opened)> {
    create(dir)?;
    for part in [SEGMENTS, REFUSED, DAMAGED] {
        create(&dir.join(part))?;
    }
    let lock = File::create(dir.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(io::Error::new(io::ErrorKind::WouldBlock, "another process has this outbox open"));
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let seen = look(dir)?;
    for mending in seen.mending {
        replace(&dir.join(DAMAGED), &mending.name, &mending.bytes)?;
        if let Some(length) = mending.cut_at {
            let file = OpenOptions::new().write(true).open(&mending.from)?;
            file.set_len(length)?;
            file.sync_all()?;
        }
    }
    Ok((lock, seen.book, seen.opened))
}

/// # Errors
/// Where the disk fails.
pub(super) fn look(dir: &Path) -> io::Result<Seen> {
    let book = Book::resume(read_position(dir)?, &numbers(&dir.join(REFUSED), ".json")?);
    let mut seen = Seen { book, ..Seen::default() };
    for first in numbers(&dir.join(SEGMENTS), ".seg")? {
        let bytes = match fs::read(segment(dir, first)) {
            Ok(bytes) => bytes,
            // It was spent while it was looked for.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let found = segment::scan(&bytes);
        seen.book.next = seen.book.next.max(first + 1);
        seen.take(first, &bytes, &found);
        seen.mend(dir, first, &bytes, found);
    }
    seen.opened.waiting = seen.book.waiting.len() as u64;
    Ok(seen)
}

impl Seen {
    fn take(&mut self, first: u64, bytes: &[u8], found: &Found) {
        let length = found.torn.unwrap_or(bytes.len()) as u64;
        self.book.segments.insert(first, Segment { bytes: length, waiting: 0 });
        for record in &found.records {
            if self.book.is_settled(record.number) {
                continue;
            }
            let event = segment::event_of(&bytes[record.place.clone()]).unwrap_or_default();
            // What was put was an event; were it none, it would be in a lane with others that are none.
            let lane = cloudevent::parse(event, false).map(|event| lane(&event)).unwrap_or_default();
            let waiting = Waiting {
                segment: first,
                offset: record.place.start as u64,
                bytes: u32::try_from(record.place.len()).unwrap_or(u32::MAX),
                at_ms: record.at_ms,
                lane,
            };
            self.book.wait(record.number, waiting);
        }
    }

    fn mend(&mut self, dir: &Path, first: u64, bytes: &[u8], found: Found) {
        let from = segment(dir, first);
        for range in found.damaged {
            let name = format!("{first:020}-{}.bin", range.start);
            if !dir.join(DAMAGED).join(&name).exists() {
                let (name, bytes) = (name.clone(), bytes[range].to_vec());
                self.mending.push(Mending { from: from.clone(), name, bytes, cut_at: None });
            }
            self.opened.damaged.push(name);
        }
        if let Some(at) = found.torn {
            let name = format!("{first:020}-{at}.torn");
            self.opened.cut_off_bytes += (bytes.len() - at) as u64;
            let (bytes, cut_at) = (bytes[at..].to_vec(), Some(at as u64));
            self.mending.push(Mending { from, name, bytes, cut_at });
        }
    }
}

pub(super) fn segment(dir: &Path, first: u64) -> PathBuf {
    dir.join(SEGMENTS).join(format!("{first:020}.seg"))
}

/// A new segment, empty; its name lasts.
pub(super) fn create_segment(dir: &Path, first: u64) -> io::Result<File> {
    let file = OpenOptions::new().append(true).create_new(true).open(segment(dir, first))?;
    sync(&dir.join(SEGMENTS))?;
    Ok(file)
}

pub(super) fn remove_segment(dir: &Path, first: u64) -> io::Result<()> {
    match fs::remove_file(segment(dir, first)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// With a checksum: were a digit wrong, events would be taken for settled.
pub(super) fn write_position(dir: &Path, position: &Position) -> io::Result<()> {
    let position = serde_json::to_string(position)?;
    replace(dir, POSITION, format!("{position}\n{:08x}\n", crc32c::crc32c(position.as_bytes())).as_bytes())
}

pub(super) fn write_refused(dir: &Path, number: u64, event: &RawValue, refusal: &Value) -> io::Result<()> {
    #[derive(Serialize)]
    struct Kept<'k> {
        refusal: &'k Value,
        event: &'k RawValue,
    }
    let kept = serde_json::to_vec_pretty(&Kept { refusal, event })?;
    replace(&dir.join(REFUSED), &format!("{number:020}.json"), &kept)
}

/// How many files are in `refused/` and in `damaged/`; torn ones were never acknowledged.
pub(super) fn set_aside(dir: &Path) -> io::Result<(u64, u64)> {
    let count = |part: &str, end: &str| numbers(&dir.join(part), end).map(|all| all.len() as u64);
    Ok((count(REFUSED, ".json")?, count(DAMAGED, ".bin")?))
}

/// Written whole or not at all.
pub(super) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let draft = dir.join(format!("{name}.tmp"));
    write(&draft, bytes)?;
    fs::rename(draft, dir.join(name))?;
    sync(dir)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A folder whose name lasts, and the names of those above it that were missing too.
fn create(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create(above)?;
    match fs::create_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync(above),
    }
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// A position that is not there or not readable is none: what it settled is sent again, which is harmless.
fn read_position(dir: &Path) -> io::Result<Position> {
    let parse = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).ok()?;
        let (position, checksum) = text.trim_end().split_once('\n')?;
        let is_whole = u32::from_str_radix(checksum, 16) == Ok(crc32c::crc32c(position.as_bytes()));
        is_whole.then(|| serde_json::from_str(position).ok())?
    };
    match fs::read(dir.join(POSITION)) {
        Ok(bytes) => Ok(parse(bytes).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Position::default()),
        Err(error) => Err(error),
    }
}

/// The numbers that files are named after, in order.
fn numbers(dir: &Path, end: &str) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(end));
        numbers.extend(stem.and_then(|stem| stem.split('-').next()?.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}
