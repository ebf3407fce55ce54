//! The socket of the daemon: programs that speak to it, and some that speak nonsense.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "runs the real program")]

#[path = "support/fake_daemon.rs"]
mod fake_daemon;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use fake_daemon::daemon;
use tsuji::daemon::client::Client;
use tsuji::daemon::listen::Listener;
use tsuji::daemon::message::{REQUEST_LIMIT, SOCKET_NAME, Terminal};
use tsuji::language::syntax::Syntax;
use tsuji::types::Dialect;

fn tsuji(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tsuji"))
        .args(arguments)
        .env("TSUJI_DIRECTORY", directory)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn lines_from_the_command_line_end_at_the_first_refusal() {
    let directory = daemon("lines");
    let done = tsuji(&directory, &["-c", "configure", "hostname One", "commit", "-c", "show candidate"]);
    assert_eq!(done.status.code(), Some(0));
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(text.ends_with("committed as revision 2\nhostname One\n!\n"), "{text}");

    let refused = tsuji(&directory, &["-c", "foo", "configure"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(String::from_utf8(refused.stdout).unwrap(), "% foo  -- Invalid command.\n");

    let other = tsuji(&directory, &["--dialect", "rtx", "-c", "show config"]);
    assert_eq!(other.status.code(), Some(0));
    assert_eq!(tsuji(&directory, &["--dialect", "cisco"]).status.code(), Some(2));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn without_a_daemon_the_console_says_how_to_start_one() {
    let output = tsuji(Path::new("/nonexistent"), &["-c", "show running-config"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("tsuji daemon"));
}

#[test]
fn every_show_command_answers_in_one_json_value() {
    let directory = daemon("json");
    for dialect in Dialect::ALL {
        let (mut client, _) = Client::connect(&directory, Some(dialect), Terminal::SCRIPT).unwrap();
        for line in [
            "show running-config",
            "show startup-config",
            "show candidate",
            "show config",
            "show config difference",
            "show ip route",
            "show ipv6 route",
            "show ip interface",
            "show interfaces",
            "show logging",
            "show log",
            "show history",
            "show boot",
            "show drift",
        ] {
            if Syntax::of(dialect).parse(&["operation"], line).is_err() {
                continue; // a word of the other dialect
            }
            let answer = client.run(&format!("{line} | json")).unwrap();
            assert!(answer.ok, "{line}: {}", answer.output);
            let value: Result<serde_json::Value, _> = serde_json::from_str(&answer.output);
            assert!(value.is_ok_and(|value| value.is_object() || value.is_array()), "{line}");
        }
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn nonsense_ends_the_session_and_nothing_else() {
    let directory = daemon("nonsense");
    let long = "x".repeat(2 * REQUEST_LIMIT);
    let hello = r#"{"type":"hello","dialect":null,"terminal":{"columns":80,"rows":24,"interactive":false}}"#;
    for bytes in [
        "\n".to_owned(),
        "{}\n".to_owned(),
        "\u{0}\u{1}\n".to_owned(),
        long.clone(),
        format!("{hello}\n{long}\n"),
        format!("{hello}\nwhat?\n"),
    ] {
        let mut stream = UnixStream::connect(directory.join(SOCKET_NAME)).unwrap();
        // The daemon may hang up before it has read all.
        let _ = stream.write_all(bytes.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
    }
    let (mut client, _) = Client::connect(&directory, None, Terminal::SCRIPT).unwrap();
    assert!(client.run("show running-config").unwrap().ok);
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn two_daemons_do_not_share_a_socket() {
    let directory = daemon("two");
    let error = Listener::bind(&directory).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(Client::connect(&directory, None, Terminal::SCRIPT).is_ok());
    std::fs::remove_dir_all(directory).unwrap();
}
