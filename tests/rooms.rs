//! The house rules that a compiler does not check: which room may use which, where `unsafe` may
//! stand, and how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

/// Which room may use which others. A room not named here may not exist; every room may use
/// itself. The longest name that fits a file's place counts, on both sides.
const ARROWS: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("model", &["types"]),
    ("status", &["types"]),
    ("net", &["types"]),
    ("net::wire", &["types"]),
    ("net::crypto", &["types"]),
    ("net::engine", &["types", "net::wire", "net::crypto"]),
    ("net::dataplane", &["types", "net::wire", "net::crypto"]),
    ("language", &["types", "model"]),
    ("config", &["types", "language", "model"]),
    ("apply", &["types", "model", "status"]),
    ("run", &["types", "apply", "net", "model", "status"]),
    ("daemon", &["types", "config", "apply", "run", "language", "status", "model"]),
    ("shell", &["types", "daemon::message", "daemon::client", "language"]),
    ("tool", &["types", "language", "config", "net"]),
    ("lab", &["types", "daemon", "run", "net", "apply"]),
];

/// Where `unsafe` may stand: the thin covers over system calls, and wide cipher code.
const UNSAFE: &[&str] = &["src/apply/kernel/linux/sys", "src/net/crypto/lockstep.rs"];

/// The most lines that a file may have.
const CEILING: usize = 500;

#[test]
fn every_use_follows_an_arrow() {
    let mut wrong = Vec::new();
    for file in files("src", &["rs"]) {
        let module = module_of(&file);
        if module.is_empty() {
            continue; // lib.rs and main.rs stand outside of the rooms
        }
        let Some((room, may_use)) = room_of(&module) else {
            wrong.push(format!("{}: no such room in the table", file.display()));
            continue;
        };
        for (line, path) in crate_paths(&read(&file), module.len()) {
            let inside = fits(&path, room);
            if !inside && !may_use.iter().any(|target| fits(&path, target)) {
                wrong.push(format!("{}:{line}: {room} may not use {}", file.display(), path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_the_ceiling() {
    let long: Vec<String> = ["src", "tests", "grammar", "examples", "build"]
        .iter()
        .flat_map(|directory| files(directory, &["rs", "pest"]))
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > CEILING)
        .map(|(lines, file)| format!("{}: {lines} lines, at most {CEILING}", file.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn unsafe_stands_only_where_it_may() {
    let wrong: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|directory| files(directory, &["rs"]))
        .filter(|file| !UNSAFE.iter().any(|place| file.to_string_lossy().starts_with(place)))
        .filter(|file| tokens(&read(file)).iter().any(|token| token.text == "unsafe"))
        .map(|file| format!("{}: unsafe", file.display()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_walk_from_key_to_kernel_is_true() {
    let map = read(Path::new("src/lib.rs"));
    let steps: Vec<(&str, &str)> = map
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `src/"))
        .map(|row| {
            let mut cells = row.split('`');
            (cells.next().unwrap_or_default(), cells.nth(1).unwrap_or_default())
        })
        .collect();
    assert!(steps.len() > 20, "the tables of src/lib.rs are not found: {steps:?}");
    for (file, function) in steps {
        let source = read(&Path::new("src").join(file));
        let tokens = tokens(&source);
        let stands = tokens.windows(2).any(|pair| pair[0].text == "fn" && pair[1].text == function);
        assert!(stands, "src/lib.rs says that src/{file} has a function {function}");
    }
}

#[test]
fn paths_are_found_in_all_their_forms() {
    let source = r#"
        use crate::types::{Mac, LineId};
        use crate::{model::Model, net::{engine, wire}};
        use super::super::status; // crate::comment
        /* crate::comment */ fn f() { let _ = ("crate::text", 'c', crate::run::go::<'a>()); }
        mod tests { use super::super::super::config; use super::*; }
    "#;
    let found: Vec<String> = crate_paths(source, 2)
        .into_iter()
        .map(|(line, path)| format!("{line} {}", path.join("::")))
        .collect();
    let expected = [
        "2 types::Mac",
        "2 types::LineId",
        "3 model::Model",
        "3 net::engine",
        "3 net::wire",
        "4 status",
        "5 run::go",
        "6 config",
    ];
    assert_eq!(found, expected);
}

/// The entry of [`ARROWS`] for a module.
fn room_of(module: &[String]) -> Option<(&'static str, &'static [&'static str])> {
    ARROWS.iter().filter(|(room, _)| fits(module, room)).max_by_key(|(room, _)| room.len()).copied()
}

/// Whether a path lies in a room, or in a part of a room that `place` names.
fn fits(path: &[String], place: &str) -> bool {
    let mut path = path.iter();
    place.split("::").all(|part| path.next().is_some_and(|word| word == part))
}

/// `src/apply/kernel/mod.rs` is the module `apply::kernel`; `src/lib.rs` and `src/main.rs` are none.
fn module_of(file: &Path) -> Vec<String> {
    let place = file.strip_prefix("src").expect("a file below src").with_extension("");
    let mut words: Vec<String> = place.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if words.last().is_some_and(|last| last == "mod")
        || matches!(words.as_slice(), [one] if one == "lib" || one == "main")
    {
        words.pop();
    }
    words
}

/// Every path that starts at the root of the crate, with its line: by `crate::`, or by as many
/// `super::` as the module is deep. `depth` is the number of names of the file's module.
fn crate_paths(source: &str, depth: usize) -> Vec<(usize, Vec<String>)> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    let mut modules: Vec<bool> = Vec::new(); // for each open brace: is it a module's?
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" => modules.push(at >= 2 && tokens[at - 2].text == "mod"),
            "}" => drop(modules.pop()),
            "crate" if follows(&tokens, at + 1, "::") => {
                paths(&tokens, at + 2, &[], token.line, &mut found);
            }
            "super" => {
                let inner = modules.iter().filter(|module| **module).count();
                let mut supers = 1;
                while follows(&tokens, at + 1, "::") && follows(&tokens, at + 2, "super") {
                    supers += 1;
                    at += 2;
                }
                if supers == depth + inner {
                    paths(&tokens, at + 2, &[], token.line, &mut found);
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The paths that start at token `at`, below `stem`; a group in braces gives one for each member.
/// Returns the token after them.
fn paths(
    tokens: &[Token<'_>],
    mut at: usize,
    stem: &[String],
    line: usize,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = stem.to_vec();
    loop {
        match tokens.get(at).map(|token| token.text) {
            Some("{") => {
                while !follows(tokens, at, "}") && at < tokens.len() {
                    at = paths(tokens, at + 1, &path, line, found);
                }
                return at + 1;
            }
            Some(word) if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                path.push(word.to_owned())
            }
            _ => {}
        }
        if !follows(tokens, at + 1, "::") || follows(tokens, at + 2, "<") {
            break;
        }
        at += 2;
    }
    if path.len() > stem.len() {
        found.push((line, path));
    }
    // Inside a group, go on to the comma or brace (over `as name`).
    at += 1;
    if !stem.is_empty() || follows(tokens, at, "as") {
        while tokens.get(at).is_some_and(|token| !matches!(token.text, "," | "}" | ";")) {
            at += 1;
        }
    }
    at
}

fn follows(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}

/// A word or a sign of Rust, and its line from 1.
struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// Source as words and signs, without comments, strings and characters.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => string_length(rest),
            'r' if raw_string_length(rest).is_some() => raw_string_length(rest).unwrap_or(1),
            '\'' => character_length(rest),
            _ if first.is_alphanumeric() || first == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        if text == "::"
            || !(first.is_whitespace() || text.len() > 1 && "/\"'".contains(first) || text.contains('"'))
        {
            found.push(Token { text, line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    found
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string_length(rest: &str) -> Option<usize> {
    let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
    rest[1 + hashes..].starts_with('"').then(|| {
        let end = format!("\"{}", "#".repeat(hashes));
        rest[2 + hashes..].find(&end).map_or(rest.len(), |at| 2 + hashes + at + end.len())
    })
}

/// The length of a character such as `'"'`, or of the quote alone if it starts a lifetime.
fn character_length(rest: &str) -> usize {
    if let Some(escape) = rest.strip_prefix("'\\") {
        return escape.char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 3);
    }
    let mut inner = rest.char_indices().skip(2);
    match inner.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

/// All files below a directory that have one of the endings, sorted, without build output.
fn files(directory: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten() {
            let path = entry.expect("a readable directory").path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
