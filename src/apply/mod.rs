//! From a model to Linux: resolve, plan, prepare, apply with a journal, verify, undo.
//!
//! Everything here up to [`kernel`] is pure: [`state::State`] says how Linux shall be, a
//! [`plan::Plan`] is the list of [`op::Op`]s that leads from one state to another. Only
//! [`kernel`] touches Linux.

pub mod commit;
pub mod confirm;
pub mod error;
pub mod firewall;
pub mod journal;
pub mod kernel;
pub mod op;
pub mod plan;
pub mod recover;
pub mod resolve;
pub mod standing;
pub mod state;
pub mod workers;

pub use commit::Applier;
pub use error::{CommitError, Phase, Undo};
pub use plan::{Plan, plan};
pub use recover::Recovery;
pub use resolve::{Resolved, resolve};
pub use standing::drift;
pub use state::State;
