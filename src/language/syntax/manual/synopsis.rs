//! The form of a command: from pest's expression to words, values, options and alternatives.

use std::collections::{BTreeMap, BTreeSet};

use pest_meta::ast::{Expr, Rule as Expression, RuleType};

use super::mdoc;

/// The form of a command.
pub(super) struct Synopsis {
    whole: Form,
    /// The tags that stand for values of several types: there the type is the name.
    torn: BTreeSet<String>,
}

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

/// A phrase that occurs again stands under its name if its form is longer than this, as macros.
const SIGNS_OF_A_PHRASE: usize = 60;

impl Synopsis {
    /// The form of a command, the parts of phrases spelt out.
    pub fn of(command: &Expression, rules: &BTreeMap<&str, &Expression>) -> Self {
        let whole = form(&command.expr, None, rules);
        let mut phrases: BTreeMap<&str, usize> = BTreeMap::new();
        whole.each(&mut |form| {
            if let Form::Phrase(rule, inner) = form
                && inner.macros(&Value::plain_name).len() > SIGNS_OF_A_PHRASE
            {
                *phrases.entry(rule).or_default() += 1;
            }
        });
        let named =
            phrases.into_iter().filter(|(_, times)| *times > 1).map(|(rule, _)| rule.to_owned()).collect();
        let whole = whole.settled(&named);
        let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        whole.each_value(&mut |value| {
            if let Some(tag) = &value.tag {
                types.entry(tag).or_default().insert(&value.rule);
            }
        });
        let torn =
            types.into_iter().filter(|(_, types)| types.len() > 1).map(|(tag, _)| tag.to_owned()).collect();
        Self { whole, torn }
    }

    /// The name by which a value stands in the form.
    pub fn name(&self, value: &Value) -> String {
        match &value.tag {
            Some(tag) if !self.torn.contains(tag) => tag.replace('_', "-"),
            Some(_) | None => value.plain_name(),
        }
    }

    /// The forms, each in macros of mdoc without the leading dot.
    pub fn lines(&self, name: &dyn Fn(&Value) -> String) -> Vec<String> {
        self.alternatives().iter().map(|form| form.macros(name)).collect()
    }

    /// The forms that are told apart from the first word on.
    pub fn alternatives(&self) -> &[Form] {
        match &self.whole {
            Form::Choice(alternatives) => alternatives,
            other => std::slice::from_ref(other),
        }
    }

    /// All words and values, in their order.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Form)) {
        self.whole.each(visit);
    }

    /// The beginning of a line that names it to `no`: its first words, with so many values. Those
    /// after the first count only if they are keys.
    pub fn beginning(&self, keys: &[&str], values: usize) -> Vec<Form> {
        let form = self.alternatives().first().unwrap_or(&self.whole);
        let parts = match form {
            Form::Sequence(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut left = values;
        let mut beginning = Vec::new();
        for part in parts.iter().filter(|part| values == 0 || !matches!(part, Form::Optional(_))) {
            let is_word = matches!(part, Form::Keyword { tag: None, .. });
            if !is_word && (left == 0 || left < values && !part.has_value(&|tag| keys.contains(&tag))) {
                break;
            }
            beginning.push(part.clone());
            left -= usize::from(part.has_value(&|_| true));
            if values > 0 && left == 0 {
                break;
            }
        }
        beginning
    }
}

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
    fn settled(self, named: &BTreeSet<String>) -> Self {
        let boxed = |inner: Box<Self>| Box::new(inner.settled(named));
        match self {
            Self::Keyword { .. } | Self::Value(_) => self,
            Self::Sequence(parts) => in_sequence(parts.into_iter().map(|part| part.settled(named))),
            Self::Choice(parts) => Self::Choice(parts.into_iter().map(|part| part.settled(named)).collect()),
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

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
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

    fn each_value<'a>(&'a self, visit: &mut dyn FnMut(&'a Value)) {
        self.each(&mut |form| {
            if let Self::Value(value) = form {
                visit(value);
            }
        });
    }

    /// Whether a value stands in it whose tag is one of these; one without a tag has an empty one.
    fn has_value(&self, is_one: &dyn Fn(&str) -> bool) -> bool {
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

fn form(expr: &Expr, tag: Option<&str>, rules: &BTreeMap<&str, &Expression>) -> Form {
    match expr {
        Expr::Str(text) | Expr::Insens(text) => {
            Form::Keyword { text: text.clone(), tag: tag.map(str::to_owned) }
        }
        Expr::NodeTag(inner, tag) => form(inner, Some(tag.trim_start_matches('#')), rules),
        Expr::Ident(name) => reference(name, tag, rules),
        Expr::Seq(..) => sequence(expr, tag, rules),
        Expr::Choice(..) => {
            let parts = choices(expr);
            Form::Choice(parts.into_iter().map(|part| form(part, tag, rules)).collect())
        }
        Expr::Opt(inner) => Form::Optional(form(inner, tag, rules).into()),
        Expr::Rep(inner) | Expr::RepMax(inner, _) | Expr::RepMinMax(inner, 0, _) => {
            Form::Optional(Form::Repeated(form(inner, tag, rules).into()).into())
        }
        Expr::RepExact(inner, count @ 1..=3) => {
            Form::Sequence(vec![form(inner, tag, rules); *count as usize])
        }
        Expr::RepOnce(inner)
        | Expr::RepExact(inner, _)
        | Expr::RepMin(inner, _)
        | Expr::RepMinMax(inner, ..) => Form::Repeated(form(inner, tag, rules).into()),
        // Lookaheads take no word, and nothing else stands in a phrase.
        _ => Form::Sequence(Vec::new()),
    }
}

/// A value if the rule is atomic, else its own form.
fn reference(name: &str, tag: Option<&str>, rules: &BTreeMap<&str, &Expression>) -> Form {
    match rules.get(name) {
        Some(rule) if matches!(rule.ty, RuleType::Normal | RuleType::Silent) => {
            Form::Phrase(name.to_owned(), form(&rule.expr, tag, rules).into())
        }
        Some(rule) => {
            let words: Option<Vec<String>> = choices(&rule.expr).into_iter().map(literal).collect();
            let words = words.unwrap_or_default();
            Form::Value(Value { tag: tag.map(str::to_owned), rule: name.to_owned(), words })
        }
        None => Form::Sequence(Vec::new()),
    }
}

fn sequence(expr: &Expr, tag: Option<&str>, rules: &BTreeMap<&str, &Expression>) -> Form {
    match expr {
        Expr::Seq(first, second) => in_sequence([first, second].map(|part| sequence(part, tag, rules))),
        other => form(other, tag, rules),
    }
}

/// A sequence without sequences in it; a sequence of one is that one.
fn in_sequence(parts: impl IntoIterator<Item = Form>) -> Form {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Form::Sequence(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.swap_remove(0) } else { Form::Sequence(flat) }
}

fn choices(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Choice(first, second) => [choices(first), choices(second)].concat(),
        other => vec![other],
    }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Str(text) => Some(text.clone()),
        _ => None,
    }
}
