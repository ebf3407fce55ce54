//! The router's own settings.

use crate::types::Sourced;

/// Settings that belong to no interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// The name in the prompt (`hostname NAME`; on RTX the text of `console prompt`).
    ///
    /// It names the router, not the Linux host under it.
    pub hostname: Option<Sourced<String>>,
}
