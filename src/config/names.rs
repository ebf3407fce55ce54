//! Names that lines use and no line defines: a misspelt access list, a profile that was forgotten.
//!
//! Which words are names, and of what kind, is said by the grammar (`@defines`, `@uses`). A name
//! may be defined after it is used.

use std::collections::{BTreeMap, BTreeSet};

use super::advice::warning;
use crate::language::command::Command;
use crate::language::lower::Diagnostic;
use crate::language::syntax;
use crate::language::tree::Tree;
use crate::types::{Dialect, InterfaceName};

/// The names of each kind; `lan2` and `LAN2` are one.
type Names = BTreeMap<(Dialect, &'static str), BTreeSet<String>>;

/// A warning for every line that uses such a name.
pub(super) fn undefined(tree: &Tree) -> Vec<Diagnostic> {
    let mut defined = Names::new();
    for (_, line) in tree.walk() {
        let command = &line.command;
        for &(kind, tag) in &command.info().defines {
            defined.entry((command.dialect, kind)).or_default().extend(names(command, tag));
        }
    }
    let nothing = BTreeSet::new();
    let mut warnings = Vec::new();
    for (_, line) in tree.walk() {
        let command = &line.command;
        for &(kind, tag) in &command.info().uses {
            let known = defined.get(&(command.dialect, kind)).unwrap_or(&nothing);
            for name in names(command, tag).filter(|name| !known.contains(name)) {
                let looked_through = if warnings.len() < SUGGESTED { LOOKED_THROUGH } else { 0 };
                let known = known.iter().take(looked_through).map(String::as_str);
                warnings.push(warning(line.id, message(kind, &name, known)));
            }
        }
    }
    warnings
}

/// The names in the words with this tag. A keyword there (`default`) is none.
fn names<'a>(command: &'a Command, tag: &'a str) -> impl Iterator<Item = String> + 'a {
    let words = command.words.iter().filter(move |word| word.is_tagged(tag) && !word.is_keyword());
    words.flat_map(|word| word.text.trim_matches('"').split(',')).filter(|name| !name.is_empty()).map(
        |name| {
            let interface = name.parse::<InterfaceName>();
            interface.map_or_else(|_| name.to_owned(), |interface| interface.to_string())
        },
    )
}

/// In how many warnings a name is suggested, and among how many it is looked for: enough for
/// people, and a long file is read in time.
const SUGGESTED: usize = 100;
const LOOKED_THROUGH: usize = 1000;

fn message<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = syntax::nearest(name, known);
    let nearest = nearest.map(|nearest| format!(" (did you mean {nearest:?}?)")).unwrap_or_default();
    let name: String = name.chars().take(64).collect();
    format!("no line defines the {kind} {name:?}{nearest}")
}
