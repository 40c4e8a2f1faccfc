//! Sealed fields: what they look like, what they are bound to, which fields of an event are sealed and for whom.

mod form;
mod place;
mod plan;
mod pointer;
mod walk;

pub use form::{SEALED_MEMBER, is_sealed, pseudonym_of};
pub(crate) use form::{SealedField, holds_sealed};
pub use place::Place;
pub(crate) use place::bound;
pub(crate) use plan::Target;
pub use plan::{Plan, PlanError, Whose};
pub(crate) use pointer::Concrete;
pub(crate) use walk::{Found, take_sealed};
