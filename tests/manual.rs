//! The manual pages: the references are what the grammar says, and all pages are sound mdoc.
//!
//! `TSUJI_UPDATE=1 cargo test --test manual` writes `man/tsuji-ix.7`, `man/tsuji-rtx.7` and the
//! figures in `README.md` anew.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "mandoc judges the pages")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tsuji::language::syntax::manual::{self, Figures};
use tsuji::types::Dialect;

const ADVICE: &str =
    "the grammar has changed: run TSUJI_UPDATE=1 cargo test --test manual, and commit the result";

/// What is made from the grammar: the file, and what should be in it. Written when asked.
static MADE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let page = |dialect| (format!("man/tsuji-{dialect}.7"), manual::page(dialect));
    let mut made = Vec::from(Dialect::ALL.map(page));
    made.push(("README.md".to_owned(), readme()));
    if std::env::var_os("TSUJI_UPDATE").is_some() {
        made.iter().for_each(|(file, text)| fs::write(path(file), text).unwrap());
    }
    made
});

#[test]
fn what_is_made_from_the_grammar_is_up_to_date() {
    for (file, made) in MADE.iter() {
        let kept = fs::read_to_string(path(file)).unwrap_or_default();
        let differ = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
        let line = differ.unwrap_or_else(|| kept.lines().count().min(made.lines().count())) + 1;
        assert!(kept == *made, "{file}, line {line}: {ADVICE}");
    }
}

#[test]
fn mandoc_has_nothing_to_say_of_any_page() {
    LazyLock::force(&MADE);
    let pages = fs::read_dir(path("man")).unwrap().map(|entry| entry.unwrap().path());
    for page in pages {
        let judged = Command::new("mandoc").args(["-T", "lint"]).arg(&page).output();
        let judged = judged.expect("mandoc is missing: .ci/setup installs it");
        let words = String::from_utf8_lossy(&judged.stdout);
        // Our pages refer to each other, installed or not.
        let words: Vec<&str> =
            words.lines().filter(|line| !line.contains("referenced manual not found")).collect();
        assert!(words.is_empty(), "{}", words.join("\n"));
    }
}

#[test]
fn no_line_of_a_page_is_wider_than_a_terminal() {
    for (file, _) in MADE.iter().filter(|(file, _)| file.ends_with(".7")) {
        let shown =
            Command::new("mandoc").args(["-T", "ascii", "-O", "width=78"]).arg(path(file)).output().unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert!(shown.lines().count() > 200);
        for line in shown.lines().map(plain) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

const BEGIN: &str = "<!-- figures of the grammar, written by tests/manual.rs -->\n";
const END: &str = "<!-- end -->\n";

/// The file with the figures of the grammar.
fn readme() -> String {
    let text = fs::read_to_string(path("README.md")).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    format!("{before}{BEGIN}{}{END}{after}", figures())
}

fn figures() -> String {
    let [ix, rtx] = Dialect::ALL.map(manual::figures);
    let mut table = "| | [NEC IX](man/tsuji-ix.7) works | planned | inert \
                     | [Yamaha RTX](man/tsuji-rtx.7) works | planned | inert |\n\
                     |---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    let areas: BTreeSet<&String> = ix.keys().chain(rtx.keys()).collect();
    for area in areas {
        let [ix, rtx] = [&ix, &rtx].map(|figures| figures.get(area).map(cells).unwrap_or("| | ".to_owned()));
        table += &format!("| {area} | {ix} | {rtx} |\n");
    }
    let [ix, rtx] = [&ix, &rtx].map(|figures| cells(&Figures::sum(figures.values())));
    table + &format!("| **all** | {ix} | {rtx} |\n")
}

fn cells(Figures { works, planned, inert }: &Figures) -> String {
    format!("{works} | {planned} | {inert}")
}

/// The text without the overstrikes that stand for bold and underlined.
fn plain(line: &str) -> String {
    let mut signs: Vec<char> = Vec::new();
    for sign in line.chars() {
        if sign == '\u{8}' {
            signs.pop();
        } else {
            signs.push(sign);
        }
    }
    signs.into_iter().collect()
}

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}
