//! Configurations around the one that runs: the candidate that a session edits, the startup
//! file, and the history to go back to.
//!
//! Nothing here changes Linux. A candidate is a copy of the running tree; `daemon` commits it.

pub mod advice;
mod candidate;
mod compare;
pub mod file;
mod history;
mod names;
mod shelf;
pub mod startup;

pub use candidate::{Candidate, Revision, Stale};
pub use compare::compare;
pub use history::{History, HistoryError, Record, Stamp};
pub use names::defined;
pub use shelf::{Kept, Number, Shelf};
