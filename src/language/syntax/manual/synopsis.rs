//! What is said of a command's form: from pest's expression to the lines of a synopsis.

use std::collections::{BTreeMap, BTreeSet};

use pest_meta::ast::{Expr, Rule as Expression, RuleType};

use super::form::{Form, Value, in_sequence};

/// The form of a command.
pub(super) struct Synopsis {
    whole: Form,
    /// The tags that stand for values of several types: there the type is the name.
    torn: BTreeSet<String>,
}

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
