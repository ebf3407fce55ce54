//! One line, understood: the command it is, and its words written in full.

use super::syntax::Rule;
use crate::types::Dialect;

/// A line that the grammar accepts, abbreviations expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The command line that it is written in.
    pub dialect: Dialect,
    /// The grammar's rule for it.
    pub rule: Rule,
    /// Its words in order.
    pub words: Vec<Word>,
}

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As printed: a keyword in full, a value as the user wrote it (quotes included).
    pub text: String,
    /// `None` for a keyword of the grammar.
    pub value: Option<Value>,
}

/// What the grammar says of a word that is no keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// The atomic rule that it matches.
    pub rule: Rule,
    /// The tag before it in the grammar: `key` tells lines of one command apart, `secret` is
    /// masked on screens, any other is the name by which lowering asks for it.
    pub tag: Option<&'static str>,
}

impl Command {
    /// The line in full: words with one blank between.
    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The value tagged `tag`, without its quotes.
    pub fn value(&self, tag: &str) -> Option<&str> {
        self.words.iter().find(|word| word.is_tagged(tag)).map(|word| unquoted(&word.text))
    }

    /// All values tagged `tag`, in order, without their quotes.
    pub fn values<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a str> {
        self.words.iter().filter(move |word| word.is_tagged(tag)).map(|word| unquoted(&word.text))
    }

    /// Whether this keyword stands in the line.
    pub fn has(&self, keyword: &str) -> bool {
        self.words.iter().any(|word| word.value.is_none() && word.text == keyword)
    }
}

impl Word {
    fn is_tagged(&self, tag: &str) -> bool {
        self.value.is_some_and(|value| value.tag == Some(tag))
    }
}

/// A word without the quotes around it.
fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}
