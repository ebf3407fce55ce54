//! Reading the grammar files: rules, what their `///` lines say, and their expressions.
//!
//! pest's own syntax tree drops the docs; the raw pairs keep them, ahead of each rule. A line of
//! docs that begins with `@` is an annotation (see `grammar/common.pest`), one that begins with a
//! word in back quotes explains that word, all else is prose.

use std::collections::HashMap;

use pest::iterators::Pair;
use pest_meta::parser::{self, Rule as Meta};

/// A rule as it stands in its file, and what its `///` lines say. The fields are those of
/// `RuleInfo` in `src/language/syntax/info.rs`, which explains them.
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: &'static str,
    /// The path of its file.
    pub file: String,
    /// One word (`@` or `$` before the brace), as against a phrase.
    pub atomic: bool,
    pub body: Pair<'static, Meta>,
    pub docs: Vec<&'static str>,
    pub words: Vec<(&'static str, &'static str)>,
    pub modes: Vec<&'static str>,
    pub opens: Option<&'static str>,
    pub inert: Option<&'static str>,
    pub planned: Option<&'static str>,
    pub operational: bool,
    pub ordered: bool,
    pub setting: &'static str,
    pub keys: Vec<&'static str>,
    pub range: Option<(u64, u64)>,
    pub yields: bool,
    pub line: bool,
    pub literals: Vec<&'static str>,
    pub order: usize,
    pub defines: Vec<(&'static str, &'static str)>,
    pub uses: Vec<(&'static str, &'static str)>,
    pub meant: Option<&'static str>,
}

/// Reads the rules of grammar files, in their order.
pub fn load(files: &[&(String, &'static str)]) -> Result<Vec<Definition>, String> {
    let mut definitions = Vec::new();
    for (file, text) in files {
        load_file(file, text, &mut definitions).map_err(|message| format!("{file}: {message}"))?;
    }
    for (index, definition) in definitions.iter_mut().enumerate() {
        definition.order += index;
    }
    stand_together(&mut definitions);
    Ok(definitions)
}

/// Lines of one setting stand where its own rule stands, in the order typed: the entries of an
/// ordered list may belong to several rules.
fn stand_together(definitions: &mut [Definition]) {
    let orders: HashMap<&str, usize> =
        definitions.iter().map(|definition| (definition.name, definition.order)).collect();
    for definition in definitions {
        definition.order = orders.get(definition.setting).copied().unwrap_or(definition.order);
    }
}

fn load_file(file: &str, text: &'static str, definitions: &mut Vec<Definition>) -> Result<(), String> {
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
        let atomic = parts
            .clone()
            .any(|part| matches!(part.as_rule(), Meta::atomic_modifier | Meta::compound_atomic_modifier));
        let body = parts.find(|part| part.as_rule() == Meta::expression);
        let body = body.ok_or_else(|| format!("{name} has no body"))?;
        let mut definition = new(name, file, atomic, body);
        read_docs(&mut definition, &std::mem::take(&mut docs))?;
        definitions.push(definition);
    }
    Ok(())
}

fn new(name: &'static str, file: &str, atomic: bool, body: Pair<'static, Meta>) -> Definition {
    Definition {
        name,
        file: file.to_owned(),
        atomic,
        literals: any_case_literals(&body),
        body,
        docs: Vec::new(),
        words: Vec::new(),
        modes: Vec::new(),
        opens: None,
        inert: None,
        planned: None,
        operational: false,
        ordered: false,
        setting: name,
        keys: Vec::new(),
        range: None,
        yields: false,
        line: false,
        order: DEFAULT_PLACE * PLACE,
        defines: Vec::new(),
        uses: Vec::new(),
        meant: None,
    }
}

/// One step of `@place`: more than there are rules.
const PLACE: usize = 100_000;

/// The place of a rule that has no `@place`.
const DEFAULT_PLACE: usize = 50;

/// Sorts lines of docs into annotations, words and prose.
fn read_docs(definition: &mut Definition, docs: &[&'static str]) -> Result<(), String> {
    for doc in docs {
        if let Some(annotation) = doc.strip_prefix('@') {
            annotate(definition, annotation)?;
        } else if let Some((word, help)) = doc.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
            definition.words.push((word, help.trim_start()));
        } else {
            definition.docs.push(doc);
        }
    }
    Ok(())
}

fn annotate(info: &mut Definition, annotation: &'static str) -> Result<(), String> {
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
