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

/// What `check` answers for a file of these bytes, and how long the answer is.
fn answer_to(name: &str, bytes: &[u8]) -> (Value, usize) {
    let path = std::env::temp_dir().join(format!("tsuji-bad-input-{}-{name}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    let answer = json(&path, None);
    fs::remove_file(&path).unwrap();
    let length = answer.to_string().len();
    (answer, length)
}

#[test]
fn a_line_without_end_costs_one_error_and_no_more() {
    let bytes =
        [b"hostname a\nhostname ", "x".repeat(10 << 20).as_bytes(), b"\nip dhcp\nhostname b\n"].concat();
    let (answer, length) = answer_to("long", &bytes);
    assert_eq!(answer["lines"][1]["message"], "the line is longer than 1048576 bytes");
    assert_eq!((&answer["lines"][0]["status"], &answer["lines"][3]["status"]), (&"ok".into(), &"ok".into()));
    assert!(length < 10_000, "{length}");
}

#[test]
fn names_and_lists_without_end_are_errors_of_their_lines() {
    for line in [
        format!("hostname {}", "x".repeat(10_000)),
        format!("ip access-list {} permit ip src any dest any", "名".repeat(10_000)),
        "(".repeat(500_000),
        "\"".repeat(500_000),
        "\\".repeat(500_001),
        format!("ip filter {} pass *", "9".repeat(500_000)),
        "pp bind tunnel1-tunnel1000000".to_owned(),
        "tunnel enable 1-1000000".to_owned(),
        "tunnel enable 10-1".to_owned(),
        "ip lan1 address 10.0.0.1/33".to_owned(),
    ] {
        let (answer, _) = answer_to("names", line.as_bytes());
        let error = &answer["lines"][0];
        assert_eq!(error["status"], "error", "{error}");
        assert!(error["message"].as_str().is_some_and(|text| (1..400).contains(&text.len())), "{error}");
    }
}

#[test]
fn what_is_no_file_is_answered_and_the_others_are_read() {
    let empty = std::env::temp_dir().join(format!("tsuji-empty-{}", std::process::id()));
    fs::write(&empty, "").unwrap();
    let files = ["/nowhere/at/all", "/", "/dev/zero", &empty.display().to_string()].map(str::to_owned);
    let options = CheckOptions { files: files.to_vec(), dialect: None, json: true };
    let mut out = Vec::new();
    assert!(!check::run(&options, &mut out).unwrap());
    fs::remove_file(&empty).unwrap();
    let answers: Vec<Value> =
        out.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let errors: Vec<bool> = answers.iter().map(|answer| answer["error"].is_string()).collect();
    assert_eq!(errors, [true, true, true, false]);
    assert!(answers.iter().all(|answer| answer["lines"] == serde_json::json!([])));
}
