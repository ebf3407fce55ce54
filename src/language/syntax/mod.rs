//! One grammar, many uses: parse, abbreviate, complete, `?`, identity, manual.
//!
//! ```text
//! grammar/*.pest ─► build/ (at build time) ─► table ─► automaton ─► walk (typed words → one command)
//!        └────────► pest_derive ─► judge (one word, or the whole line in full)
//! ```
//!
//! The walker finds out which command a line means, with abbreviations and the vendors' order of
//! preference. The parser that pest derives from the same files then has the last word on the
//! line written in full.

mod automaton;
mod error;
mod grammar;
mod help;
mod info;
mod judge;
pub mod manual;
mod reading;
mod table;
mod walk;
mod words;

use std::collections::BTreeSet;
use std::sync::LazyLock;

pub use error::{LINE_LIMIT, SyntaxError, SyntaxErrorKind, WORD_LIMIT, nearest};
pub use grammar::Rule;
pub use help::{NextWord, NextWords};
pub use info::RuleInfo;

use self::automaton::{Automaton, Position, Takes};
use self::table::BrokenTable;
use self::walk::{Undecided, Walk};
use self::words::{Typed, Words};
use super::command::Command;
use super::text;
use crate::types::Dialect;

/// The command line of one vendor.
pub struct Syntax {
    dialect: Dialect,
    automaton: Automaton,
    /// By number of the rule; rules of the other dialect are empty.
    rules: Vec<RuleInfo>,
    /// Which atomic rules accept any word, by number of the rule.
    free: Vec<bool>,
    /// The words that begin many commands, with their help.
    glossary: Vec<(&'static str, &'static str)>,
}

/// A line that takes others away: `no`, and what they begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The command line that it is written in.
    pub dialect: Dialect,
    /// The words after `no`, in full.
    pub words: Vec<String>,
    /// The commands whose lines it may mean.
    pub rules: Vec<Rule>,
    /// The command that the words are, where they are a complete one.
    pub command: Option<Command>,
}

/// A word that no typed value is: an atomic rule that accepts it accepts any word.
const ANY_WORD: &str = "zq";

impl Syntax {
    /// The command line of a vendor, read from its table on first use.
    pub fn of(dialect: Dialect) -> &'static Self {
        static IX: LazyLock<Syntax> = LazyLock::new(|| Syntax::built_in(Dialect::Ix));
        static RTX: LazyLock<Syntax> = LazyLock::new(|| Syntax::built_in(Dialect::Rtx));
        match dialect {
            Dialect::Ix => &IX,
            Dialect::Rtx => &RTX,
        }
    }

    /// Reads both, at the same time: for whoever needs both right away.
    pub fn prepare() {
        std::thread::scope(|threads| {
            threads.spawn(|| Self::of(Dialect::Ix));
            Self::of(Dialect::Rtx);
        });
    }

    #[expect(clippy::expect_used, reason = "the grammar is part of the program, and tests read all of it")]
    fn built_in(dialect: Dialect) -> Self {
        Self::read(dialect).expect("the build script writes what is read")
    }

    fn read(dialect: Dialect) -> Result<Self, BrokenTable> {
        let (read, automaton) = table::read(dialect)?;
        let count = Rule::all_rules().len() + 1;
        let mut rules = vec![RuleInfo::default(); count];
        let mut free = vec![false; count];
        let mut glossary = Vec::new();
        for (rule, info) in read {
            free[rule as usize] = info.atomic && judge::accepts(rule, ANY_WORD);
            if info.name == format!("{dialect}_words") {
                glossary.clone_from(&info.words);
            }
            rules[rule as usize] = info;
        }
        for position in &automaton.positions {
            rules[position.command as usize].negatable |= matches!(position.takes, Takes::Keyword("no"));
        }
        Ok(Self { dialect, automaton, rules, free, glossary })
    }

    /// What the grammar says of a rule.
    pub fn rule(&self, rule: Rule) -> &RuleInfo {
        &self.rules[rule as usize]
    }

    /// All rules, in the order of the grammar.
    fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().filter(|info| !info.name.is_empty())
    }

    /// All rules that are commands of some mode, in the order of the grammar.
    pub fn commands(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().filter(|info| !info.modes.is_empty())
    }

    /// The command that a line means in these modes, the innermost first.
    ///
    /// A statement of the grammar that begins with `no` is a command; any other `no …` is none
    /// (see [`Self::parse_removal`]).
    ///
    /// # Errors
    ///
    /// The line is no command; a blank line or a comment is incomplete.
    pub fn parse(&'static self, modes: &[&str], line: &str) -> Result<Command, SyntaxError> {
        let typed = self.split(line)?;
        let mut refused = Vec::new();
        loop {
            let walk = self.walk(Walk::without(self, modes, &refused), &typed.words)?;
            let chosen = walk.decide().map_err(|undecided| self.unfinished(&walk, undecided, &typed))?;
            let command = walk.command(chosen, typed.body);
            if judge::accepts(command.rule, &command.text()) {
                return Ok(command);
            }
            // Where a word may be any text, the parser takes a keyword for the keyword, and misses
            // what has to follow it; and it looks ahead where the walker does not.
            if walk.goes_on(command.rule) {
                return Err(self.unfinished(&walk, Undecided::Incomplete, &typed));
            }
            if refused.contains(&command.rule) {
                return self.judge(command, &typed);
            }
            refused.push(command.rule);
        }
    }

    /// The command that a line is, where it does not matter why it is none.
    pub fn find(&'static self, modes: &[&str], line: &str) -> Option<Command> {
        let typed = self.split(line).ok()?;
        let mut walk = Walk::new(self, modes);
        if !typed.words.iter().all(|word| walk.take(*word)) {
            return None;
        }
        let command = walk.command(walk.decide().ok()?, typed.body);
        self.judge(command, &typed).ok()
    }

    /// The lines that `no` and this line mean: a complete command, or the leading part of one
    /// that reaches its first value. A single-valued command is named by its keywords alone.
    ///
    /// # Errors
    ///
    /// The line is no part of a command, or names too little.
    pub fn parse_removal(&'static self, modes: &[&str], rest: &str) -> Result<Removal, SyntaxError> {
        let typed = self.split(rest)?;
        let walk = self.walk(Walk::removal(self, modes), &typed.words)?;
        let (chosen, command) = match walk.decide() {
            Ok(thread) => (thread, Some(walk.command(thread, typed.body))),
            Err(undecided) => match walk.best().next() {
                Some(thread) if self.names_lines(&walk) => (thread, None),
                _ => return Err(self.unfinished(&walk, undecided, &typed)),
            },
        };
        let words = walk.spell(chosen, typed.body);
        let mut rules: Vec<Rule> = walk
            .threads
            .iter()
            .filter(|thread| command.is_some() || thread.class == chosen.class)
            .filter(|thread| {
                walk.spell(thread, typed.body)
                    .iter()
                    .map(|word| &word.text)
                    .eq(words.iter().map(|word| &word.text))
            })
            .map(|thread| walk.rule(thread))
            .collect();
        rules.sort_unstable();
        rules.dedup();
        let words = words.iter().map(|word| word.text.to_string()).collect();
        Ok(Removal { dialect: self.dialect, words, rules, command })
    }

    /// How many words of a line, from its first one on, some command has.
    pub fn understood(&'static self, modes: &[&str], line: &str) -> usize {
        let Ok(typed) = self.split(line) else { return 0 };
        let mut walk = Walk::new(self, modes);
        typed.words.iter().take_while(|word| walk.take(**word)).count()
    }

    /// Whether a line, whatever is wrong with it, begins as only those commands do that open a
    /// context: then the lines below it are not meant for the context that is open now.
    pub fn leaves_context(&'static self, modes: &[&str], line: &str) -> bool {
        let Ok(typed) = self.split(line) else { return false };
        let mut walk = Walk::new(self, modes);
        let understood = typed.words.iter().take_while(|word| walk.take(**word)).count();
        understood > 0 && walk.threads.iter().all(|thread| self.rule(walk.rule(thread)).opens.is_some())
    }

    /// Whether the words of an unfinished line say which lines are meant: those of one command,
    /// down to its first value, or down to where that value would stand if there is one line only.
    fn names_lines(&self, walk: &Walk<'_>) -> bool {
        let mut settings: Vec<&RuleInfo> = walk.best().map(|thread| self.rule(walk.rule(thread))).collect();
        settings.dedup_by_key(|info| info.setting);
        let [info] = settings.as_slice() else { return false };
        let single = info.keys.is_empty() && !info.ordered;
        let at_value =
            || walk.next_positions().iter().any(|&next| self.automaton.position(next).value.is_some());
        walk.best().any(|thread| walk.has_value(thread)) || (single && at_value())
    }

    fn split<'a>(&self, line: &'a str) -> Result<Words<'a>, SyntaxError> {
        if line.len() > LINE_LIMIT {
            return Err(failure(SyntaxErrorKind::TooLong, 1, ""));
        }
        let words = words::split(self.dialect, line);
        if let Some((at, sign)) = words.body.chars().enumerate().find(|(_, sign)| !text::is_readable(*sign)) {
            return Err(failure(SyntaxErrorKind::Unreadable(sign), at + 1, ""));
        }
        match words.words.iter().find(|word| word.text.len() > WORD_LIMIT) {
            Some(word) => Err(failure(SyntaxErrorKind::LongWord, word.column, word.text)),
            None => Ok(words),
        }
    }

    /// Walks all words.
    fn walk<'a>(&self, mut walk: Walk<'a>, typed: &[Typed<'a>]) -> Result<Walk<'a>, SyntaxError> {
        for word in typed {
            if !walk.take(*word) {
                return Err(self.refuse(&walk, *word));
            }
        }
        Ok(walk)
    }

    /// The last word on a command: the derived parser must accept its full line to the end.
    fn judge(&self, command: Command, typed: &Words<'_>) -> Result<Command, SyntaxError> {
        if judge::accepts(command.rule, &command.text()) {
            return Ok(command);
        }
        let column = typed.words.first().map_or(1, |word| word.column);
        Err(failure(SyntaxErrorKind::Grammar(self.rule(command.rule).name.to_owned()), column, ""))
    }

    /// The error for a word that no thread can take.
    fn refuse(&self, walk: &Walk<'_>, word: Typed<'_>) -> SyntaxError {
        let next = walk.next_positions();
        let positions: Vec<&Position> = next.iter().map(|&next| self.automaton.position(next)).collect();
        let keywords = positions.iter().flat_map(|position| position.takes.keywords().iter().copied());
        let keywords: BTreeSet<&str> = keywords.collect();
        let near_miss = error::nearest(word.text, keywords.into_iter()).map(str::to_owned);
        let mut needed: Vec<&str> = positions.iter().filter_map(|position| self.needed(position)).collect();
        needed.sort_unstable();
        needed.dedup();
        let kind = match near_miss {
            None if !needed.is_empty() => SyntaxErrorKind::BadValue(needed.join(", or ")),
            None | Some(_) => SyntaxErrorKind::NoSuchWord,
        };
        SyntaxError { expected: self.expected(walk), near_miss, ..failure(kind, word.column, word.text) }
    }

    /// The error for a line that ends too early.
    fn unfinished(&self, walk: &Walk<'_>, undecided: Undecided, typed: &Words<'_>) -> SyntaxError {
        match undecided {
            Undecided::Incomplete => {
                let error = failure(SyntaxErrorKind::Incomplete, typed.end, "");
                SyntaxError { expected: self.expected(walk), ..error }
            }
            Undecided::Ambiguous { word, keywords } => {
                let keywords: Vec<String> = keywords.into_iter().map(str::to_owned).collect();
                let word = typed.words[word];
                let kind = SyntaxErrorKind::Ambiguous(keywords.clone());
                SyntaxError { expected: keywords, ..failure(kind, word.column, word.text) }
            }
        }
    }

    /// What may come next, in words.
    fn expected(&self, walk: &Walk<'_>) -> Vec<String> {
        let mut keywords = BTreeSet::new();
        let mut values = BTreeSet::new();
        for next in walk.next_positions() {
            let position = self.automaton.position(next);
            keywords.extend(position.takes.keywords().iter().copied());
            values.extend(self.needed(position));
        }
        let keywords = keywords.into_iter().map(str::to_owned);
        let mut expected: Vec<String> =
            values.into_iter().map(|needed| format!("<{needed}>")).chain(keywords).collect();
        expected.sort_unstable();
        if walk.may_end() {
            expected.push("<cr>".to_owned());
        }
        expected
    }

    /// The value that a position needs, in the words of its type.
    fn needed(&self, position: &Position) -> Option<&'static str> {
        position.takes.rule().map(|rule| self.rule(rule).help)
    }

    /// What a keyword means at a position. A choice of keywords explains its own; else the command
    /// does, or is the help itself where the word is its own; the words of many commands are
    /// explained once.
    fn help(&self, position: &Position, keyword: &str) -> &'static str {
        let info = self.rule(position.command);
        match position.value.and_then(|value| value.rule).map(|rule| self.rule(rule)) {
            Some(choice) => explanation(&choice.words, keyword).unwrap_or(choice.help),
            None => explanation(&info.words, keyword)
                .or_else(|| explanation(&self.glossary, keyword))
                .unwrap_or(info.help.trim_end_matches('.')),
        }
    }

    /// Whether an atomic rule accepts any word.
    fn is_free(&self, rule: Rule) -> bool {
        self.free[rule as usize]
    }

    /// A value as it is printed: as typed, but the name it begins with as the grammar spells it.
    fn spelling(&self, rule: Option<Rule>, typed: &str) -> String {
        let literals = rule.map_or(&[][..], |rule| &self.rule(rule).literals);
        for literal in literals {
            if let Some((begin, rest)) = typed.split_at_checked(literal.len())
                && begin.eq_ignore_ascii_case(literal)
            {
                return format!("{literal}{rest}");
            }
        }
        typed.to_owned()
    }
}

fn explanation(words: &[(&str, &'static str)], keyword: &str) -> Option<&'static str> {
    words.iter().find(|(word, _)| *word == keyword).map(|(_, help)| *help)
}

/// A line up to its comment, without the blanks before that; blanks at its start stay. Empty for
/// a blank line and for one that is nothing but a comment.
pub fn without_comment(dialect: Dialect, line: &str) -> &str {
    words::split(dialect, line).body
}

fn failure(kind: SyntaxErrorKind, column: usize, word: &str) -> SyntaxError {
    SyntaxError { kind, column, word: word.to_owned(), expected: Vec::new(), near_miss: None }
}

#[cfg(test)]
mod lint;
#[cfg(test)]
mod phrases;
#[cfg(test)]
mod tests;
