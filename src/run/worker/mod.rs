//! Protocol workers: a task each, which gives an engine what it does not have itself: sockets,
//! clock and randomness.
//!
//! The [`Supervisor`] starts and stops them for apply, and starts one again that failed. What
//! they learn leaves as [`FactUpdate`]s; what they do is read from [`Snapshots`].

mod clock;
mod snapshots;
mod supervisor;

pub use snapshots::Snapshots;
pub use supervisor::{FactUpdate, Supervisor};
