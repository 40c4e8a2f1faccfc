//! Numbers and names of one answer: each is looked up once. Names that the store has not met get numbers of the answer's
//! own, so that what is only declared stands beside what was seen.

use std::sync::Arc;

use samflyt_projection::StoreError;

use crate::projections::keys::{self, NOBODY, Number, Tail};
use crate::reader::Reader;
use crate::walk::Map;

/// Where numbers begin that only one answer knows.
const OWN: Number = 1 << 31;

pub(crate) struct Names<'r> {
    reader: &'r Reader,
    names: Map<Number, Arc<str>>,
    numbers: Map<Arc<str>, Number>,
    own: Number,
}

impl<'r> Names<'r> {
    pub fn of(reader: &'r Reader) -> Self {
        Self { reader, names: Map::default(), numbers: Map::default(), own: OWN }
    }

    /// Reads all names at once: for answers that are about many.
    pub fn read_all(&mut self) -> Result<(), StoreError> {
        for item in self.reader.view.scan_prefix(&keys::names()) {
            let (key, name) = item?;
            if let (Some(number), Ok(name)) = (Tail(&key).number(), String::from_utf8(name)) {
                self.know(number, name.into());
            }
        }
        Ok(())
    }

    /// Empty for nobody.
    pub fn name(&mut self, number: Number) -> Result<Arc<str>, StoreError> {
        if number == NOBODY {
            return Ok("".into());
        }
        if let Some(name) = self.names.get(&number) {
            return Ok(Arc::clone(name));
        }
        let name: Arc<str> = self.reader.name(number)?.into();
        self.know(number, Arc::clone(&name));
        Ok(name)
    }

    /// The number of a name; one of the answer's own where the store has none.
    pub fn number(&mut self, name: &str) -> Result<Number, StoreError> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        let number = match self.reader.number(name)? {
            Some(number) => number,
            None => {
                self.own += 1;
                self.own
            }
        };
        self.know(number, name.into());
        Ok(number)
    }

    fn know(&mut self, number: Number, name: Arc<str>) {
        self.numbers.insert(Arc::clone(&name), number);
        self.names.insert(number, name);
    }
}
