//! How much a message of the log matters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much a record matters, by NEC's words, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work.
    Error,
    /// Something needs a person.
    Warn,
    /// A packet was judged.
    Notice,
    /// Something that a user sees has changed.
    Info,
    /// One exchange with a peer.
    Debug,
}

impl Severity {
    /// All, the most important first.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Notice, Self::Info, Self::Debug];

    /// The word of both command lines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Notice => "notice",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Severity {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|severity| severity.word() == word);
        found.ok_or("one of error, warn, notice, info and debug is needed")
    }
}
