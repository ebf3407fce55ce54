//! Which of the two command lines a line is written in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A vendor's command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// NEC UNIVERGE IX.
    Ix,
    /// Yamaha RTX.
    Rtx,
}

impl Dialect {
    /// Both, in the order in which an undecided file is tried.
    pub const ALL: [Self; 2] = [Self::Ix, Self::Rtx];

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Ix => Self::Rtx,
            Self::Rtx => Self::Ix,
        }
    }

    /// The word that names it on the command line: `ix` or `rtx`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ix => "ix",
            Self::Rtx => "rtx",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.word() == text)
            .ok_or_else(|| format!("no dialect {text:?}: use ix or rtx"))
    }
}
