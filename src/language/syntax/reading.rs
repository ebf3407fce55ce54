//! One typed word at one position of the grammar: whether it fits, how well, how it is spelled.

use super::automaton::{PositionId, Takes};
use super::{Rule, Syntax, judge};

/// How well a word fits, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A keyword in full.
    Exact,
    /// A value of a type that refuses other words.
    Value,
    /// A keyword, abbreviated.
    Prefix,
    /// An abbreviated keyword of a command that yields to others.
    YieldingPrefix,
    /// A value that any word is.
    Free,
}

/// The spelling of a word in the full line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spelling {
    /// A keyword.
    Keyword(&'static str),
    /// As typed, with the grammar's own case for the literal that it begins with.
    Typed,
    /// As typed, without the quotes around it.
    Unquoted,
}

impl Rank {
    /// Whether the word stands for a longer keyword.
    pub fn is_abbreviation(self) -> bool {
        matches!(self, Self::Prefix | Self::YieldingPrefix)
    }
}

/// One typed word, and what is known about it so far.
pub(super) struct Reading<'a> {
    syntax: &'static Syntax,
    text: &'a str,
    /// In small letters: keywords are written so.
    pub small: String,
    /// What the values' rules said of it.
    judged: Vec<(Rule, Option<Spelling>)>,
}

impl<'a> Reading<'a> {
    pub fn new(syntax: &'static Syntax, text: &'a str) -> Self {
        Self { syntax, text, small: text.to_ascii_lowercase(), judged: Vec::new() }
    }

    /// Tells every way in which the word fits a position.
    pub fn at(&mut self, position: PositionId, mut found: impl FnMut(Rank, Spelling)) {
        let position = self.syntax.automaton.position(position);
        let abbreviated = || match self.syntax.rule(position.command).yields {
            true => Rank::YieldingPrefix,
            false => Rank::Prefix,
        };
        match position.takes {
            Takes::Keyword(_) | Takes::Choice(_) => {
                for &keyword in position.takes.keywords() {
                    if keyword == self.small {
                        found(Rank::Exact, Spelling::Keyword(keyword));
                    } else if keyword.starts_with(&self.small) {
                        found(abbreviated(), Spelling::Keyword(keyword));
                    }
                }
            }
            Takes::Value(rule) => {
                if let Some(spelling) = self.judge(rule) {
                    let free = self.syntax.is_free(rule);
                    found(if free { Rank::Free } else { Rank::Value }, spelling);
                }
            }
            Takes::Line(_) => found(Rank::Free, Spelling::Typed),
        }
    }

    fn judge(&mut self, rule: Rule) -> Option<Spelling> {
        if let Some((_, spelling)) = self.judged.iter().find(|(judged, _)| *judged == rule) {
            return *spelling;
        }
        let info = self.syntax.rule(rule);
        let spelling = if judge::accepts_word(info, rule, self.text) {
            Some(Spelling::Typed)
        } else {
            let plain = unquoted(self.text).filter(|plain| judge::accepts_word(info, rule, plain));
            plain.map(|_| Spelling::Unquoted)
        };
        self.judged.push((rule, spelling));
        spelling
    }
}

/// The text between the quotes around a word.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let quoted = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    quoted('"').or_else(|| quoted('\''))
}
