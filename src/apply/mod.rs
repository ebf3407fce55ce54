//! From a model to Linux: resolve, plan, prepare, apply with a journal, verify, undo.
//!
//! ```text
//! Model + Facts ──resolve──► State (wanted) ─┐
//!                                            ├─plan─► Plan ──► Applier ──► Kernel, Workers
//! Kernel ──observe──standing──► State (now) ─┘                    └─► Journal ◄── recover
//! ```
//!
//! All of it is pure but for [`kernel`], which touches Linux, and [`journal`], which writes one
//! file. [`state::State`] says how Linux shall be, a [`plan::Plan`] is the list of [`op::Op`]s
//! that leads from one state to another, and [`commit::Applier`] carries it out or takes it back.
//! One comparison serves commits, restarts, drift and verification: what differs is where the
//! two states come from.

pub mod commit;
pub mod confirm;
pub mod error;
pub mod firewall;
pub mod guard;
pub mod journal;
pub mod kernel;
pub mod op;
mod original;
pub mod plan;
pub mod recover;
pub mod resolve;
mod scope;
pub mod standing;
pub mod state;
pub mod walk;
pub mod workers;

pub use commit::Applier;
pub use error::{CommitError, Phase, Undo};
pub use plan::{Plan, plan};
pub use recover::Recovery;
pub use resolve::{Resolved, resolve};
pub use standing::drift;
pub use state::State;
