//! Opening an event's sealed fields.

use samflyt_events::EventRef;
use samflyt_events::personal::holds_identity_number;
use serde_json::Value;

use crate::Protection;
use crate::error::RevealError;
use crate::resolve::Loaded;
use crate::seal::{Found, SealedField, bound, take_sealed};

/// An event's data as somebody may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Revealed {
    pub data: Value,
    /// Pointers of fields whose keys are destroyed: null in the data.
    pub erased: Vec<String>,
    /// Pointers of fields that the reader is not entitled to: null in the data.
    pub withheld: Vec<String>,
}

/// What became of one field.
enum Field {
    Open(Value),
    Erased,
}

impl Protection {
    /// Opens the sealed fields that the reader is `entitled` to, asked by the field's pointer.
    ///
    /// # Errors
    /// [`RevealError`] names the event and the field. What was erased is no error.
    pub async fn reveal(
        &self,
        mut data: Value,
        event: &EventRef,
        entitled: impl Fn(&str) -> bool,
    ) -> Result<Revealed, RevealError> {
        let (mut erased, mut withheld) = (Vec::new(), Vec::new());
        let mut left = take_sealed(&mut data, "");
        while let Some(found) = left.pop() {
            if !entitled(&found.pointer) {
                withheld.push(found.pointer);
                continue;
            }
            match self.open_field(&found, event).await? {
                Field::Erased => erased.push(found.pointer),
                Field::Open(mut value) => {
                    // What was sealed within it.
                    left.extend(take_sealed(&mut value, &found.pointer));
                    if let Some(there) = data.pointer_mut(&found.pointer) {
                        *there = value;
                    }
                }
            }
        }
        erased.sort();
        withheld.sort();
        Ok(Revealed { data, erased, withheld })
    }

    async fn open_field(&self, found: &Found, event: &EventRef) -> Result<Field, RevealError> {
        let pointer = || told(&found.pointer);
        let closed = || RevealError::DoesNotOpen { event: event.clone(), pointer: pointer() };
        let mut field = SealedField::parse(&found.value).ok_or_else(closed)?;
        let key = match self.load(field.key).await? {
            Loaded::Live(key) => key,
            Loaded::Erased => return Ok(Field::Erased),
            Loaded::Missing => {
                return Err(RevealError::KeyMissing { event: event.clone(), pointer: pointer() });
            }
        };
        let bound = bound(&self.tenant, event, &found.pointer, field.pseudonym.as_ref());
        let clear = key.open(&bound, &mut field.sealed).map_err(|_| closed())?;
        let value = serde_json::from_slice(clear).map_err(|_| closed())?;
        Ok(Field::Open(value))
    }
}

/// A pointer as an error may tell it: the names of members are the publisher's.
fn told(pointer: &str) -> String {
    if holds_identity_number(pointer) { "/…".to_owned() } else { pointer.to_owned() }
}
