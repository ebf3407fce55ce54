//! The keys `?` and Tab.

use super::{Answer, Place, Session};
use crate::language::syntax::{NextWord, NextWords, Syntax, SyntaxError};

impl Session {
    /// What may come next, one a line: keyword or value, and what it means.
    pub(super) fn help(&self, text: &str) -> Answer {
        let next = match self.next_words(text) {
            Ok(next) => next,
            Err(error) => return Answer::error(self.voice().syntax_error(&error)),
        };
        let rows: Vec<(String, &str)> = next.words.iter().map(row).collect();
        let width = rows.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(0);
        let line = |(word, help): &(String, &str)| format!("  {word:width$} -- {help}\n");
        Answer::said(rows.iter().map(line).collect::<String>())
    }

    /// How the last word may go on: where it begins, in bytes, and its full forms.
    pub(super) fn complete(&self, text: &str) -> (usize, Vec<String>) {
        let Ok(next) = self.next_words(text) else { return (text.len(), Vec::new()) };
        let start = text.char_indices().nth(next.column - 1).map_or(text.len(), |(start, _)| start);
        let mut words: Vec<String> = next.words.iter().filter_map(keyword).collect();
        words.extend(self.names(&next));
        words.dedup();
        (start, words)
    }

    fn next_words(&self, text: &str) -> Result<NextWords, SyntaxError> {
        let modes = match self.place {
            Place::Operation => vec!["operation"],
            Place::Configuration => self.cursor.modes(self.dialect),
        };
        Syntax::of(self.dialect).next_words(&modes, text)
    }

    /// The interfaces that the configuration names, where one may stand.
    fn names(&self, next: &NextWords) -> Vec<String> {
        let is_name = |word: &NextWord| matches!(word, NextWord::Value { tag: Some("interface"), .. });
        if !next.words.iter().any(is_name) {
            return Vec::new();
        }
        let begun = next.begun.to_ascii_lowercase();
        let running = self.running();
        let names = running.model.interfaces.keys().map(|name| name.in_dialect(self.dialect));
        names.filter(|name| name.to_ascii_lowercase().starts_with(&begun)).collect()
    }
}

fn row(word: &NextWord) -> (String, &'static str) {
    match word {
        NextWord::Keyword { text, help } => ((*text).to_owned(), help),
        NextWord::Value { tag, help, .. } => (tag.unwrap_or("value").to_uppercase(), help),
        NextWord::End => ("<cr>".to_owned(), "the line may end here"),
    }
}

fn keyword(word: &NextWord) -> Option<String> {
    match word {
        NextWord::Keyword { text, .. } => Some((*text).to_owned()),
        NextWord::Value { .. } | NextWord::End => None,
    }
}
