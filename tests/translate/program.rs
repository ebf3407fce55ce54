//! The program itself: arguments, streams, exit status.

#![expect(clippy::disallowed_methods, reason = "the program is started as users start it")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn translate(arguments: &str, input: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tsuji"))
        .arg("translate")
        .args(arguments.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments reads nothing.
    let _ = program.stdin.take().unwrap().write_all(input.as_bytes());
    program.wait_with_output().unwrap()
}

#[test]
fn standard_input_is_translated_with_the_ports_paired() {
    let found = translate("--to ix --map lan1=GigaEthernet2 -", "ip lan1 address 192.168.0.1/24\n");
    assert_eq!(found.status.code(), Some(0));
    let expected = "interface GigaEthernet2.0\n  ip address 192.168.0.1/24\n  no shutdown\n!\n";
    assert_eq!(String::from_utf8_lossy(&found.stdout), expected);
    assert_eq!(String::from_utf8_lossy(&found.stderr), "");
}

#[test]
fn an_error_is_told_and_the_rest_is_translated() {
    let found = translate("--to rtx -", "hostname kita\ninterface GigaEthernet1.0\n  ip adress dhcp\n");
    assert_eq!(found.status.code(), Some(1));
    let out = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(out.starts_with("# line 3: \"ip adress dhcp\": "), "{out}");
    assert!(out.contains("\nconsole prompt kita\n"), "{out}");
    let problems = String::from_utf8_lossy(&found.stderr).into_owned();
    assert!(problems.starts_with("-:3:6: error: "), "{problems}");
}

#[test]
fn a_file_that_is_not_there_has_an_error() {
    let found = translate("--to rtx /nowhere", "");
    assert_eq!((found.status.code(), found.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&found.stderr).starts_with("/nowhere: error: "));
}

#[test]
fn wrong_usage_is_two() {
    for arguments in [
        "-",
        "--to junos -",
        "--to ix --map lan1=lan2 -",
        "--to ix --map lan1=GigaEthernet2 --map lan1=GigaEthernet3 -",
    ] {
        assert_eq!(translate(arguments, "").status.code(), Some(2), "{arguments}");
    }
}
