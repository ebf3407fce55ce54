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

/// The names of one kind that lines of a dialect define, as the dialect writes them.
pub fn defined(tree: &Tree, dialect: Dialect, kind: &str) -> BTreeSet<String> {
    let lines = tree.walk().map(|(_, line)| &line.command).filter(|command| command.dialect == dialect);
    let tagged = |command: &Command| {
        let own = command.info().defines.iter().filter(|(of, _)| *of == kind);
        own.flat_map(|(_, tag)| names(command, tag)).collect::<Vec<_>>()
    };
    let in_dialect = |name: String| match name.parse::<InterfaceName>() {
        Ok(interface) => interface.in_dialect(dialect),
        Err(_) => name,
    };
    lines.flat_map(tagged).map(in_dialect).collect()
}

/// The names in the words with this tag. A keyword there (`default`) is none, and some things are
/// there without a line.
fn names<'a>(command: &'a Command, tag: &'a str) -> impl Iterator<Item = String> + 'a {
    let words = command.words.iter().filter(move |word| word.is_tagged(tag) && !word.is_keyword());
    words.flat_map(|word| word.text.trim_matches('"').split(',')).filter(|name| !is_built_in(name)).map(
        |name| {
            let interface = name.parse::<InterfaceName>();
            interface.map_or_else(|_| name.to_owned(), |interface| interface.to_string())
        },
    )
}

fn is_built_in(name: &str) -> bool {
    name.is_empty() || ["Null0.0", "Loopback0.0", "*", "*radius"].contains(&name)
}

/// In how many warnings a name is suggested, and among how many it is looked for: enough for
/// people, and a long file is read in time.
const SUGGESTED: usize = 100;
const LOOKED_THROUGH: usize = 1000;

fn message<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    // One number is as near to another as any.
    let is_word = name.contains(|sign: char| sign.is_alphabetic());
    let nearest = syntax::nearest(name, known.filter(|_| is_word));
    let nearest = nearest.map(|nearest| format!(" (did you mean {nearest:?}?)")).unwrap_or_default();
    let name: String = name.chars().take(64).collect();
    format!("no line defines the {kind} {name:?}{nearest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tree::reader;

    fn warnings(dialect: Dialect, text: &str) -> Vec<String> {
        let tree = reader::read(text, Some(dialect)).tree;
        undefined(&tree).into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn a_name_is_defined_before_or_after_its_use() {
        let text = "interface GigaEthernet0.0\n  ip filter lan 10 in\n  ip filter lna 20 in\n  ip filter wan 30 out\n\
                    ip access-list lan permit ip src any dest any\nip route default GigaEthernet1.0\n\
                    ip route 10.0.0.0/8 gigaethernet0.0\nip route 10.0.0.0/9 Null0.0\n";
        let expected = [
            "no line defines the interface \"GigaEthernet1.0\" (did you mean \"GigaEthernet0.0\"?)",
            "no line defines the access-list \"lna\" (did you mean \"lan\"?)",
            "no line defines the access-list \"wan\" (did you mean \"lan\"?)",
        ];
        let mut found = warnings(Dialect::Ix, text);
        found.sort();
        let mut expected = expected.map(str::to_owned);
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_are_names_too() {
        let text = "ip filter 1 pass *\nip lan1 secure filter in 1 2\nip lan1 nat descriptor 7\n";
        let expected = ["no line defines the filter \"2\"", "no line defines the nat-descriptor \"7\""];
        let mut found = warnings(Dialect::Rtx, text);
        found.sort();
        assert_eq!(found, expected);
    }
}
