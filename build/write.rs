//! The table: numbers of four bytes, and texts by their place in a list at the end.

use std::collections::HashMap;

use crate::compile::{Automaton, Position, Takes};
use crate::load::Definition;

/// What is written so far.
#[derive(Debug, Default)]
struct Writer {
    numbers: Vec<u8>,
    texts: Vec<String>,
    places: HashMap<String, usize>,
}

impl Writer {
    /// The table: how many numbers there are, the numbers, and each text after its length.
    fn finish(self) -> Vec<u8> {
        let mut table = le(self.numbers.len() / 4).to_vec();
        table.extend(self.numbers);
        table.extend(le(self.texts.len()));
        for text in self.texts {
            table.extend(le(text.len()));
            table.extend(text.as_bytes());
        }
        table
    }

    fn number(&mut self, number: usize) {
        self.numbers.extend(le(number));
    }

    fn flag(&mut self, flag: bool) {
        self.number(usize::from(flag));
    }

    fn text(&mut self, text: &str) {
        let next = self.texts.len();
        let place = *self.places.entry(text.to_owned()).or_insert(next);
        if place == next {
            self.texts.push(text.to_owned());
        }
        self.number(place);
    }

    fn optional(&mut self, text: Option<&str>) {
        self.flag(text.is_some());
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.number(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    fn texts(&mut self, texts: &[&str]) {
        self.list(texts, |table, text| table.text(text));
    }

    fn pairs(&mut self, pairs: &[(&str, &str)]) {
        self.list(pairs, |table, (one, other)| {
            table.text(one);
            table.text(other);
        });
    }
}

/// A number as it is written. Nothing in a grammar comes near the limit.
fn le(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// The table of one command line: its rules, its positions, its modes.
pub fn table(rules: &[Definition], automaton: &Automaton) -> Vec<u8> {
    let mut table = Writer::default();
    table.list(rules, rule);
    table.list(&automaton.positions, position);
    let modes: Vec<_> = automaton.modes.iter().collect();
    table.list(&modes, |table, (name, mode)| {
        table.text(name);
        table.list(&mode.keywords, |table, (keyword, first)| {
            table.text(keyword);
            table.number(*first as usize);
        });
        table.list(&mode.values, |table, first| table.number(*first as usize));
    });
    table.finish()
}

fn rule(table: &mut Writer, rule: &Definition) {
    table.text(rule.name);
    table.text(&rule.file);
    table.flag(rule.atomic);
    table.texts(&rule.docs);
    table.pairs(&rule.words);
    table.texts(&rule.modes);
    table.optional(rule.opens);
    table.optional(rule.inert);
    table.optional(rule.planned);
    table.flag(rule.operational);
    table.flag(rule.ordered);
    table.text(rule.setting);
    table.texts(&rule.keys);
    table.flag(rule.range.is_some());
    if let Some((low, high)) = rule.range {
        // Limits may need more than four bytes.
        table.text(&low.to_string());
        table.text(&high.to_string());
    }
    table.flag(rule.yields);
    table.flag(rule.line);
    table.texts(&rule.literals);
    table.number(rule.order);
    table.pairs(&rule.defines);
    table.pairs(&rule.uses);
    table.optional(rule.meant);
}

fn position(table: &mut Writer, position: &Position) {
    table.text(position.command);
    match &position.takes {
        Takes::Keyword(keyword) => {
            table.number(0);
            table.text(keyword);
        }
        Takes::Choice(keywords) => {
            table.number(1);
            table.texts(keywords);
        }
        Takes::Value(rule) => {
            table.number(2);
            table.text(rule);
        }
        Takes::Line(rule) => {
            table.number(3);
            table.text(rule);
        }
    }
    table.flag(position.value.is_some());
    if let Some(value) = position.value {
        table.optional(value.rule);
        table.optional(value.tag);
    }
    table.list(&position.follow, |table, next| table.number(*next as usize));
    table.flag(position.ends);
}
