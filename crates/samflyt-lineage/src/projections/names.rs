//! Numbers for names: small keys for what comes again and again.

use std::collections::HashMap;

use samflyt_projection::{FoldError, Writer};

use super::keys::{self, Number};

/// The numbers that were met since the store was opened. The store holds them all.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: HashMap<String, Number>,
}

/// Where the number of the newest name is kept: the name that is none.
const NEWEST: &str = "";

impl Names {
    /// The number of a name; a new one where it has none.
    pub fn number(&mut self, writer: &mut Writer<'_>, name: &str) -> Result<Number, FoldError> {
        if let Some(number) = self.known.get(name) {
            return Ok(*number);
        }
        let key = keys::name(name);
        let number = match read(writer, &key)? {
            Some(number) => number,
            None => {
                let number = read(writer, &keys::name(NEWEST))?.unwrap_or(keys::NOBODY) + 1;
                writer.put(keys::name(NEWEST), number.to_be_bytes());
                writer.put(key, number.to_be_bytes());
                writer.put(keys::name_of(number), name.as_bytes().to_vec());
                number
            }
        };
        self.known.insert(name.to_owned(), number);
        Ok(number)
    }
}

fn read(writer: &Writer<'_>, key: &[u8]) -> Result<Option<Number>, FoldError> {
    let value = writer.get(key)?;
    Ok(value.and_then(|value| value.as_slice().try_into().ok()).map(Number::from_be_bytes))
}
