//! Reading the grammar files: rules, what their `///` lines say, and their expressions.
//!
//! pest's own syntax tree drops the docs; the raw pairs keep them, ahead of each rule. A line of
//! docs that begins with `@` is an annotation (see `grammar/common.pest`), one that begins with a
//! word in back quotes explains that word, all else is prose.

use std::collections::HashMap;

use pest::iterators::Pair;
use pest_meta::parser::{self, Rule as Meta};

use super::Rule;
use crate::language::command::Word;

/// A defect of a grammar file. The files are part of the program, and tests read them all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub(super) struct GrammarError {
    pub file: String,
    pub message: String,
}

/// What the grammar says of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its name in the grammar.
    pub name: &'static str,
    /// The first line of its docs.
    pub help: &'static str,
    /// All prose of its docs, line by line.
    pub docs: Vec<&'static str>,
    /// Help for single words of the command: keyword and text.
    pub words: Vec<(&'static str, &'static str)>,
    /// The modes in which it is a command; none for a part of commands.
    pub modes: Vec<&'static str>,
    /// The mode that its line opens.
    pub opens: Option<&'static str>,
    /// Why it can have no meaning on Linux: `hardware` or `cloud`.
    pub inert: Option<&'static str>,
    /// The feature that it belongs to and that is not built yet.
    pub planned: Option<&'static str>,
    /// Whether it is no part of a configuration: it is run.
    pub operational: bool,
    /// Whether its lines are an ordered list, in which every word identifies a line.
    pub ordered: bool,
    /// Whether `no …` is a statement of this command, kept as a line.
    pub negatable: bool,
    /// The name of the rule whose setting it spells: its own, unless `@as` names another.
    pub setting: &'static str,
    /// The tags of the words that tell its lines apart.
    pub keys: Vec<&'static str>,
    /// The limits of a number, both included.
    pub range: Option<(u64, u64)>,
    /// Whether its keywords yield to those of other commands when they are abbreviated.
    pub yields: bool,
    /// Whether its word is the rest of the line.
    pub line: bool,
    /// The literals of an atomic rule that may be typed in any case: names of interfaces.
    pub literals: Vec<&'static str>,
    /// Its place among the printed lines of a context.
    pub order: usize,
    /// The names that its lines define: what kind of thing, and the tag of the name.
    pub defines: Vec<(&'static str, &'static str)>,
    /// The names that its lines use, which others have to define.
    pub uses: Vec<(&'static str, &'static str)>,
    /// Of a line for a peer, typed where none is selected: `provider` or `anonymous` is meant.
    pub meant: Option<&'static str>,
}

impl RuleInfo {
    /// Whether its lines do something: they have a meaning on Linux, and it is built.
    pub fn has_effect(&self) -> bool {
        self.inert.is_none() && self.planned.is_none()
    }

    /// Whether this word of its line tells the line from others of the command.
    pub fn identifies(&self, word: &Word) -> bool {
        let tag = word.value.and_then(|value| value.tag);
        self.ordered || tag.is_some_and(|tag| self.keys.contains(&tag))
    }
}

/// A rule as it stands in its file.
pub(super) struct Definition {
    pub rule: Rule,
    /// One word (`@` or `$` before the brace), as against a phrase.
    pub atomic: bool,
    pub body: Pair<'static, Meta>,
    pub info: RuleInfo,
}

/// Reads the rules of grammar files, in their order.
pub(super) fn load(files: &[(&str, &'static str)]) -> Result<Vec<Definition>, GrammarError> {
    let rules: HashMap<String, Rule> =
        Rule::all_rules().iter().map(|rule| (format!("{rule:?}"), *rule)).collect();
    let mut definitions = Vec::new();
    for (file, text) in files {
        let defect = |message| GrammarError { file: (*file).to_owned(), message };
        load_file(text, &rules, &mut definitions).map_err(defect)?;
    }
    for (index, definition) in definitions.iter_mut().enumerate() {
        definition.info.order += index;
    }
    stand_together(&mut definitions);
    Ok(definitions)
}

/// Lines of one setting stand where its own rule stands, in the order typed: the entries of an
/// ordered list may belong to several rules.
fn stand_together(definitions: &mut [Definition]) {
    let orders: HashMap<&str, usize> =
        definitions.iter().map(|definition| (definition.info.name, definition.info.order)).collect();
    for Definition { info, .. } in definitions {
        info.order = orders.get(info.setting).copied().unwrap_or(info.order);
    }
}

fn load_file(
    text: &'static str,
    rules: &HashMap<String, Rule>,
    definitions: &mut Vec<Definition>,
) -> Result<(), String> {
    let pairs = parser::parse(Meta::grammar_rules, text).map_err(|error| error.to_string())?;
    let mut docs = Vec::new();
    for pair in pairs.filter(|pair| pair.as_rule() == Meta::grammar_rule) {
        let mut parts = pair.into_inner();
        let Some(first) = parts.next() else { continue };
        if first.as_rule() == Meta::line_doc {
            docs.extend(first.into_inner().map(|doc| doc.as_str().trim_end()));
            continue;
        }
        let name = first.as_str();
        let rule = *rules.get(name).ok_or_else(|| format!("{name} is unknown to the parser"))?;
        let mut info = read_docs(name, &docs)?;
        docs.clear();
        let atomic = parts
            .clone()
            .any(|part| matches!(part.as_rule(), Meta::atomic_modifier | Meta::compound_atomic_modifier));
        let body = parts.find(|part| part.as_rule() == Meta::expression);
        let body = body.ok_or_else(|| format!("{name} has no body"))?;
        info.literals = any_case_literals(&body);
        definitions.push(Definition { rule, atomic, body, info });
    }
    Ok(())
}

/// One step of `@place`: more than there are rules.
const PLACE: usize = 100_000;

/// The place of a rule that has no `@place`.
const DEFAULT_PLACE: usize = 50;

/// Sorts lines of docs into annotations, words and prose.
fn read_docs(name: &'static str, docs: &[&'static str]) -> Result<RuleInfo, String> {
    let mut info = RuleInfo { name, setting: name, order: DEFAULT_PLACE * PLACE, ..RuleInfo::default() };
    for doc in docs {
        if let Some(annotation) = doc.strip_prefix('@') {
            annotate(&mut info, annotation)?;
        } else if let Some((word, help)) = doc.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
            info.words.push((word, help.trim_start()));
        } else {
            info.docs.push(doc);
        }
    }
    info.help = info.docs.first().copied().unwrap_or_default();
    Ok(info)
}

fn annotate(info: &mut RuleInfo, annotation: &'static str) -> Result<(), String> {
    let (word, argument) = annotation.split_once(' ').unwrap_or((annotation, ""));
    let argument = argument.trim();
    let wrong = || format!("{}: @{annotation} is no annotation", info.name);
    match (word, argument) {
        ("operational", "") => info.operational = true,
        ("ordered", "") => info.ordered = true,
        ("yields", "") => info.yields = true,
        ("line", "") => info.line = true,
        (_, "") => return Err(wrong()),
        ("in", modes) => info.modes.extend(modes.split(' ')),
        ("key", tags) => info.keys.extend(tags.split(' ')),
        ("as", rule) => info.setting = rule,
        ("opens", mode) => info.opens = Some(mode),
        ("inert", reason) => info.inert = Some(reason),
        ("planned", feature) => info.planned = Some(feature),
        ("meant", "provider" | "anonymous") => info.meant = Some(argument),
        ("defines", name) => info.defines.push(name.split_once(' ').ok_or_else(wrong)?),
        ("uses", name) => info.uses.push(name.split_once(' ').ok_or_else(wrong)?),
        ("range", range) => {
            let (low, high) = range.split_once('-').ok_or_else(wrong)?;
            info.range = Some((low.parse().map_err(|_| wrong())?, high.parse().map_err(|_| wrong())?));
        }
        ("place", place) => info.order = place.parse::<usize>().map_err(|_| wrong())? * PLACE,
        _ => return Err(wrong()),
    }
    Ok(())
}

/// The strings `^"…"` of an expression.
fn any_case_literals(body: &Pair<'static, Meta>) -> Vec<&'static str> {
    let strings = body.clone().into_inner().flatten();
    let strings = strings.filter(|pair| pair.as_rule() == Meta::insensitive_string);
    strings.map(|pair| pair.as_str().trim_start_matches('^').trim_matches('"')).collect()
}
