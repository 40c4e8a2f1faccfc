//! The one who writes: a thread that takes all puts that wait, writes them behind each other, and makes them last by one fsync.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc;

use super::book::Waiting;
use super::segment;
use super::{Put, PutError, Receipt, Shared, disk};

/// Written together at most.
const BATCH_PUTS_MAX: usize = 512;
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A segment is closed when it is larger, or larger than its part of a small outbox.
const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;
const SEGMENTS_OF_A_SMALL_OUTBOX: u64 = 8;

/// Ends when nobody can put any more.
pub(super) fn start(shared: Arc<Shared>, puts: mpsc::Receiver<Vec<Put>>) -> io::Result<JoinHandle<()>> {
    let writer = Writer { shared, active: None, stopped: None };
    thread::Builder::new().name("outbox".to_owned()).spawn(move || writer.run(puts))
}

struct Writer {
    shared: Arc<Shared>,
    active: Option<Active>,
    /// After an fsync that failed nobody knows what is on disk: nothing more is taken.
    stopped: Option<String>,
}

struct Active {
    first: u64,
    file: File,
    bytes: u64,
}

/// A put that is written and not yet answered.
struct Written {
    put: Put,
    number: u64,
    waiting: Waiting,
}

impl Writer {
    fn run(mut self, mut puts: mpsc::Receiver<Vec<Put>>) {
        let bytes_of = |puts: &[Put]| puts.iter().map(|put| put.event.len()).sum::<usize>();
        while let Some(first) = puts.blocking_recv() {
            let (mut count, mut bytes) = (first.len(), bytes_of(&first));
            let mut batch = vec![first];
            while count < BATCH_PUTS_MAX && bytes < BATCH_BYTES_MAX {
                let Ok(together) = puts.try_recv() else { break };
                count += together.len();
                bytes += bytes_of(&together);
                batch.push(together);
            }
            self.take(batch);
        }
        self.shared.book().active = None;
    }

    /// Answers every put of the batch.
    fn take(&mut self, batch: Vec<Vec<Put>>) {
        if let Some(why) = &self.stopped {
            let puts = batch.into_iter().flatten();
            return puts.for_each(|put| answer(put, Err(PutError::Disk(why.clone()))));
        }
        let batch = self.within_the_limit(batch);
        if batch.is_empty() {
            return;
        }
        if let Err(error) = self.roll() {
            let error = PutError::Disk(error.to_string());
            return batch.into_iter().for_each(|put| answer(put, Err(error.clone())));
        }
        let (written, error) = self.write(batch);
        match error {
            None => self.acknowledge(written),
            Some(error) => {
                let error = PutError::Disk(error.to_string());
                written.into_iter().for_each(|one| answer(one.put, Err(error.clone())));
            }
        }
    }

    /// Those that there is room for; the others are told. Of those that were put together none behind one without room.
    fn within_the_limit(&self, batch: Vec<Vec<Put>>) -> Vec<Put> {
        let wanted: u64 = batch.iter().flatten().map(|put| segment::record_bytes(&put.event)).sum();
        if wanted > self.room() {
            // What was settled since the position was last written makes room; where it cannot be written, there is none.
            let _ = self.shared.save();
        }
        let book = self.shared.book();
        let mut room = self.shared.limits.bytes_max.saturating_sub(book.bytes());
        let mut taken = Vec::new();
        for together in batch {
            let mut is_full = false;
            for put in together {
                match room.checked_sub(segment::record_bytes(&put.event)).filter(|_| !is_full) {
                    Some(rest) => {
                        room = rest;
                        taken.push(put);
                    }
                    None => {
                        is_full = true;
                        answer(put, Err(self.shared.full(&book)));
                    }
                }
            }
        }
        taken
    }

    fn room(&self) -> u64 {
        self.shared.limits.bytes_max.saturating_sub(self.shared.book().bytes())
    }

    /// Sees to it that there is a segment with room.
    fn roll(&mut self) -> io::Result<()> {
        let most = SEGMENT_BYTES.min(self.shared.limits.bytes_max / SEGMENTS_OF_A_SMALL_OUTBOX);
        if self.active.as_ref().is_some_and(|active| active.bytes < most) {
            return Ok(());
        }
        let first = self.shared.book().next;
        let file = disk::create_segment(&self.shared.dir, first)?;
        let mut book = self.shared.book();
        book.active = Some(first);
        book.segments.entry(first).or_default();
        self.active = Some(Active { first, file, bytes: 0 });
        Ok(())
    }

    fn write(&mut self, batch: Vec<Put>) -> (Vec<Written>, Option<io::Error>) {
        let Some(active) = &mut self.active else { return (Vec::new(), None) };
        let first = self.shared.book().next;
        let at_ms = self.shared.clock.0.now().unix_timestamp_nanos() / 1_000_000;
        let at_ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
        let (mut bytes, mut written) = (Vec::new(), Vec::with_capacity(batch.len()));
        for (number, put) in (first..).zip(batch) {
            let begin = bytes.len();
            segment::append(&mut bytes, number, at_ms, &put.event);
            let waiting = Waiting {
                segment: active.first,
                offset: active.bytes + begin as u64,
                bytes: u32::try_from(bytes.len() - begin).unwrap_or(u32::MAX),
                at_ms,
                lane: put.lane,
            };
            written.push(Written { put, number, waiting });
        }
        if let Err(error) = active.file.write_all(&bytes) {
            // Nothing of it was acknowledged; were it left, it would be sent although its putter was told otherwise.
            if let Err(error) = active.file.set_len(active.bytes).and_then(|()| active.file.sync_all()) {
                self.stopped = Some(error.to_string());
            }
            return (written, Some(error));
        }
        if let Err(error) = active.file.sync_data() {
            self.stopped = Some(error.to_string());
            return (written, Some(error));
        }
        active.bytes += bytes.len() as u64;
        (written, None)
    }

    fn acknowledge(&self, written: Vec<Written>) {
        let mut puts = Vec::with_capacity(written.len());
        {
            let mut book = self.shared.book();
            for one in written {
                book.wait(one.number, one.waiting);
                puts.push((one.put, one.number));
            }
            if let Some(active) = &self.active {
                book.segments.entry(active.first).or_default().bytes = active.bytes;
            }
        }
        puts.into_iter().for_each(|(put, number)| answer(put, Ok(Receipt { number })));
        self.shared.more.notify_one();
    }
}

/// Whoever does not wait for the answer any more has it in the outbox all the same.
fn answer(put: Put, answer: Result<Receipt, PutError>) {
    let _ = put.answer.send(answer);
}
