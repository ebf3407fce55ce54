//! The router's own settings.

use crate::types::{Character, Sourced, Zone};

/// Settings that belong to no interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// The name in the prompt (`hostname NAME`; on RTX the text of `console prompt`).
    ///
    /// It names the router, not the Linux host under it.
    pub hostname: Option<Sourced<String>>,
    /// The wall clock of screens and logs, ahead of UTC.
    pub timezone: Option<Sourced<Zone>>,
    /// How consoles behave.
    pub console: Console,
}

/// How consoles behave, unless a session says otherwise for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Console {
    /// The language of messages, and its encoding (RTX `console character`).
    pub character: Option<Sourced<Character>>,
    /// Columns of a screen (RTX `console columns`).
    pub columns: Option<Sourced<u16>>,
    /// Rows after which long output pauses; 0: never (RTX `console lines`).
    pub page_rows: Option<Sourced<u16>>,
}
