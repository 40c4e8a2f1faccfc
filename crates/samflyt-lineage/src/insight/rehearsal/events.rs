//! The recorded events of a system and type, page by page: the newest so many, or those of some days.

use samflyt_log::{Entry, Log, ReadError};
use time::OffsetDateTime;

use crate::projections::day_of;
use crate::reader::Period;

const PAGE: usize = 256;

pub(super) enum Which {
    Newest(u32),
    /// Days of the log's own time.
    Days(Period),
}

pub(super) struct Events<'l> {
    log: &'l Log,
    stream: &'l str,
    subject: String,
    which: &'l Which,
    /// What comes after this is not of the rehearsal.
    head: u64,
    /// Where the next page begins; none: at the beginning.
    next: Option<u64>,
    left: u64,
    ended: bool,
}

impl<'l> Events<'l> {
    pub fn of(log: &'l Log, stream: &'l str, subject: String, which: &'l Which, head: u64) -> Self {
        let left = match which {
            Which::Newest(count) => u64::from(*count),
            Which::Days(_) => u64::MAX,
        };
        Self { log, stream, subject, which, head, next: None, left, ended: false }
    }

    /// Some more, oldest first; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Entry>>, ReadError> {
        if self.ended || self.left == 0 {
            return Ok(None);
        }
        let limit = usize::try_from(self.left).unwrap_or(PAGE).min(PAGE);
        let page = match (self.next, self.which) {
            (Some(next), _) => self.log.read_subject(self.stream, &self.subject, next, limit).await?,
            (None, Which::Newest(count)) => {
                let count = u64::from(*count);
                let first = self.log.newest_of(self.stream, &self.subject, count, self.head).await?;
                self.log.read_subject(self.stream, &self.subject, first, limit).await?
            }
            (None, Which::Days(period)) => {
                let since = OffsetDateTime::UNIX_EPOCH + time::Duration::days(i64::from(period.from));
                self.log.read_subject_since(self.stream, &self.subject, since, limit).await?
            }
        };
        self.ended = !page.more;
        self.next = page.entries.last().map(|last| last.sequence + 1);
        let read = page.entries.len();
        let entries: Vec<Entry> = page.entries.into_iter().filter(|entry| self.is_meant(entry)).collect();
        self.ended |= entries.len() < read;
        self.left -= entries.len() as u64;
        Ok((!entries.is_empty()).then_some(entries))
    }

    fn is_meant(&self, entry: &Entry) -> bool {
        let at_ms = u64::try_from(entry.learned_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        entry.sequence <= self.head
            && match self.which {
                Which::Newest(_) => true,
                Which::Days(period) => day_of(at_ms) <= period.until,
            }
    }
}
