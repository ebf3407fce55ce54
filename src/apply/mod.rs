//! From a model to Linux: resolve, plan, prepare, apply with a journal, verify, undo.
//!
//! Everything here up to [`kernel`] is pure: [`state::State`] says how Linux shall be, a
//! [`plan::Plan`] is the list of [`op::Op`]s that leads from one state to another. Only
//! [`kernel`] touches Linux.

pub mod firewall;
pub mod kernel;
pub mod op;
pub mod plan;
pub mod state;
pub mod workers;
