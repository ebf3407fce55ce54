//! The language of an RTX's messages, and the bytes that its terminal takes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// As the appliances leave the factory.
    #[default]
    Japanese,
    /// English.
    English,
}

/// How text becomes bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// Shift-JIS, as Windows has it.
    Sjis,
    /// EUC-JP.
    Euc,
}

/// What a console speaks (`console character`): a language, in an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Character {
    /// `en.ascii`; what is not ASCII is UTF-8.
    English,
    /// `ja.…`.
    Japanese(Encoding),
}

impl Character {
    /// The language.
    pub fn language(self) -> Language {
        match self {
            Self::English => Language::English,
            Self::Japanese(_) => Language::Japanese,
        }
    }

    /// The encoding.
    pub fn encoding(self) -> Encoding {
        match self {
            Self::English => Encoding::Utf8,
            Self::Japanese(encoding) => encoding,
        }
    }
}

/// A code that no RTX has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no console speaks that")]
pub struct UnknownCharacter;

impl FromStr for Character {
    type Err = UnknownCharacter;

    /// Reads `ja.sjis` and its like; older models have no `ja.`.
    fn from_str(code: &str) -> Result<Self, UnknownCharacter> {
        Ok(match code {
            "en.ascii" | "ascii" => Self::English,
            "ja.utf8" => Self::Japanese(Encoding::Utf8),
            "ja.sjis" | "sjis" => Self::Japanese(Encoding::Sjis),
            "ja.euc" | "euc" => Self::Japanese(Encoding::Euc),
            _ => return Err(UnknownCharacter),
        })
    }
}

impl fmt::Display for Character {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::English => "en.ascii",
            Self::Japanese(Encoding::Utf8) => "ja.utf8",
            Self::Japanese(Encoding::Sjis) => "ja.sjis",
            Self::Japanese(Encoding::Euc) => "ja.euc",
        })
    }
}
