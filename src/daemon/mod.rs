//! The long-lived half of tsuji: it owns the running configuration, the workers and all timers.
//!
//! Consoles come and go on a Unix socket ([`message`]); what they typed is judged here, so a
//! terminal that dies takes nothing with it.

pub mod message;

use std::path::PathBuf;

/// The directory of the daemon's socket unless a flag or `TSUJI_DIRECTORY` names another.
pub const DEFAULT_DIRECTORY: &str = "/run/tsuji";

/// The socket's name in that directory.
pub const SOCKET_NAME: &str = "tsuji.sock";

/// Where daemon and consoles meet: `TSUJI_DIRECTORY`, or [`DEFAULT_DIRECTORY`].
pub fn default_directory() -> PathBuf {
    std::env::var_os("TSUJI_DIRECTORY").map_or_else(|| PathBuf::from(DEFAULT_DIRECTORY), PathBuf::from)
}
