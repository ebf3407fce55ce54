//! The language of an RTX's messages.

use std::convert::Infallible;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language (`console character`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// `ja.…`, as the appliances leave the factory.
    #[default]
    Japanese,
    /// `en.ascii`.
    English,
}

impl FromStr for Language {
    type Err = Infallible;

    /// Reads a code of `console character`. The encoding in it says nothing: ours is UTF-8.
    fn from_str(code: &str) -> Result<Self, Infallible> {
        Ok(if code.ends_with("ascii") { Self::English } else { Self::Japanese })
    }
}
