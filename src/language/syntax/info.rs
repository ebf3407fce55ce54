//! What the grammar says of its rules.

use crate::language::command::Word;

/// What the grammar says of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its name in the grammar.
    pub name: &'static str,
    /// The path of its file.
    pub file: &'static str,
    /// Whether it is one word, as against a phrase.
    pub atomic: bool,
    /// The first line of its docs.
    pub help: &'static str,
    /// All prose of its docs, line by line.
    pub docs: Vec<&'static str>,
    /// Help for single words of the command: keyword and text.
    pub words: Vec<(&'static str, &'static str)>,
    /// The modes in which it is a command; none for a part of commands.
    pub modes: Vec<&'static str>,
    /// The mode that its line opens.
    pub opens: Option<&'static str>,
    /// Why it can have no meaning on Linux: `hardware` or `cloud`.
    pub inert: Option<&'static str>,
    /// The feature that it belongs to and that is not built yet.
    pub planned: Option<&'static str>,
    /// Whether it is no part of a configuration: it is run.
    pub operational: bool,
    /// Whether its lines are an ordered list, in which every word identifies a line.
    pub ordered: bool,
    /// Whether `no …` is a statement of this command, kept as a line.
    pub negatable: bool,
    /// The name of the rule whose setting it spells: its own, unless `@as` names another.
    pub setting: &'static str,
    /// The tags of the words that tell its lines apart.
    pub keys: Vec<&'static str>,
    /// The limits of a number, both included.
    pub range: Option<(u64, u64)>,
    /// Whether its keywords yield to those of other commands when they are abbreviated.
    pub yields: bool,
    /// Whether its word is the rest of the line.
    pub line: bool,
    /// The literals of an atomic rule that may be typed in any case: names of interfaces.
    pub literals: Vec<&'static str>,
    /// Its place among the printed lines of a context.
    pub order: usize,
    /// The names that its lines define: what kind of thing, and the tag of the name.
    pub defines: Vec<(&'static str, &'static str)>,
    /// The names that its lines use, which others have to define.
    pub uses: Vec<(&'static str, &'static str)>,
    /// Of a line for a peer, typed where none is selected: `provider` or `anonymous` is meant.
    pub meant: Option<&'static str>,
}

impl RuleInfo {
    /// Whether its lines do something: they have a meaning on Linux, and it is built.
    pub fn has_effect(&self) -> bool {
        self.inert.is_none() && self.planned.is_none()
    }

    /// Whether this word of its line tells the line from others of the command.
    pub fn identifies(&self, word: &Word) -> bool {
        let tag = word.value.and_then(|value| value.tag);
        self.ordered || tag.is_some_and(|tag| self.keys.contains(&tag))
    }
}
