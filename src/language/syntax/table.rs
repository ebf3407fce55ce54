//! The grammar as the build script has compiled it (`build/`): a table for each command line.
//!
//! A table is numbers of four bytes, lowest first: how many follow, the numbers themselves, then
//! how many texts, and each text after its length. A text stands among the numbers by its place,
//! a rule by the text of its name, a list after its length. The order of the numbers is the order in
//! which they are read here.

use std::collections::HashMap;

use super::Rule;
use super::automaton::{Automaton, Mode, Position, PositionId, Takes};
use super::info::RuleInfo;
use crate::language::command::Value;
use crate::types::Dialect;

static IX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ix.table"));
static RTX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rtx.table"));

/// What the table is not: it is part of the program, so this is a defect of the build script.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the table of the grammar is broken")]
pub(super) struct BrokenTable;

/// The rules of a dialect, in the order of its files, and its automaton.
pub(super) fn read(dialect: Dialect) -> Result<(Vec<(Rule, RuleInfo)>, Automaton), BrokenTable> {
    let mut table = Table::open(match dialect {
        Dialect::Ix => IX,
        Dialect::Rtx => RTX,
    })?;
    let rules = table.list(Table::rule)?;
    let positions = table.list(Table::position)?;
    let modes = table.list(Table::mode)?.into_iter().collect();
    Ok((rules, Automaton { positions, modes }))
}

/// The table, and how far it is read.
struct Table {
    numbers: std::slice::Iter<'static, [u8; 4]>,
    texts: Vec<&'static str>,
    /// The rules that the texts are names of.
    rules: Vec<Option<Rule>>,
}

impl Table {
    fn open(table: &'static [u8]) -> Result<Self, BrokenTable> {
        let (count, rest) = split_number(table)?;
        let (numbers, rest) = rest.split_at_checked(4 * count).ok_or(BrokenTable)?;
        let (count, mut rest) = split_number(rest)?;
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            let (length, after) = split_number(rest)?;
            let (text, after) = after.split_at_checked(length).ok_or(BrokenTable)?;
            texts.push(std::str::from_utf8(text).map_err(|_| BrokenTable)?);
            rest = after;
        }
        let by_name: HashMap<String, Rule> =
            Rule::all_rules().iter().map(|rule| (format!("{rule:?}"), *rule)).collect();
        let rules = texts.iter().map(|text| by_name.get(*text).copied()).collect();
        Ok(Self { numbers: numbers.as_chunks().0.iter(), texts, rules })
    }

    fn number(&mut self) -> Result<usize, BrokenTable> {
        let number = self.numbers.next().ok_or(BrokenTable)?;
        Ok(u32::from_le_bytes(*number) as usize)
    }

    fn flag(&mut self) -> Result<bool, BrokenTable> {
        Ok(self.number()? != 0)
    }

    fn text(&mut self) -> Result<&'static str, BrokenTable> {
        let place = self.number()?;
        self.texts.get(place).copied().ok_or(BrokenTable)
    }

    fn optional(&mut self) -> Result<Option<&'static str>, BrokenTable> {
        self.flag()?.then(|| self.text()).transpose()
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, BrokenTable>) -> Result<Vec<T>, BrokenTable> {
        (0..self.number()?).map(|_| item(self)).collect()
    }

    fn texts(&mut self) -> Result<Vec<&'static str>, BrokenTable> {
        self.list(Self::text)
    }

    fn pairs(&mut self) -> Result<Vec<(&'static str, &'static str)>, BrokenTable> {
        self.list(|table| Ok((table.text()?, table.text()?)))
    }

    fn rule_by_name(&mut self) -> Result<Rule, BrokenTable> {
        let place = self.number()?;
        self.rules.get(place).copied().flatten().ok_or(BrokenTable)
    }

    fn rule(&mut self) -> Result<(Rule, RuleInfo), BrokenTable> {
        let place = self.number()?;
        let rule = self.rules.get(place).copied().flatten().ok_or(BrokenTable)?;
        let name = self.texts[place];
        let file = self.text()?;
        let atomic = self.flag()?;
        let docs = self.texts()?;
        let info = RuleInfo {
            name,
            file,
            atomic,
            help: docs.first().copied().unwrap_or_default(),
            docs,
            words: self.pairs()?,
            modes: self.texts()?,
            opens: self.optional()?,
            inert: self.optional()?,
            planned: self.optional()?,
            operational: self.flag()?,
            ordered: self.flag()?,
            // The positions tell.
            negatable: false,
            setting: self.text()?,
            keys: self.texts()?,
            range: self.flag()?.then(|| self.range()).transpose()?,
            yields: self.flag()?,
            line: self.flag()?,
            literals: self.texts()?,
            order: self.number()?,
            defines: self.pairs()?,
            uses: self.pairs()?,
            meant: self.optional()?,
        };
        Ok((rule, info))
    }

    /// Limits may need more than four bytes: they are texts.
    fn range(&mut self) -> Result<(u64, u64), BrokenTable> {
        let mut limit = || self.text()?.parse().map_err(|_| BrokenTable);
        Ok((limit()?, limit()?))
    }

    fn position(&mut self) -> Result<Position, BrokenTable> {
        Ok(Position {
            command: self.rule_by_name()?,
            takes: match self.number()? {
                0 => Takes::Keyword(self.text()?),
                1 => Takes::Choice(self.texts()?),
                2 => Takes::Value(self.rule_by_name()?),
                3 => Takes::Line(self.rule_by_name()?),
                _ => return Err(BrokenTable),
            },
            value: self.flag()?.then(|| self.value()).transpose()?,
            follow: self.list(|table| Ok(table.number()? as PositionId))?,
            ends: self.flag()?,
        })
    }

    fn value(&mut self) -> Result<Value, BrokenTable> {
        let rule = self.flag()?.then(|| self.rule_by_name()).transpose()?;
        Ok(Value { rule, tag: self.optional()? })
    }

    fn mode(&mut self) -> Result<(&'static str, Mode), BrokenTable> {
        let name = self.text()?;
        let keywords = self.list(|table| Ok((table.text()?, table.number()? as PositionId)))?;
        let values = self.list(|table| Ok(table.number()? as PositionId))?;
        Ok((name, Mode { keywords, values }))
    }
}

fn split_number(bytes: &'static [u8]) -> Result<(usize, &'static [u8]), BrokenTable> {
    let (number, rest) = bytes.split_first_chunk().ok_or(BrokenTable)?;
    Ok((u32::from_le_bytes(*number) as usize, rest))
}
