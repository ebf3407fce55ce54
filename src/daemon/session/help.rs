//! The keys `?` and Tab, with the names that the configuration has.

use std::collections::BTreeMap;

use super::{Answer, Place, Session};
use crate::config;
use crate::language::syntax::{NextWord, NextWords, Syntax, SyntaxError};
use crate::language::tree::Tree;
use crate::types::{Dialect, InterfaceName, Language};

/// Names that may stand at a place, and what each is a name of.
type Names = BTreeMap<String, &'static str>;

impl Session {
    /// What may come next, in the vendor's layout.
    pub(super) fn help(&self, text: &str) -> Answer {
        match self.next_words(text) {
            Err(error) => Answer::error(self.voice().syntax_error(&error)),
            Ok(next) => Answer::said(match self.dialect {
                Dialect::Ix => ix(&next, &self.names(text)),
                Dialect::Rtx => self.rtx(text, &next, &self.names(text)),
            }),
        }
    }

    /// How the last word may go on: where it begins, in bytes, and its full forms.
    pub(super) fn complete(&self, text: &str) -> (usize, Vec<String>) {
        let names = self.names(text).into_keys();
        let next = self.next_words(text).map(|next| next.words).unwrap_or_default();
        let keywords = next.iter().filter_map(keyword).map(str::to_owned);
        let mut words: Vec<String> = keywords.chain(names).collect();
        words.dedup();
        (word_start(text), words)
    }

    fn next_words(&self, text: &str) -> Result<NextWords, SyntaxError> {
        let modes = match self.place {
            Place::Operation => vec!["operation"],
            Place::Configuration => self.cursor.modes(self.dialect),
        };
        Syntax::of(self.dialect).next_words(&modes, text)
    }

    /// The names that the configuration has where a name may stand, as far as one is typed.
    ///
    /// Half a name is often no name (`GigaE`), so the place is asked about without it.
    fn names(&self, text: &str) -> Names {
        let (before, begun) = text.split_at(word_start(text));
        let begun = begun.to_ascii_lowercase();
        let places = self.next_words(before).map(|next| next.words).unwrap_or_default();
        let running = self.running();
        let edited = self.candidate.as_ref().map(|candidate| &candidate.tree);
        let trees: Vec<&Tree> = edited.into_iter().chain([&running.tree]).collect();
        let mut names = Names::new();
        for place in places {
            let NextWord::Value { command, tag: Some(tag), .. } = place else { continue };
            let info = Syntax::of(self.dialect).rule(command);
            for &(kind, _) in info.uses.iter().chain(&info.defines).filter(|(_, of)| *of == tag) {
                let defined = trees.iter().flat_map(|tree| config::defined(tree, self.dialect, kind));
                names.extend(defined.map(|name| (name, kind)));
            }
            if tag == INTERFACE {
                let lines = trees.iter().flat_map(|tree| tree.walk());
                let typed = lines.filter_map(|(_, line)| line.command.value(INTERFACE)?.parse().ok());
                let known = running.model.interfaces.keys().copied().chain(typed);
                names.extend(known.map(|name: InterfaceName| (name.in_dialect(self.dialect), INTERFACE)));
            }
        }
        names.retain(|name, _| name.to_ascii_lowercase().starts_with(&begun));
        names
    }

    /// Yamaha's: the words in one line; of a value what it means, and the line so far with it.
    fn rtx(&self, text: &str, next: &NextWords, names: &Names) -> String {
        let (meaning, form) = match self.voice().language {
            Language::Japanese => ("説明:", "入力形式:"),
            Language::English => ("Description:", "Format:"),
        };
        let keywords: Vec<&str> = next.words.iter().filter_map(keyword).collect();
        let names: Vec<&str> = names.keys().map(String::as_str).collect();
        let words = [keywords, names].concat();
        let mut out = if words.is_empty() { String::new() } else { format!("? {}\n", words.join(" ")) };
        let before = &text[..word_start(text)];
        let rows = rows(next);
        let is_alone = rows.len() == 1;
        let rows = rows.iter().filter(|(word, _)| is_alone || !words.contains(&word.as_str()));
        for forms in rows.collect::<Vec<_>>().chunk_by(|(word, _), (next, _)| word == next) {
            for (_, help) in forms {
                out += &format!("{meaning} {help}\n");
            }
            let word = forms.first().map_or("", |(word, _)| word);
            out += &format!("{form} {before}{word}\n");
        }
        out
    }
}

/// The tag of interfaces; the console knows them without the grammar's word for it.
const INTERFACE: &str = "interface";

/// NEC's: one word a line, and what it means.
fn ix(next: &NextWords, names: &Names) -> String {
    let mut rows = rows(next);
    rows.extend(names.iter().map(|(name, kind)| (name.clone(), *kind)));
    let width = rows.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    let mut above = "";
    for (word, help) in &rows {
        // Further forms of the same value stand below the first.
        match above == word {
            true => out += &format!("  {:width$}    {help}\n", ""),
            false => out += &format!("  {word:width$} -- {help}\n"),
        }
        above = word;
    }
    out
}

/// Where the word at the end begins, in bytes; the end after a blank.
fn word_start(text: &str) -> usize {
    text.rfind(char::is_whitespace).map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8))
}

/// Words and what they mean. Values of several commands may look the same: they are one row.
fn rows(next: &NextWords) -> Vec<(String, &'static str)> {
    let mut rows: Vec<(String, &'static str)> = Vec::new();
    for word in &next.words {
        let row = match word {
            NextWord::Keyword { text, help } => ((*text).to_owned(), *help),
            NextWord::Value { tag, help, .. } => (tag.unwrap_or("value").to_uppercase(), *help),
            NextWord::End => ("<cr>".to_owned(), "the line may end here"),
        };
        if !rows.contains(&row) {
            // Forms of the same value stand together.
            let last = rows.iter().rposition(|(word, _)| *word == row.0);
            rows.insert(last.map_or(rows.len(), |at| at + 1), row);
        }
    }
    rows
}

fn keyword(word: &NextWord) -> Option<&'static str> {
    match word {
        NextWord::Keyword { text, .. } => Some(text),
        NextWord::Value { .. } | NextWord::End => None,
    }
}
