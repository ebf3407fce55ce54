//! Text cases: a configuration as typed, and below it what became of every line, the tree as it
//! is printed, and the model that it asks for.
//!
//! `tests/cases/DIALECT/AREA/CASE.txt`; `TSUJI_UPDATE=1 cargo test --test cases` rewrites what
//! stands below the first `=== ` line.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tsuji::config::advice::advise;
use tsuji::language::lower::{Severity, knows, lower};
use tsuji::language::syntax::{Rule, Syntax};
use tsuji::language::tree::reader::{self, Outcome, Status};
use tsuji::language::tree::{Masking, Tree};
use tsuji::types::Dialect;

#[path = "support/model_text.rs"]
mod model_text;

const MARK: &str = "=== ";

#[test]
fn every_case_comes_out_as_written() {
    let update = std::env::var_os("TSUJI_UPDATE").is_some();
    let mut wrong = Vec::new();
    for (dialect, path) in cases() {
        let text = fs::read_to_string(&path).unwrap();
        let input = input_of(&text);
        let whole = format!("{input}{}", outcome_of(dialect, input));
        if update {
            fs::write(&path, whole).unwrap();
        } else if whole != text {
            let diff = similar::TextDiff::from_lines(&text, &whole);
            let diff = diff.unified_diff().header("written", "found").to_string();
            wrong.push(format!("{}\n{diff}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_printed_reads_back_to_itself() {
    for (dialect, path) in cases() {
        let tree = reader::read(input_of(&fs::read_to_string(&path).unwrap()), Some(dialect)).tree;
        for layout in Dialect::ALL {
            let printed = tree.print(layout, Masking::No);
            let again = reader::read(&printed, Some(layout));
            let refused: Vec<&Outcome> = again.outcomes.iter().filter(|line| is_refused(line)).collect();
            assert!(refused.is_empty(), "{}: {refused:?}", path.display());
            assert_eq!(again.tree.print(layout, Masking::No), printed, "{}", path.display());
            let (model, problems) = lower(&tree);
            // Which of two contradicting lines is taken depends on their order.
            if problems.iter().all(|problem| problem.severity == Severity::Warning) {
                assert_eq!(lower(&again.tree).0, model, "{}", path.display());
            }
        }
    }
}

#[test]
fn every_command_with_an_effect_has_a_case() {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        let modes: BTreeSet<&str> = syntax.commands().flat_map(|info| info.modes.iter().copied()).collect();
        let effective = syntax.commands().filter(|info| info.planned.is_none() && info.inert.is_none());
        let mut missing: BTreeSet<&str> = effective.map(|info| info.name).collect();
        for (_, path) in cases().into_iter().filter(|(of, _)| *of == dialect) {
            let text = fs::read_to_string(path).unwrap();
            for (line, mode) in
                input_of(&text).lines().flat_map(|line| modes.iter().map(move |mode| (line, mode)))
            {
                if let Ok(command) = syntax.parse(&[*mode], line) {
                    missing.remove(command.info().name);
                }
            }
        }
        assert!(missing.is_empty(), "no case in tests/cases/{dialect} for {missing:?}");
    }
}

#[test]
fn every_command_is_lowered_or_says_why_not() {
    let ignored: Vec<&Rule> = Rule::all_rules()
        .iter()
        .filter(|&&rule| Dialect::ALL.iter().any(|&dialect| !Syntax::of(dialect).rule(rule).modes.is_empty()))
        .filter(|&&rule| !knows(rule))
        .collect();
    assert!(ignored.is_empty(), "accepted and then silently ignored: {ignored:?}");
}

fn cases() -> Vec<(Dialect, PathBuf)> {
    let mut cases = Vec::new();
    for dialect in Dialect::ALL {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(dialect.word());
        for area in sorted(&directory) {
            cases.extend(sorted(&area).into_iter().map(|case| (dialect, case)));
        }
    }
    cases
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What stands above the first mark.
fn input_of(text: &str) -> &str {
    let end = text.find(&format!("\n{MARK}")).map_or(text.len(), |at| at + 1);
    &text[..end]
}

fn outcome_of(dialect: Dialect, input: &str) -> String {
    let reading = reader::read(input, Some(dialect));
    let mut out = format!("{MARK}lines\n");
    for line in &reading.outcomes {
        writeln!(out, "{}", line_text(dialect, line)).unwrap();
    }
    writeln!(out, "{MARK}tree").unwrap();
    out += &reading.tree.print(dialect, Masking::Yes);
    let (model, _) = lower(&reading.tree);
    writeln!(out, "{MARK}model").unwrap();
    out += &model_text::model_text(&model);
    out + &problems(&reading.tree)
}

fn line_text(asked: Dialect, line: &Outcome) -> String {
    let status = match &line.status {
        Status::Ok => "ok".to_owned(),
        Status::Inert(reason) => format!("inert ({reason})"),
        Status::Planned(feature) => format!("planned ({feature})"),
        Status::Error { column, .. } => format!("error at {column}"),
    };
    let mut text = format!("{} {status}", line.number);
    if line.dialect != asked {
        write!(text, " {}", line.dialect).unwrap();
    }
    for note in [&line.message, &line.warning] {
        if !note.is_empty() {
            write!(text, ": {note}").unwrap();
        }
    }
    text
}

fn problems(tree: &Tree) -> String {
    let (model, mut diagnostics) = lower(tree);
    diagnostics.extend(advise(tree, &model));
    if diagnostics.is_empty() {
        return String::new();
    }
    let mut out = format!("{MARK}problems\n");
    for diagnostic in diagnostics {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let line = tree.line(diagnostic.line).unwrap();
        writeln!(out, "{severity}: {line}: {}", diagnostic.message).unwrap();
    }
    out
}

fn is_refused(line: &Outcome) -> bool {
    matches!(line.status, Status::Error { .. })
}
