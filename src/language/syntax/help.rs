//! What may come next: for `?` and for Tab.

use super::automaton::{PositionId, Takes};
use super::walk::Walk;
use super::words::{self, Typed};
use super::{Rule, Syntax, SyntaxError, judge};

/// What may stand at the end of an unfinished line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextWords {
    /// The part of a word that is typed already; empty after a blank.
    pub begun: String,
    /// Where that word begins: characters from 1.
    pub column: usize,
    /// What may stand there, in alphabetical order: keywords, then values, then the end.
    pub words: Vec<NextWord>,
}

/// One thing that may come next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NextWord {
    /// A keyword, in full.
    Keyword {
        /// As printed.
        text: &'static str,
        /// What it means here.
        help: &'static str,
    },
    /// A value.
    Value {
        /// Its type: the atomic rule.
        rule: Rule,
        /// The command that it is part of, which says what it names.
        command: Rule,
        /// Its tag in the grammar, which says what it is for.
        tag: Option<&'static str>,
        /// What it looks like.
        help: &'static str,
    },
    /// The line may end here.
    End,
}

impl Syntax {
    /// What may come next in a line that is typed up to the cursor; also after `no`.
    ///
    /// # Errors
    ///
    /// A word before the cursor's is wrong.
    pub fn next_words(&'static self, modes: &[&str], line: &str) -> Result<NextWords, SyntaxError> {
        let typed = words::split(self.dialect, line);
        let begun = typed.words.last().filter(|_| !line.ends_with(words::is_blank)).copied();
        let before = &typed.words[..typed.words.len() - usize::from(begun.is_some())];
        let mut found = Vec::new();
        let own = self.collect(Walk::new(self, modes), before, begun, &mut found);
        let removal = match before.split_first() {
            Some((no, rest)) if is_no(*no) => {
                self.collect(Walk::removal(self, modes), rest, begun, &mut found)
            }
            _ => own.clone(),
        };
        if before.is_empty() {
            self.describe_no(modes, begun, &mut found);
        }
        if found.is_empty() {
            own.and(removal)?;
        }
        found.sort_unstable();
        found.dedup();
        let column = begun.map_or(typed.end, |word| word.column);
        Ok(NextWords {
            begun: begun.map_or_else(String::new, |word| word.text.to_owned()),
            column,
            words: found,
        })
    }

    fn collect<'a>(
        &'static self,
        walk: Walk<'a>,
        before: &[Typed<'a>],
        begun: Option<Typed<'_>>,
        found: &mut Vec<NextWord>,
    ) -> Result<(), SyntaxError> {
        let walk = self.walk(walk, before)?;
        for position in walk.next_positions() {
            self.describe(position, begun, found);
        }
        if begun.is_none() && walk.may_end() {
            found.push(NextWord::End);
        }
        Ok(())
    }

    /// Adds `no` where a configuration is typed: every line of it can be removed.
    fn describe_no(&self, modes: &[&str], begun: Option<Typed<'_>>, found: &mut Vec<NextWord>) {
        let first =
            modes.iter().filter_map(|name| self.automaton.modes.get(name)).flat_map(|mode| mode.all());
        let mut commands = first.map(|first| self.rule(self.automaton.position(first).command));
        let fits = begun.is_none_or(|word| NO.starts_with(&word.text.to_ascii_lowercase()));
        if fits && commands.any(|command| !command.operational) {
            let help = super::explanation(&self.glossary, NO).unwrap_or_default();
            found.push(NextWord::Keyword { text: NO, help });
        }
    }

    /// Adds what a position takes, as far as it goes with what is typed already.
    fn describe(&'static self, position: PositionId, begun: Option<Typed<'_>>, found: &mut Vec<NextWord>) {
        let small = begun.map_or_else(String::new, |word| word.text.to_ascii_lowercase());
        let position = self.automaton.position(position);
        match position.takes {
            Takes::Keyword(_) | Takes::Choice(_) => {
                let fits = position.takes.keywords().iter().filter(|keyword| keyword.starts_with(&small));
                found.extend(fits.map(|&text| NextWord::Keyword { text, help: self.help(position, text) }));
            }
            Takes::Value(rule) | Takes::Line(rule) => {
                let info = self.rule(rule);
                if begun.is_none_or(|word| judge::accepts_word(info, rule, word.text)) {
                    let tag = position.value.and_then(|value| value.tag);
                    found.push(NextWord::Value { rule, command: position.command, tag, help: info.help });
                }
            }
        }
    }
}

/// The word that removes lines.
const NO: &str = "no";

/// Whether a word is `no`, in full.
fn is_no(word: Typed<'_>) -> bool {
    word.text.eq_ignore_ascii_case(NO)
}
