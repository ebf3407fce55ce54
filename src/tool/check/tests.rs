use std::path::PathBuf;

use super::*;

/// A file that goes away with the test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("tsuji-check-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn check(files: Vec<String>, json: bool) -> (bool, String) {
    let mut out = Vec::new();
    let fine = run(&CheckOptions { files, dialect: None, json }, &mut out).unwrap();
    (fine, String::from_utf8(out).unwrap())
}

#[test]
fn a_problem_is_shown_with_a_caret_and_what_was_expected() {
    let file =
        TempFile::new("caret", "hostname kita\ninterface GigaEthernet0.0\n  ip adress dhcp\n".as_bytes());
    let (fine, text) = check(vec![file.path()], false);
    let path = file.path();
    assert!(!fine);
    let expected = format!(
        "{path}:3:6: error: \"adress\" is no word of a command here (did you mean \"address\"?)\n\
         \x20   ip adress dhcp\n\
         \x20      ^\n\
         \x20 expected: access-list, address, as-path-list, dhcp, dhcp-relay, directed-broadcast, \
         domain-name, filter, helper-address, host, igmp, load-sharing, …\n\
         {path} (ix): 2 ok, 0 inert, 0 planned, 1 error, 0 warnings; 66 % known, 66 % ok\n"
    );
    assert_eq!(text, expected);
}

#[test]
fn json_has_one_object_a_file_and_every_field() {
    let content = b"# a comment\nip lan1 address dhcp\nip lan1 adress dhcp\n\ndhcp service server\nip lan2 nat descriptor 7\n";
    let file = TempFile::new("json", content);
    let (fine, text) = check(vec![file.path(), "/nowhere".to_owned(), "/".to_owned()], true);
    assert!(!fine);
    let objects: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 3);
    let [first, missing, directory] = objects.as_slice() else { panic!() };
    assert_eq!(first["dialect"], "rtx");
    assert_eq!(
        first["lines"][1],
        serde_json::json!({
            "line": 3, "column": 9, "text": "ip lan1 adress dhcp", "dialect": "rtx", "status": "error",
            "reason": null, "warning": "",
            "message": "\"adress\" is no word of a command here (did you mean \"address\"?)",
        })
    );
    assert_eq!(first["lines"][2]["reason"], "dhcp-server");
    assert_eq!(first["lines"][3]["status"], "ok");
    assert!(
        first["lines"][3]["warning"].as_str().unwrap().contains("no line defines the nat-descriptor \"7\"")
    );
    let summary = serde_json::json!({"ok": 2, "inert": 0, "planned": 1, "error": 1, "warnings": 2});
    assert_eq!(first["summary"], summary);
    for unreadable in [missing, directory] {
        assert!(unreadable["error"].as_str().is_some_and(|error| !error.is_empty()), "{unreadable}");
        assert_eq!(unreadable["lines"], serde_json::json!([]));
    }
}

#[test]
fn a_line_that_contradicts_another_is_an_error_of_that_line() {
    let file = TempFile::new("conflict", b"hostname a\ninterface GigaEthernet0.0\n  console prompt b\n");
    let (fine, text) = check(vec![file.path()], false);
    assert!(!fine);
    assert!(text.contains(":3:3: error: the router's name is set otherwise by line 1"), "{text}");
}

#[test]
fn bytes_that_are_no_text_are_errors_of_their_lines() {
    let file = TempFile::new("bytes", b"hostname \xffx\n! \xff in a comment\nhostname b\n");
    let (fine, text) = check(vec![file.path()], true);
    assert!(!fine);
    let object: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(object["lines"][0]["text"], "hostname \u{fffd}x");
    assert_eq!(object["lines"][0]["column"], 10);
    assert_eq!(object["lines"][1]["status"], "ok");
    assert_eq!(object["lines"].as_array().unwrap().len(), 2);
}

#[test]
fn a_terminal_is_safe_from_what_a_file_holds() {
    let file = TempFile::new("escape", b"hostname a \x1b[2J\n");
    let (_, text) = check(vec![file.path()], false);
    assert!(!text.contains('\x1b'), "{text:?}");
}
