//! The form of a command: words, values, options and alternatives, and how they are written.

use std::collections::BTreeSet;

use super::mdoc;

/// A part of a command's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A word to type; with a tag it is a value.
    Keyword { text: String, tag: Option<String> },
    /// A value.
    Value(Value),
    /// One after the other.
    Sequence(Vec<Self>),
    /// One of these.
    Choice(Vec<Self>),
    /// This or nothing.
    Optional(Box<Self>),
    /// This, several times.
    Repeated(Box<Self>),
    /// A rule that is a phrase: it stands under its name if it is long and occurs again.
    Phrase(String, Box<Self>),
}

/// A word of some type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// The name that the command gives it.
    pub tag: Option<String>,
    /// The rule that is its type.
    pub rule: String,
    /// All words that fit, where the type is a list of words.
    pub words: Vec<String>,
}

/// The words of a type stand in the form itself if they are no more and no longer than this.
const WORDS_IN_LINE: usize = 4;
const SIGNS_IN_LINE: usize = 28;

impl Value {
    /// Its type, in the words of the page: the rule's name without the dialect.
    pub fn plain_name(&self) -> String {
        plain_name(&self.rule)
    }

    /// Whether its words stand in the form itself.
    pub fn in_line(&self) -> bool {
        let signs: usize = self.words.iter().map(String::len).sum();
        (1..=WORDS_IN_LINE).contains(&self.words.len()) && signs <= SIGNS_IN_LINE
    }
}

/// A rule's name as it stands on the page: without the dialect.
pub(super) fn plain_name(rule: &str) -> String {
    let name = rule.strip_prefix("ix_").or_else(|| rule.strip_prefix("rtx_"));
    name.unwrap_or(rule).replace('_', "-")
}

impl Form {
    /// The form with these phrases under their names, and all others spelt out.
    pub fn settled(self, named: &BTreeSet<String>) -> Self {
        let boxed = |inner: Box<Self>| Box::new(inner.settled(named));
        match self {
            Self::Keyword { .. } | Self::Value(_) => self,
            Self::Sequence(parts) => in_sequence(parts.into_iter().map(|part| part.settled(named))),
            Self::Choice(parts) => in_choice(parts.into_iter().map(|part| part.settled(named))),
            Self::Optional(inner) => Self::Optional(boxed(inner)),
            Self::Repeated(inner) => Self::Repeated(boxed(inner)),
            Self::Phrase(rule, inner) if named.contains(&rule) => Self::Phrase(rule, boxed(inner)),
            Self::Phrase(_, inner) => inner.settled(named),
        }
    }

    /// Whether it may begin with this keyword.
    pub fn begins_with(&self, word: &str) -> bool {
        match self {
            Self::Keyword { text, .. } => text == word,
            Self::Value(_) => false,
            Self::Sequence(parts) => parts.first().is_some_and(|first| first.begins_with(word)),
            Self::Choice(parts) => parts.iter().any(|part| part.begins_with(word)),
            Self::Optional(inner) | Self::Repeated(inner) | Self::Phrase(_, inner) => inner.begins_with(word),
        }
    }

    /// The form in macros that can stand in one line.
    pub fn macros(&self, name: &dyn Fn(&Value) -> String) -> String {
        match self {
            Self::Keyword { text, .. } => format!("Cm {}", mdoc::word(text)),
            Self::Value(value) if value.in_line() => format!("Po {} Pc", words(value)),
            Self::Value(value) => format!("Ar {}", mdoc::word(&name(value))),
            Self::Sequence(parts) => joined(parts, " ", name),
            Self::Choice(parts) => format!("Po {} Pc", joined(parts, " | ", name)),
            Self::Phrase(rule, _) => format!("Ar {}", mdoc::word(&plain_name(rule))),
            Self::Optional(inner) => format!("Oo {} Oc", inner.bare(name)),
            Self::Repeated(inner) => match &**inner {
                Self::Sequence(_) => format!("Po {} Pc No ...", inner.bare(name)),
                single => format!("{} No ...", single.macros(name)),
            },
        }
    }

    /// The form without parentheses of its own, because brackets stand around it.
    pub fn bare(&self, name: &dyn Fn(&Value) -> String) -> String {
        match self {
            Self::Choice(parts) => joined(parts, " | ", name),
            Self::Value(value) if value.in_line() => words(value),
            other => other.macros(name),
        }
    }

    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Keyword { .. } | Self::Value(_) => visit(self),
            Self::Sequence(parts) | Self::Choice(parts) => parts.iter().for_each(|part| part.each(visit)),
            Self::Optional(inner) | Self::Repeated(inner) => inner.each(visit),
            Self::Phrase(_, inner) => {
                visit(self);
                inner.each(visit);
            }
        }
    }

    pub fn each_value<'a>(&'a self, visit: &mut dyn FnMut(&'a Value)) {
        self.each(&mut |form| {
            if let Self::Value(value) = form {
                visit(value);
            }
        });
    }

    /// Whether a value stands in it whose tag is one of these; one without a tag has an empty one.
    pub fn has_value(&self, is_one: &dyn Fn(&str) -> bool) -> bool {
        let mut found = false;
        self.each(&mut |form| match form {
            Self::Keyword { tag: Some(tag), .. } => found |= is_one(tag),
            Self::Value(value) => found |= is_one(value.tag.as_deref().unwrap_or_default()),
            _ => {}
        });
        found
    }
}

fn joined(parts: &[Form], between: &str, name: &dyn Fn(&Value) -> String) -> String {
    parts.iter().map(|part| part.macros(name)).collect::<Vec<_>>().join(between)
}

fn words(value: &Value) -> String {
    let words: Vec<String> = value.words.iter().map(|word| format!("Cm {}", mdoc::word(word))).collect();
    words.join(" | ")
}

/// A sequence without sequences in it; a sequence of one is that one.
pub(super) fn in_sequence(parts: impl IntoIterator<Item = Form>) -> Form {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Form::Sequence(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.swap_remove(0) } else { Form::Sequence(flat) }
}

/// A choice without choices in it.
fn in_choice(parts: impl Iterator<Item = Form>) -> Form {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Form::Choice(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    Form::Choice(flat)
}
