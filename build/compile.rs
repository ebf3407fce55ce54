//! From the expressions of the grammar to the automaton that the walker walks.
//!
//! A string in a phrase is one keyword, an atomic rule one value, a phrase rule stands for its
//! own expression. Inside atomic rules nothing is compiled: the derived parser judges them.

use std::collections::{BTreeMap, HashMap};

use pest::iterators::Pair;
use pest_meta::parser::Rule as Meta;

use crate::load::Definition;

/// The number of a position.
pub type PositionId = u32;

/// All commands of a dialect. `src/language/syntax/automaton.rs` explains the parts, which are the same.
#[derive(Debug, Default)]
pub struct Automaton {
    pub positions: Vec<Position>,
    pub modes: BTreeMap<&'static str, Mode>,
}

/// One word of one command.
#[derive(Debug)]
pub struct Position {
    pub command: &'static str,
    pub takes: Takes,
    pub value: Option<Value>,
    pub follow: Vec<PositionId>,
    pub ends: bool,
}

/// The words that fit a position. Rules stand by their names.
#[derive(Clone, Debug)]
pub enum Takes {
    Keyword(&'static str),
    Choice(Vec<&'static str>),
    Value(&'static str),
    Line(&'static str),
}

/// What the grammar says of a word that is a value.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub rule: Option<&'static str>,
    pub tag: Option<&'static str>,
}

/// How the commands of a mode begin.
#[derive(Debug, Default)]
pub struct Mode {
    pub keywords: Vec<(&'static str, PositionId)>,
    pub values: Vec<PositionId>,
}

/// Compiles all rules that are commands of some mode.
pub fn compile(definitions: &[Definition]) -> Result<Automaton, String> {
    let by_name = definitions.iter().map(|definition| (definition.name, definition)).collect();
    let mut compiler = Compiler { by_name, automaton: Automaton::default(), command: None, depth: 0 };
    for definition in definitions.iter().filter(|definition| !definition.modes.is_empty()) {
        compiler.command(definition).map_err(|message| format!("{}: {message}", definition.name))?;
    }
    let mut automaton = compiler.automaton;
    automaton.modes.values_mut().for_each(|mode| mode.keywords.sort_unstable());
    Ok(automaton)
}

/// A compiled part of an expression.
#[derive(Clone, Default)]
struct Part {
    /// Whether it matches nothing at all.
    empty: bool,
    first: Vec<PositionId>,
    last: Vec<PositionId>,
}

/// No phrase refers to other phrases more deeply than this; one that does refers to itself.
const DEEPEST_PHRASE: usize = 20;

struct Compiler<'a> {
    by_name: HashMap<&'a str, &'a Definition>,
    automaton: Automaton,
    command: Option<&'static str>,
    depth: usize,
}

impl Compiler<'_> {
    fn command(&mut self, definition: &Definition) -> Result<(), String> {
        self.command = Some(definition.name);
        let part = self.expression(definition.body.clone(), None)?;
        for last in part.last {
            self.automaton.positions[last as usize].ends = true;
        }
        for name in &definition.modes {
            let mode = self.automaton.modes.entry(name).or_default();
            for &first in &part.first {
                match &self.automaton.positions[first as usize].takes {
                    Takes::Keyword(keyword) => mode.keywords.push((*keyword, first)),
                    Takes::Choice(_) | Takes::Value(_) | Takes::Line(_) => mode.values.push(first),
                }
            }
        }
        Ok(())
    }

    /// Alternatives of sequences of terms.
    fn expression(&mut self, pair: Pair<'static, Meta>, tag: Option<&'static str>) -> Result<Part, String> {
        let mut whole = Part::default();
        let mut sequence: Option<Part> = None;
        for item in pair.into_inner() {
            match item.as_rule() {
                Meta::choice_operator => alternative(&mut whole, sequence.take()),
                Meta::sequence_operator => {}
                _ => {
                    let term = self.term(item, tag)?;
                    sequence = Some(match sequence {
                        Some(before) => self.then(before, term),
                        None => term,
                    });
                }
            }
        }
        alternative(&mut whole, sequence);
        Ok(whole)
    }

    /// `#tag = node` with the operators around it. A lookahead takes no word.
    fn term(&mut self, pair: Pair<'static, Meta>, outer: Option<&'static str>) -> Result<Part, String> {
        let mut tag = outer;
        let mut node = None;
        let mut repeat = Vec::new();
        for item in pair.into_inner() {
            match item.as_rule() {
                Meta::tag_id => tag = item.as_str().strip_prefix('#'),
                Meta::positive_predicate_operator | Meta::negative_predicate_operator => {
                    return Ok(Part { empty: true, ..Part::default() });
                }
                Meta::expression | Meta::identifier | Meta::string => node = Some(item),
                Meta::assignment_operator | Meta::opening_paren | Meta::closing_paren => {}
                _ => repeat.push(item),
            }
        }
        let node = node.ok_or("a phrase holds strings, rules and groups only")?;
        match repeat.as_slice() {
            [] => self.node(node, tag),
            [operator] => self.repeated(&node, tag, operator),
            _ => Err("a term has one repetition at most".to_owned()),
        }
    }

    fn node(&mut self, pair: Pair<'static, Meta>, tag: Option<&'static str>) -> Result<Part, String> {
        match pair.as_rule() {
            Meta::expression => self.expression(pair, tag),
            Meta::string => {
                let value = tag.map(|tag| Value { rule: None, tag: Some(tag) });
                Ok(self.position(Takes::Keyword(literal(&pair)), value))
            }
            _ => self.reference(pair.as_str(), tag),
        }
    }

    /// A rule by its name: a value if it is atomic, else its expression.
    fn reference(&mut self, name: &'static str, tag: Option<&'static str>) -> Result<Part, String> {
        let definition = *self.by_name.get(name).ok_or_else(|| format!("{name} is not defined"))?;
        if !definition.atomic {
            if self.depth == DEEPEST_PHRASE {
                return Err(format!("{name} contains itself"));
            }
            self.depth += 1;
            let part = self.expression(definition.body.clone(), tag);
            self.depth -= 1;
            return part;
        }
        let takes = match choice_of_literals(&definition.body) {
            Some(keywords) => Takes::Choice(keywords),
            None if definition.line => Takes::Line(definition.name),
            None => Takes::Value(definition.name),
        };
        Ok(self.position(takes, Some(Value { rule: Some(definition.name), tag })))
    }

    fn repeated(
        &mut self,
        node: &Pair<'static, Meta>,
        tag: Option<&'static str>,
        operator: &Pair<'static, Meta>,
    ) -> Result<Part, String> {
        let numbers: Vec<usize> = operator
            .clone()
            .into_inner()
            .filter(|pair| pair.as_rule() == Meta::number)
            .map(|pair| pair.as_str().parse().map_err(|_| "a repetition is too long".to_owned()))
            .collect::<Result<_, _>>()?;
        let (least, most) = match (operator.as_rule(), numbers.as_slice()) {
            (Meta::optional_operator, _) => (0, Some(1)),
            (Meta::repeat_operator, _) => (0, None),
            (Meta::repeat_once_operator, _) => (1, None),
            (Meta::repeat_exact, [count]) => (*count, Some(*count)),
            (Meta::repeat_min, [least]) => (*least, None),
            (Meta::repeat_max, [most]) => (0, Some(*most)),
            (Meta::repeat_min_max, [least, most]) => (*least, Some(*most)),
            _ => return Err("this repetition is not understood".to_owned()),
        };
        let mut whole = Part { empty: true, ..Part::default() };
        for copy in 0..most.unwrap_or(least.max(1)) {
            let mut part = self.node(node.clone(), tag)?;
            if most.is_none() && copy + 1 >= least {
                self.connect(&part.last, &part.first);
            }
            part.empty |= copy >= least;
            whole = self.then(whole, part);
        }
        Ok(whole)
    }

    fn position(&mut self, takes: Takes, value: Option<Value>) -> Part {
        let id = self.automaton.positions.len() as PositionId;
        // Set before any expression is compiled.
        let Some(command) = self.command else { return Part::default() };
        self.automaton.positions.push(Position { command, takes, value, follow: Vec::new(), ends: false });
        if let Takes::Line(_) = self.automaton.positions[id as usize].takes {
            self.automaton.positions[id as usize].follow.push(id);
        }
        Part { empty: false, first: vec![id], last: vec![id] }
    }

    fn then(&mut self, mut before: Part, after: Part) -> Part {
        self.connect(&before.last, &after.first);
        if before.empty {
            before.first.extend(&after.first);
        }
        let mut last = after.last;
        if after.empty {
            last.extend(before.last);
        }
        Part { empty: before.empty && after.empty, first: before.first, last }
    }

    fn connect(&mut self, from: &[PositionId], to: &[PositionId]) {
        for &position in from {
            let follow = &mut self.automaton.positions[position as usize].follow;
            follow.extend(to.iter().filter(|next| !follow.contains(next)).copied().collect::<Vec<_>>());
        }
    }
}

fn alternative(whole: &mut Part, part: Option<Part>) {
    if let Some(part) = part {
        whole.empty |= part.empty;
        whole.first.extend(part.first);
        whole.last.extend(part.last);
    }
}

/// The literals of an atomic rule that is nothing but a choice of them.
fn choice_of_literals(body: &Pair<'static, Meta>) -> Option<Vec<&'static str>> {
    let mut literals = Vec::new();
    for item in body.clone().into_inner() {
        match item.as_rule() {
            Meta::choice_operator => {}
            Meta::term => {
                let mut parts = item.into_inner();
                let only = parts.next().filter(|part| part.as_rule() == Meta::string)?;
                if parts.next().is_some() {
                    return None;
                }
                literals.push(literal(&only));
            }
            _ => return None,
        }
    }
    Some(literals)
}

/// A string without its quotes. Keywords need no escapes; a test sees to it.
fn literal(pair: &Pair<'static, Meta>) -> &'static str {
    let text = pair.as_str();
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}
