//! `tsuji check` on files of every kind: what it answers in JSON, written down beside each file.
//!
//! `TSUJI_UPDATE=1 cargo test --test check` rewrites `tests/cases/check/*.json`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tsuji::tool::check::{self, CheckOptions};
use tsuji::types::Dialect;

#[test]
fn every_file_is_answered_as_written() {
    let update = std::env::var_os("TSUJI_UPDATE").is_some();
    for path in cases() {
        let answer = lines_of(&json(&path, None));
        let expected = path.with_extension("json");
        if update {
            fs::write(&expected, &answer).unwrap();
        }
        assert_eq!(answer, fs::read_to_string(&expected).unwrap(), "{}", path.display());
    }
}

#[test]
fn an_answer_has_all_fields_and_a_true_summary() {
    for path in cases() {
        for dialect in [None, Some(Dialect::Ix), Some(Dialect::Rtx)] {
            let answer = json(&path, dialect);
            let lines = answer["lines"].as_array().unwrap();
            let count = |status: &str| lines.iter().filter(|line| line["status"] == status).count();
            for status in ["ok", "inert", "planned", "error"] {
                assert_eq!(answer["summary"][status], count(status), "{}", path.display());
            }
            let warnings = lines.iter().filter(|line| line["warning"] != "").count();
            assert_eq!(answer["summary"]["warnings"], warnings, "{}", path.display());
            let mut last = 0;
            for line in lines {
                let fields = ["line", "column", "text", "dialect", "status", "reason", "message", "warning"];
                assert!(fields.iter().all(|field| line.get(field).is_some()), "{line}");
                assert_eq!(line.as_object().unwrap().len(), fields.len(), "{line}");
                assert_eq!(line["column"].is_null(), line["status"] != "error", "{line}");
                assert!(line["line"].as_u64().unwrap() > last, "{line}");
                last = line["line"].as_u64().unwrap();
            }
        }
    }
}

/// Every case: a file as people have it.
fn cases() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check");
    let entries = fs::read_dir(directory).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "conf"));
    paths.sort();
    assert!(paths.len() > 10);
    paths
}

fn json(path: &Path, dialect: Option<Dialect>) -> Value {
    let options = CheckOptions { files: vec![path.display().to_string()], dialect, json: true };
    let mut out = Vec::new();
    let fine = check::run(&options, &mut out).unwrap();
    let answer: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(fine, answer["summary"]["error"] == 0 && answer.get("error").is_none());
    assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1, "one line a file");
    answer
}

/// The answer, one line of JSON for each line of the file, so that a difference can be read.
fn lines_of(answer: &Value) -> String {
    let mut text = String::new();
    writeln!(text, "{}", answer["dialect"]).unwrap();
    for line in answer["lines"].as_array().unwrap() {
        writeln!(text, "{line}").unwrap();
    }
    writeln!(text, "{}", answer["summary"]).unwrap();
    text
}
