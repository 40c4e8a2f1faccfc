//! Impact from a folded store, against a model; and how long it takes for a nation.

mod model;
mod nation;
pub(crate) mod world;
