//! Commands that need no daemon and no privileges.

pub mod check;
pub mod translate;
