//! Lines through the walker: no panic, no contradiction of the grammar, and what is understood
//! reads the same when it is typed in full.

use tsuji::language::command::Command;
use tsuji::language::syntax::{Syntax, SyntaxError, SyntaxErrorKind};
use tsuji::types::Dialect;

/// The modes of a session, chosen by the first byte.
const MODES: [(Dialect, &[&str]); 6] = [
    (Dialect::Ix, &["operation"]),
    (Dialect::Ix, &["global", "operation"]),
    (Dialect::Ix, &["interface", "global", "operation"]),
    (Dialect::Ix, &["access-list", "global", "operation"]),
    (Dialect::Rtx, &["operation"]),
    (Dialect::Rtx, &["global", "operation"]),
];

pub fn run(data: &[u8]) {
    let Some((choice, lines)) = data.split_first() else { return };
    let (dialect, modes) = MODES[usize::from(*choice) % MODES.len()];
    for line in String::from_utf8_lossy(lines).split('\n') {
        type_line(Syntax::of(dialect), modes, line);
    }
}

fn type_line(syntax: &'static Syntax, modes: &[&str], line: &str) {
    match syntax.parse(modes, line) {
        Ok(command) => {
            let text = command.text();
            assert_eq!(syntax.parse(modes, &text).as_ref().map(Command::text), Ok(text), "{line:?}");
        }
        Err(error) => check(line, &error),
    }
    if let Err(error) = syntax.parse_removal(modes, line) {
        check(line, &error);
    }
    if let Err(error) = syntax.next_words(modes, line) {
        check(line, &error);
    }
}

fn check(line: &str, error: &SyntaxError) {
    assert!(!matches!(error.kind, SyntaxErrorKind::Grammar(_)), "{line:?}: {error}");
    assert!((1..=line.chars().count() + 2).contains(&error.column), "{line:?}: column {}", error.column);
}
