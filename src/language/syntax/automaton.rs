//! The words of all commands of a dialect as one automaton without empty edges.
//!
//! Every place where a word stands in the grammar is a *position*. A position knows what word
//! it takes, which positions may follow, and whether a command may end after it. This is
//! Glushkov's construction: an expression needs only its first and last positions and whether
//! it may be empty, so a thread of the walker is a single number.

use std::collections::BTreeMap;

use super::Rule;
use crate::language::command::Value;

/// The number of a position.
pub(super) type PositionId = u32;

/// All commands of a dialect.
#[derive(Debug, Default)]
pub(super) struct Automaton {
    pub positions: Vec<Position>,
    pub modes: BTreeMap<&'static str, Mode>,
}

/// One word of one command.
#[derive(Debug)]
pub(super) struct Position {
    /// The command that it belongs to.
    pub command: Rule,
    /// The words that fit.
    pub takes: Takes,
    /// What the grammar says of the word, unless it is a plain keyword.
    pub value: Option<Value>,
    /// The positions that may come next.
    pub follow: Vec<PositionId>,
    /// Whether the command may end here.
    pub ends: bool,
}

/// The words that fit a position.
#[derive(Clone, Debug)]
pub(super) enum Takes {
    /// One keyword.
    Keyword(&'static str),
    /// One of several keywords (an atomic rule that is a choice of literals).
    Choice(Vec<&'static str>),
    /// A word that the atomic rule accepts.
    Value(Rule),
    /// The rest of the line.
    Line(Rule),
}

/// How the commands of a mode begin.
#[derive(Debug, Default)]
pub(super) struct Mode {
    /// First keywords, sorted.
    pub keywords: Vec<(&'static str, PositionId)>,
    /// First words that are no keyword.
    pub values: Vec<PositionId>,
}

impl Mode {
    /// The positions whose keyword begins with `prefix` (in small letters), and those of values.
    pub fn beginning_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = PositionId> + 'a {
        let from = self.keywords.partition_point(|&(keyword, _)| keyword < prefix);
        let begins = move |entry: &&(&'static str, PositionId)| entry.0.starts_with(prefix);
        let keywords = self.keywords[from..].iter().take_while(begins).map(|&(_, position)| position);
        keywords.chain(self.values.iter().copied())
    }

    /// All first positions.
    pub fn all(&self) -> impl Iterator<Item = PositionId> + '_ {
        self.keywords.iter().map(|&(_, position)| position).chain(self.values.iter().copied())
    }
}

impl Automaton {
    pub fn position(&self, id: PositionId) -> &Position {
        &self.positions[id as usize]
    }
}

impl Takes {
    /// The keywords that fit, for completion and near misses.
    pub fn keywords(&self) -> &[&'static str] {
        match self {
            Self::Keyword(keyword) => std::slice::from_ref(keyword),
            Self::Choice(keywords) => keywords,
            Self::Value(_) | Self::Line(_) => &[],
        }
    }

    /// The atomic rule that judges the word.
    pub fn rule(&self) -> Option<Rule> {
        match *self {
            Self::Value(rule) | Self::Line(rule) => Some(rule),
            Self::Keyword(_) | Self::Choice(_) => None,
        }
    }
}
