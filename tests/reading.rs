//! Whatever is read: no text makes a reader panic, and what a tree prints reads back to itself.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{SizeRange, select, subsequence};

use tsuji::language::lower::lower;
use tsuji::language::tree::reader::{self, Status};
use tsuji::language::tree::{Masking, Tree};
use tsuji::types::Dialect;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn any_text_is_read(text in any::<String>(), dialect in dialect()) {
        judge(&reader::read(&text, dialect).tree);
    }

    #[test]
    fn any_words_are_read(lines in lines_of_words(), dialect in dialect()) {
        judge(&reader::read(&lines, dialect).tree);
    }

    #[test]
    fn lines_of_both_dialects_read_back(lines in case_lines(), dialect in dialect()) {
        judge(&reader::read(&lines.join("\n"), dialect).tree);
    }

    #[test]
    fn lines_of_all_commands_read_back(lines in lines_of_commands(), dialect in dialect()) {
        judge(&reader::read(&lines.join("\n"), dialect).tree);
    }
}

/// Prints a tree in both layouts; each must read back without an error and print the same again.
fn judge(tree: &Tree) {
    lower(tree);
    for layout in Dialect::ALL {
        let printed = tree.print(layout, Masking::No);
        let again = reader::read(&printed, Some(layout));
        for line in &again.outcomes {
            assert!(!matches!(line.status, Status::Error { .. }), "{line:?} of\n{printed}");
        }
        assert_eq!(again.tree.print(layout, Masking::No), printed);
    }
}

fn dialect() -> impl Strategy<Value = Option<Dialect>> {
    select(vec![None, Some(Dialect::Ix), Some(Dialect::Rtx)])
}

/// Some lines of the cases, in any order.
fn case_lines() -> impl Strategy<Value = Vec<String>> {
    let lines = inputs();
    let most = lines.len();
    subsequence(lines, SizeRange::from(0..=most)).prop_shuffle()
}

/// Some lines of the cases that show every command, in any order: each a context of its own, or
/// a line in the one that happens to be open.
fn lines_of_commands() -> impl Strategy<Value = Vec<String>> {
    let mut lines = Vec::new();
    for case in paths(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/syntax")) {
        let text = fs::read_to_string(case).unwrap();
        lines.extend(text.lines().filter_map(|line| line.strip_prefix("> ")).map(str::to_owned));
    }
    prop::collection::vec(select(lines), 0..120)
}

/// Lines of words of the cases, each word anywhere.
fn lines_of_words() -> impl Strategy<Value = String> {
    let words: BTreeSet<String> =
        inputs().iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect();
    let word = prop_oneof![20 => select(words.into_iter().collect::<Vec<_>>()), 1 => "\\PC{0,8}"];
    let line = prop::collection::vec(word, 0..9).prop_map(|words| words.join(" "));
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

/// The lines above the outcomes in all text cases.
fn inputs() -> Vec<String> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut lines = Vec::new();
    for dialect in Dialect::ALL {
        for area in paths(&cases.join(dialect.word())) {
            for case in paths(&area) {
                let text = fs::read_to_string(case).unwrap();
                lines.extend(text.lines().take_while(|line| !line.starts_with("=== ")).map(str::to_owned));
            }
        }
    }
    lines
}

fn paths(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
