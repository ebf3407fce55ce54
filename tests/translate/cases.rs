//! Every pair and every case of the tests, said in both dialects; and whole translations as texts.
//!
//! `TSUJI_UPDATE=1` rewrites what stands below the first `=== ` line of a text in
//! `tests/cases/translate`.

use std::fs;
use std::path::{Path, PathBuf};

use tsuji::language::lower::{Severity, lower};
use tsuji::language::raise::Pairing;
use tsuji::language::tree::reader;
use tsuji::tool::translate::{TranslateOptions, run};
use tsuji::types::Dialect;

use crate::normal::normal;
use crate::{assert_settled, said};

#[test]
fn either_side_of_a_pair_becomes_the_other() {
    let mut count = 0;
    for pair in files("tests/pairs") {
        for dialect in Dialect::ALL {
            let text = fs::read_to_string(pair.join(format!("{dialect}.conf"))).unwrap();
            let (model, _) = lower(&reader::read(&text, Some(dialect)).tree);
            let said = said(&model, dialect.other());
            assert_eq!(said.raised.lost, [], "{}", pair.display());
            assert_eq!(normal(said.model), normal(model), "{}", pair.display());
            count += 1;
        }
    }
    assert!(count > 0, "there are no pairs");
}

#[test]
fn every_case_is_said_in_both_dialects() {
    let mut whole = 0;
    for dialect in Dialect::ALL {
        for case in files(format!("tests/cases/{dialect}")).iter().flat_map(files) {
            let text = fs::read_to_string(&case).unwrap();
            let tree = reader::read(input_of(&text), Some(dialect)).tree;
            let (model, problems) = lower(&tree);
            let sound = problems.iter().all(|problem| problem.severity == Severity::Warning);
            for to in Dialect::ALL {
                let said = said(&model, to);
                assert_settled(&said, to);
                if said.raised.lost.is_empty() {
                    assert_eq!(normal(said.model), normal(model.clone()), "{} to {to}", case.display());
                    whole += 1;
                }
                let own = tree.lines().iter().all(|line| line.command.dialect == to);
                if own && sound {
                    assert_eq!(said.raised.lost, [], "{} to its own {to}", case.display());
                }
            }
        }
    }
    assert!(whole > 20, "only {whole} cases come across as a whole");
}

#[test]
fn translations_come_out_as_written() {
    let update = std::env::var_os("TSUJI_UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in files("tests/cases/translate") {
        let text = fs::read_to_string(&case).unwrap();
        let input = input_of(&text);
        let found = format!("{input}{}", translations(input));
        if update {
            fs::write(&case, found).unwrap();
        } else if found != text {
            let diff = similar::TextDiff::from_lines(&text, &found);
            wrong.push(format!("{}\n{}", case.display(), diff.unified_diff().header("written", "found")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A translation to each dialect, and what there is to say of the file. A first line
/// `! --map PAIR` or `# --map PAIR` pairs ports.
fn translations(input: &str) -> String {
    let file = std::env::temp_dir().join(format!("tsuji-translate-{}", std::process::id()));
    fs::write(&file, input).unwrap();
    let pair = input.lines().next().and_then(|line| line.get(1..)?.trim().strip_prefix("--map "));
    let pairs: Vec<_> = pair.iter().map(|pair| pair.parse().unwrap()).collect();
    let (mut found, mut problems) = (String::new(), Vec::new());
    for to in Dialect::ALL {
        let file = file.display().to_string();
        let options = TranslateOptions { file, to, pairing: Pairing::new(&pairs, to).unwrap() };
        let mut out = Vec::new();
        problems.clear();
        let fine = run(&options, &mut out, &mut problems).unwrap();
        assert_eq!(fine, !String::from_utf8_lossy(&problems).contains(" error: "));
        found += &format!("=== to {to}\n{}", String::from_utf8(out).unwrap());
    }
    fs::remove_file(&file).unwrap();
    let problems = String::from_utf8(problems).unwrap().replace(&file.display().to_string(), "FILE");
    if problems.is_empty() { found } else { format!("{found}=== problems\n{problems}") }
}

/// What stands above the first mark.
fn input_of(text: &str) -> &str {
    let end = text.find("\n=== ").map_or(text.len(), |at| at + 1);
    &text[..end]
}

/// The entries of a directory of the project, sorted.
fn files(directory: impl AsRef<Path>) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
