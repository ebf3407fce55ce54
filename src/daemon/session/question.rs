//! Questions that a session asks in place of its prompt; the next line answers.

use super::wording::Voice;
use crate::types::{Dialect, Language, Secret};

/// A question that the next line answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Leaving with lines that are not committed, or on an RTX not saved.
    Leave,
    /// The administrator's password, to become one (RTX `administrator`).
    Administrator,
    /// The password that is to be replaced.
    Old(Account),
    /// The password to take instead.
    New(Account),
    /// The same again, against slips of the finger.
    Again(Account, Secret),
}

/// Whose password is changed by a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// That of users without a name (`login password`).
    Login,
    /// That of the administrator (`administrator password`).
    Administrator,
}

impl Account {
    /// The words that begin its line.
    pub fn words(self) -> &'static str {
        match self {
            Self::Login => "login password",
            Self::Administrator => "administrator password",
        }
    }
}

impl Question {
    /// The question, in place of the prompt.
    pub fn text(&self, voice: Voice) -> &'static str {
        match (self, voice.dialect, voice.language) {
            (Self::Leave, Dialect::Ix, _) => "Commit the changes before leaving? (Yes, No or [Cancel]): ",
            (Self::Leave, Dialect::Rtx, Language::Japanese) => "新しい設定を保存しますか? (Y/N)",
            (Self::Leave, Dialect::Rtx, Language::English) => "Save new configuration ? (Y/N)",
            (Self::Administrator, ..) => "Password: ",
            (Self::Old(_), ..) => "Old_Password: ",
            (Self::New(_), ..) => "New_Password: ",
            (Self::Again(..), ..) => "New_Password(Confirm): ",
        }
    }

    /// Whether nobody may read the answer on the screen.
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::Leave => false,
            Self::Administrator | Self::Old(_) | Self::New(_) | Self::Again(..) => true,
        }
    }
}
