//! Plans as text: what `commit check` shows. `TSUJI_UPDATE=1` writes them anew.

use std::path::Path;

use tsuji::apply::{State, plan};

use crate::models::{home, rebuilt};

#[test]
fn plans_read_as_they_should() {
    let (home, rebuilt) = (home().state(), rebuilt().state());
    let cases = [
        ("from-nothing", &State::default(), &home),
        ("rebuild", &home, &rebuilt),
        ("back", &rebuilt, &home),
        ("to-nothing", &rebuilt, &State::default()),
    ];
    for (name, old, new) in cases {
        check(name, &plan(old, new).to_string());
    }
}

#[test]
fn nothing_changes_where_nothing_differs() {
    for state in [State::default(), home().state(), rebuilt().state()] {
        assert_eq!(plan(&state, &state).to_string(), "");
    }
}

fn check(name: &str, text: &str) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/plan").join(name).with_extension("txt");
    if std::env::var_os("TSUJI_UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{} differs; TSUJI_UPDATE=1 writes it anew", path.display());
}
