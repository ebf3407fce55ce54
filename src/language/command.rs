//! One line, understood: the command it is, and its words written in full.

use std::borrow::Cow;

use super::syntax::{Rule, RuleInfo, Syntax};
use crate::types::Dialect;

/// A line that the grammar accepts, abbreviations expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The command line that it is written in.
    pub dialect: Dialect,
    /// The grammar's rule for it.
    pub rule: Rule,
    /// Its words in order.
    pub words: Box<[Word]>,
}

/// One word of a command. Its keywords and all that the grammar says of it are shared, so that
/// a configuration of many lines stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As printed: a keyword in full, a value as the user wrote it (quotes included).
    pub text: Cow<'static, str>,
    /// `None` for a keyword without a tag.
    pub value: Option<&'static Value>,
}

/// What the grammar says of a word that is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// The atomic rule that it matches; `None` for a keyword that stands for a value
    /// (`#prefix = ("default" | ipv4_prefix)`).
    pub rule: Option<Rule>,
    /// The tag before it in the grammar: the name by which lowering and `@key` ask for it;
    /// `secret` is masked on screens.
    pub tag: Option<&'static str>,
}

impl Command {
    /// What the grammar says of the command.
    pub fn info(&self) -> &'static RuleInfo {
        Syntax::of(self.dialect).rule(self.rule)
    }

    /// The line in full: words with one blank between.
    pub fn text(&self) -> String {
        join(&self.words)
    }

    /// The value tagged `tag`, without its quotes.
    pub fn value(&self, tag: &str) -> Option<Cow<'_, str>> {
        self.words.iter().find(|word| word.is_tagged(tag)).map(|word| self.plain(word))
    }

    /// All values tagged `tag`, in order, without their quotes.
    pub fn values<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        self.words.iter().filter(move |word| word.is_tagged(tag)).map(|word| self.plain(word))
    }

    /// All tagged words in their order, each with its tag and without its quotes.
    pub fn tagged(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        self.words.iter().filter_map(|word| Some((word.value?.tag?, self.plain(word))))
    }

    /// Whether this keyword stands in the line.
    pub fn has(&self, keyword: &str) -> bool {
        self.words.iter().any(|word| word.is_keyword() && word.text == keyword)
    }

    /// The words that tell this line from others of its command: those whose tags `@key` lists,
    /// or all of them in an `@ordered` list. None at all: the command is single-valued, a later
    /// line replaces an earlier one.
    pub fn identity(&self) -> impl Iterator<Item = &Word> {
        let info = self.info();
        self.words.iter().filter(move |word| info.identifies(word))
    }

    /// The text of a value without quotes and backslashes.
    pub fn plain<'a>(&self, word: &'a Word) -> Cow<'a, str> {
        plain(self.dialect, &word.text)
    }
}

impl Word {
    /// Whether the word carries this tag.
    pub fn is_tagged(&self, tag: &str) -> bool {
        self.value.is_some_and(|value| value.tag == Some(tag))
    }

    /// Whether it is a keyword of the grammar, as against a value.
    pub fn is_keyword(&self) -> bool {
        self.value.is_none_or(|value| value.rule.is_none())
    }
}

/// Words with one blank between.
pub fn join(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>().join(" ")
}

/// Free text as one word that means it, where the dialect has a way to write it.
pub fn quote(dialect: Dialect, text: &str) -> String {
    let free = |quote: char| !text.contains(quote);
    let has_signs = text.contains(['"', '\'', '\\', '#']) || text.contains(char::is_whitespace);
    match dialect {
        _ if !has_signs && !text.is_empty() => text.to_owned(),
        Dialect::Ix => format!("\"{text}\""),
        Dialect::Rtx if free('"') => format!("\"{text}\""),
        Dialect::Rtx if free('\'') => format!("'{text}'"),
        Dialect::Rtx => text.chars().flat_map(|sign| ['\\', sign]).collect(),
    }
}

/// A value as it is meant: RTX drops quotes and backslashes wherever they stand, IX the `"`
/// around a whole word.
fn plain(dialect: Dialect, text: &str) -> Cow<'_, str> {
    match dialect {
        Dialect::Ix => match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) if !inner.contains('"') => Cow::Borrowed(inner),
            Some(_) | None => Cow::Borrowed(text),
        },
        Dialect::Rtx if text.contains(['"', '\'', '\\']) => Cow::Owned(without_signs(text)),
        Dialect::Rtx => Cow::Borrowed(text),
    }
}

/// The text without quotes that close and without the backslashes outside them.
fn without_signs(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        match sign {
            '"' | '\'' if rest.contains(sign) => {
                let (inner, after) = rest.split_once(sign).unwrap_or((rest, ""));
                plain.push_str(inner);
                rest = after;
            }
            '\\' => {
                let kept = rest.chars().next();
                plain.extend(kept);
                rest = &rest[kept.map_or(0, char::len_utf8)..];
            }
            _ => plain.push(sign),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_meant_without_its_quotes() {
        for (typed, meant) in [
            ("plain", "plain"),
            (r#""a b""#, "a b"),
            (r"a\ b\#", "a b#"),
            (r#"'it"s' "#, "it\"s "),
            (r#"x"y z"w"#, "xy zw"),
            (r#""open"#, "\"open"),
            (r"end\", "end"),
        ] {
            assert_eq!(plain(Dialect::Rtx, typed), meant, "{typed}");
        }
        assert_eq!(plain(Dialect::Ix, r#""a b""#), "a b");
        assert_eq!(plain(Dialect::Ix, r"it's\"), r"it's\");
    }

    #[test]
    fn text_is_quoted_so_that_it_is_meant() {
        for text in ["plain", "a b", "a#b", r"a\b", "it's", r#"a"b"#, r#"a"b'c \"#, "", "辻"] {
            assert_eq!(plain(Dialect::Rtx, &quote(Dialect::Rtx, text)), text);
        }
        for text in ["plain", "a b", "a!b", "", "辻"] {
            assert_eq!(plain(Dialect::Ix, &quote(Dialect::Ix, text)), text);
        }
    }
}
