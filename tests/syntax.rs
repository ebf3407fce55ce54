//! Typed lines and what they are read as: `tests/cases/syntax/*.txt`.
//!
//! A case file begins with its dialect. `[MODE …]` sets the modes of the lines after it, the
//! innermost first. Below a typed line (`> …`) stands what it means: the full line and its rule,
//! what a `no` takes away, or the error; below a line `? …` what may come next.
//! `TSUJI_UPDATE=1 cargo test --test syntax` writes the answers anew: read the difference.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tsuji::language::syntax::{NextWord, NextWords, Syntax, SyntaxError};
use tsuji::types::Dialect;

/// Each case file: its path, its text, and what the text should be. Written once, when asked.
static ANSWERED: LazyLock<Vec<(PathBuf, String, String)>> = LazyLock::new(|| {
    let update = std::env::var_os("TSUJI_UPDATE").is_some();
    let answered = case_files().into_iter().map(|file| {
        let cases = fs::read_to_string(&file).unwrap();
        let answered = answer(&cases);
        if !update {
            return (file, cases, answered);
        }
        fs::write(&file, &answered).unwrap();
        (file, answered.clone(), answered)
    });
    answered.collect()
});

#[test]
fn lines_are_read_as_the_cases_say() {
    for (file, cases, answered) in ANSWERED.iter() {
        assert_eq!(cases, answered, "{}: see the top of tests/syntax.rs", file.display());
    }
}

#[test]
fn every_command_has_a_case() {
    let shown: BTreeSet<&str> = ANSWERED
        .iter()
        .flat_map(|(_, _, answered)| answered.lines())
        .filter_map(|line| line.strip_suffix(')')?.rsplit_once(" ("))
        .map(|(_, rule)| rule)
        .collect();
    let commands = Dialect::ALL.into_iter().flat_map(|dialect| Syntax::of(dialect).commands());
    let missing: BTreeSet<&str> =
        commands.map(|command| command.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, BTreeSet::new(), "no case shows these");
}

fn case_files() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/syntax");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The case file with its answers made anew.
fn answer(cases: &str) -> String {
    let mut lines = cases.lines();
    let dialect: Dialect = lines.next().unwrap().parse().unwrap();
    let mut modes = Vec::new();
    let mut out = format!("{dialect}\n");
    for line in lines {
        let answers = if let Some(typed) = line.strip_prefix("> ") {
            understand(dialect, &modes, typed)
        } else if let Some(typed) = line.strip_prefix("? ") {
            ask(dialect, &modes, typed)
        } else if let Some(words) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            modes = words.split(' ').collect();
            String::new()
        } else if line.is_empty() || line.starts_with('#') {
            String::new()
        } else {
            continue; // an old answer
        };
        let _ = write!(out, "{line}\n{answers}");
    }
    out
}

fn understand(dialect: Dialect, modes: &[&str], typed: &str) -> String {
    let syntax = Syntax::of(dialect);
    let error = match syntax.parse(modes, typed) {
        Ok(command) => return format!("  {} ({})\n", command.text(), command.info().name),
        Err(error) => error,
    };
    let Some(rest) = typed.strip_prefix("no ") else { return refusal(&error) };
    match syntax.parse_removal(modes, rest) {
        Ok(removal) => {
            let rules: Vec<&str> = removal.rules.iter().map(|rule| syntax.rule(*rule).name).collect();
            format!("  removes {}: {}\n", removal.words.join(" "), rules.join(" "))
        }
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &SyntaxError) -> String {
    format!("  error at {}: {error}\n    expected {}\n", error.column, error.expected.join(" "))
}

fn ask(dialect: Dialect, modes: &[&str], typed: &str) -> String {
    // A case file has no blanks at the end of a line: `_` stands for one.
    let typed = typed.strip_suffix('_').unwrap_or(typed);
    match Syntax::of(dialect).next_words(modes, typed) {
        Ok(NextWords { words, column, .. }) => {
            let mut out = format!("  at {column}\n");
            for word in words {
                let _ = match word {
                    NextWord::Keyword { text, help } => writeln!(out, "    {text} -- {help}"),
                    NextWord::Value { help, .. } => writeln!(out, "    <{help}>"),
                    NextWord::End => writeln!(out, "    <cr>"),
                };
            }
            out
        }
        Err(error) => refusal(&error),
    }
}
