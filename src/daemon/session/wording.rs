//! How a session speaks: each vendor's own words for what is wrong with a line.
//!
//! What the appliances have no words for (commits, rollbacks) is said in English after the mark
//! that errors have there: `% ` on an IX, `エラー: ` or `Error: ` on an RTX.

use crate::language::command::Command;
use crate::language::syntax::{SyntaxError, SyntaxErrorKind};
use crate::language::tree::Masking;
use crate::types::{Dialect, Language};

/// The voice of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Whose words.
    pub dialect: Dialect,
    /// The language on an RTX.
    pub language: Language,
}

/// The errors of an RTX, in Japanese and English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rtx {
    CommandName,
    Keyword,
    Count,
    Integer,
    Range,
    Address,
    Level,
    Password,
}

impl Voice {
    /// An error in our own words, one line.
    pub fn error(self, text: &str) -> String {
        match (self.dialect, self.language) {
            (Dialect::Ix, _) => format!("% {text}\n"),
            (Dialect::Rtx, Language::Japanese) => format!("エラー: {text}\n"),
            (Dialect::Rtx, Language::English) => format!("Error: {text}\n"),
        }
    }

    /// Something to know that is no error, one line.
    pub fn note(self, text: &str) -> String {
        match self.dialect {
            Dialect::Ix => format!("% {text}\n"),
            Dialect::Rtx => format!("{text}\n"),
        }
    }

    /// Why a line is not understood.
    pub fn syntax_error(self, error: &SyntaxError) -> String {
        let mut text = match self.dialect {
            Dialect::Ix => self.error(&ix(error)),
            Dialect::Rtx => self.rtx(rtx(error)),
        };
        if let Some(meant) = &error.near_miss {
            text += &format!("  {:?}?\n", meant);
        }
        text
    }

    /// A command that is known and cannot be run: why not.
    pub fn not_run(self, command: &Command) -> String {
        let text = Masking::Yes.text(command);
        let info = command.info();
        self.error(&match (info.inert, info.planned) {
            (Some(reason), _) => format!("{text}: has no meaning on Linux ({reason})"),
            (None, Some(feature)) => format!("{text}: known, but not built yet ({feature})"),
            (None, None) => format!("{text}: known, but not built yet"),
        })
    }

    /// A line for administrators, typed by somebody else.
    pub fn administrators_only(self, line: &str) -> String {
        let word = line.split_whitespace().next().unwrap_or_default();
        match self.dialect {
            Dialect::Ix => self.error(&format!("{word}  -- Invalid command.")),
            Dialect::Rtx => self.rtx(Rtx::Level),
        }
    }

    /// A password that is not the right one.
    pub fn wrong_password(self) -> String {
        match self.dialect {
            Dialect::Ix => self.error("the password is wrong"),
            Dialect::Rtx => self.rtx(Rtx::Password),
        }
    }

    /// A line that is longer than lines may be.
    pub fn line_too_long(self, limit: usize) -> String {
        self.error(&format!("the line is longer than {limit} bytes and was not taken"))
    }

    fn rtx(self, error: Rtx) -> String {
        let (japanese, english) = match error {
            Rtx::CommandName => ("コマンド名を確認してください", "Invalid command name"),
            Rtx::Keyword => ("パラメータのキーワードが認識できません", "Illegal keyword"),
            Rtx::Count => ("パラメータの数が不適当です", "Insufficient or too many parameters"),
            Rtx::Integer => ("パラメータは整数で指定してください", "Parameter must be an integer"),
            Rtx::Range => ("パラメータが範囲を越えています", "Parameter out of range"),
            Rtx::Address => ("IPアドレスが認識できません", "Unrecognized IP address parameter"),
            Rtx::Password => ("パスワードが間違っています", "Incorrect password"),
            Rtx::Level => ("このコマンドは管理レベルでのみ使用できます", "Administrator use only"),
        };
        self.error(match self.language {
            Language::Japanese => japanese,
            Language::English => english,
        })
    }
}

fn ix(error: &SyntaxError) -> String {
    let word = &error.word;
    match &error.kind {
        SyntaxErrorKind::NoSuchWord => format!("{word}  -- Invalid command."),
        SyntaxErrorKind::Ambiguous(_) => format!("{word}  -- Ambiguous command."),
        SyntaxErrorKind::BadValue(_) if is_number(word) => format!("{word}  -- Out of range."),
        SyntaxErrorKind::BadValue(_) => format!("{word}  -- Invalid parameter."),
        SyntaxErrorKind::Incomplete if error.expected.iter().all(|word| word.starts_with('<')) => {
            "Incomplete command.".to_owned()
        }
        SyntaxErrorKind::Incomplete => "Expects a subcommand or item selection.".to_owned(),
        SyntaxErrorKind::LongWord => "Invalid parameter.".to_owned(),
        SyntaxErrorKind::TooLong | SyntaxErrorKind::Unreadable(_) | SyntaxErrorKind::Grammar(_) => {
            error.to_string()
        }
    }
}

fn rtx(error: &SyntaxError) -> Rtx {
    let ends_here = error.expected.len() == 1 && error.expected[0] == "<cr>";
    match &error.kind {
        SyntaxErrorKind::NoSuchWord | SyntaxErrorKind::Ambiguous(_) if error.column == 1 => Rtx::CommandName,
        SyntaxErrorKind::NoSuchWord if ends_here => Rtx::Count,
        SyntaxErrorKind::NoSuchWord | SyntaxErrorKind::Ambiguous(_) => Rtx::Keyword,
        SyntaxErrorKind::Incomplete | SyntaxErrorKind::TooLong => Rtx::Count,
        SyntaxErrorKind::BadValue(_) if is_number(&error.word) => Rtx::Range,
        SyntaxErrorKind::BadValue(needed) if needed.to_lowercase().contains("address") => Rtx::Address,
        SyntaxErrorKind::BadValue(needed) if needed.to_lowercase().contains("number") => Rtx::Integer,
        SyntaxErrorKind::BadValue(_)
        | SyntaxErrorKind::LongWord
        | SyntaxErrorKind::Unreadable(_)
        | SyntaxErrorKind::Grammar(_) => Rtx::Keyword,
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: SyntaxErrorKind, column: usize, word: &str, expected: &[&str]) -> SyntaxError {
        SyntaxError {
            kind,
            column,
            word: word.to_owned(),
            expected: expected.iter().map(|&word| word.to_owned()).collect(),
            near_miss: None,
        }
    }

    fn said(dialect: Dialect, error: &SyntaxError) -> String {
        Voice { dialect, language: Language::English }.syntax_error(error)
    }

    #[test]
    fn each_vendor_has_its_own_words() {
        use SyntaxErrorKind::{Ambiguous, BadValue, Incomplete, NoSuchWord};
        let unknown = error(NoSuchWord, 1, "foo", &["ip", "show"]);
        assert_eq!(said(Dialect::Ix, &unknown), "% foo  -- Invalid command.\n");
        assert_eq!(said(Dialect::Rtx, &unknown), "Error: Invalid command name\n");
        let further = error(NoSuchWord, 9, "foo", &["<cr>"]);
        assert_eq!(said(Dialect::Rtx, &further), "Error: Insufficient or too many parameters\n");
        let ambiguous = error(Ambiguous(vec!["ip".into(), "ipv6".into()]), 4, "i", &[]);
        assert_eq!(said(Dialect::Ix, &ambiguous), "% i  -- Ambiguous command.\n");
        assert_eq!(said(Dialect::Rtx, &ambiguous), "Error: Illegal keyword\n");
        let range = error(BadValue("a number from 1 to 9".into()), 4, "50", &[]);
        assert_eq!(said(Dialect::Ix, &range), "% 50  -- Out of range.\n");
        assert_eq!(said(Dialect::Rtx, &range), "Error: Parameter out of range\n");
        let address = error(BadValue("IPv4 address".into()), 4, "1.2.3", &[]);
        assert_eq!(said(Dialect::Rtx, &address), "Error: Unrecognized IP address parameter\n");
        let short = error(Incomplete, 4, "", &["address", "route"]);
        assert_eq!(said(Dialect::Ix, &short), "% Expects a subcommand or item selection.\n");
        let value = error(Incomplete, 4, "", &["<name>"]);
        assert_eq!(said(Dialect::Ix, &value), "% Incomplete command.\n");
    }

    #[test]
    fn an_rtx_speaks_japanese_first() {
        let voice = Voice { dialect: Dialect::Rtx, language: Language::default() };
        let unknown = error(SyntaxErrorKind::NoSuchWord, 1, "foo", &[]);
        assert_eq!(voice.syntax_error(&unknown), "エラー: コマンド名を確認してください\n");
    }
}
