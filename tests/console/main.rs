//! The console on a real terminal: a daemon over a fake kernel, and the program `tsuji` in a
//! pseudo-terminal, into which a person types and pastes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a real program on a real terminal takes real time")]

#[path = "../support/fake_daemon.rs"]
mod fake_daemon;

mod bad_input;
mod terminal;

use std::io::Write;
use std::time::Instant;

use fake_daemon::daemon;
use terminal::{PATIENCE, Terminal};
use tsuji::daemon::{client::Client, message};

#[test]
fn keys_help_to_write_a_line() {
    let directory = daemon("keys");
    let mut terminal = Terminal::open(&directory, "xterm");
    terminal.expect("Router# ");
    terminal.type_keys("sh\t");
    terminal.expect("show ");
    terminal.type_keys("ip ?");
    terminal.expect("interface   -- IPv4 settings and states of interfaces");
    terminal.expect("Router# show ip ");
    terminal.type_keys("rou\r");
    terminal.expect("IP Routing Table - 0 entries");
    terminal.expect("Router# ");
    terminal.type_keys("half a line\x03");
    terminal.expect("Router# ");
    terminal.type_keys("conf t\r");
    terminal.expect("Router(config)# ");
    terminal.type_keys("hostname Crossroads\rcommit\r");
    terminal.expect("committed as revision 2");
    terminal.expect("Crossroads(config)# ");
    terminal.type_keys("\x1a");
    terminal.expect("Crossroads# ");
    terminal.type_keys("\x1b[A\x1b[A");
    terminal.expect("hostname Crossroads");
    terminal.type_keys("\x03");
    terminal.expect("Crossroads# ");
    terminal.type_keys("exit\r");
    terminal.leave();
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_paste_loses_nothing_and_is_summed_up() {
    let directory = daemon("paste");
    let mut terminal = Terminal::open(&directory, "xterm");
    terminal.expect("Router# ");
    let mut paste = "configure\r".to_owned();
    for number in 0..300 {
        paste += &format!("ip route 10.{}.{}.0/24 Null0.0\r", number / 250, number % 250);
        if number % 100 == 50 {
            paste += "this is no command\r";
        }
    }
    terminal.type_keys(&paste);
    terminal.expect("% 3 of 304 pasted lines were refused");
    terminal.type_keys("show candidate | count\r");
    terminal.expect("301 lines");
    terminal.type_keys("show candidate\r");
    terminal.expect("--More--");
    terminal.type_keys("q");
    terminal.expect("Router(config)# ");
    terminal.type_keys("exit\rno\rexit\r");
    terminal.leave();
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_paste_of_5000_lines_in_one_write_arrives_byte_exact_and_soon() {
    let lines: Vec<String> = (0..5000)
        .map(|number| format!("ip route 10.{}.{}.0/24 Null0.0", number / 250, number % 250))
        .collect();
    for kind in ["xterm", "dumb"] {
        let directory = daemon(&format!("long-{kind}"));
        let mut terminal = Terminal::open(&directory, kind);
        terminal.expect("Router# ");
        let began = Instant::now();
        terminal.type_keys(&format!("configure\r{}\rhostname Öde\rfoo\rbar\r", lines.join("\r")));
        terminal.expect("pasted lines were refused");
        assert!(began.elapsed() < PATIENCE, "{:?} on {kind}", began.elapsed());
        terminal.type_keys("commit\r");
        terminal.expect("committed as revision 2");
        terminal.type_keys("end\rexit\r");
        terminal.leave();

        let (mut client, _) = Client::connect(&directory, None, message::Terminal::SCRIPT).unwrap();
        let running = client.run("show running-config").unwrap().output;
        let (expected, of_routes) =
            (lines.join("\n"), running.lines().filter(|line| line.starts_with("ip ")));
        assert_eq!(of_routes.collect::<Vec<_>>().join("\n"), expected, "{kind}");
        assert!(running.contains("hostname Öde\n"), "{kind}");
        std::fs::remove_dir_all(directory).unwrap();
    }
}

#[test]
fn a_line_over_4095_bytes_is_one_error() {
    for kind in ["xterm", "dumb"] {
        let directory = daemon(&format!("wide-{kind}"));
        let mut terminal = Terminal::open(&directory, kind);
        terminal.expect("Router# ");
        let longest = format!("configure\rhostname {}\r", "x".repeat(4095 - "hostname ".len()));
        terminal.type_keys(&format!("{longest}hostname {}\rshow candidate | count\r", "y".repeat(9000)));
        terminal.expect("% the line is longer than 4095 bytes and was not taken");
        terminal.expect("2 lines");
        terminal.type_keys("show candidate | include yyy\r");
        terminal.expect("Router(config)# ");
        terminal.type_keys("discard\rend\rexit\r");
        terminal.leave();
        std::fs::remove_dir_all(directory).unwrap();
    }
}

#[test]
fn a_dumb_terminal_gets_no_escape_sequences() {
    let directory = daemon("dumb");
    let mut terminal = Terminal::open(&directory, "dumb");
    terminal.expect("Router# ");
    terminal.type_keys("show ip route\n");
    terminal.expect("IP Routing Table");
    terminal.type_keys("configure\nhostname A\ncompare\ndiscard\nend\nshow ?\x15");
    terminal.expect("+hostname A");
    terminal.expect("  running-config ");
    assert!(terminal.seen.sequences.is_empty(), "{:?}", terminal.seen.sequences);
    terminal.type_keys("exit\n");
    terminal.leave();
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_commit_that_fails_leaves_all_as_it_was_and_a_rollback_goes_back() {
    let directory = daemon("rollback");
    let mut terminal = Terminal::open(&directory, "xterm");
    terminal.expect("Router# ");
    terminal.type_keys("configure\rhostname One\rip route 10.0.0.0/8 Null0.0\rcommit\r");
    terminal.expect("committed as revision 2");
    terminal.expect("One(config)# ");
    terminal.type_keys("hostname Two\rdevice GigaEthernet1\rlinux-interface nosuch0\r");
    terminal.type_keys("interface GigaEthernet1.0\rno shutdown\rcommit\r");
    terminal.expect("% nothing was committed");
    terminal.expect("One(config-GigaEthernet1.0)# ");
    terminal.type_keys("show running-config | include nosuch\rshow candidate | include nosuch\r");
    terminal.expect("  linux-interface nosuch0");
    terminal.type_keys("discard\rhostname Two\rno ip route 10.0.0.0/8\rcommit\r");
    terminal.expect("committed as revision 3");
    terminal.type_keys("rollback 1\rcompare\r");
    terminal.expect("-hostname Two");
    terminal.expect("+hostname One");
    terminal.expect("+ip route 10.0.0.0/8 Null0.0");
    terminal.type_keys("commit\r");
    terminal.expect("One(config)# ");
    terminal.type_keys("exit\rexit\r");
    terminal.leave();
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_password_is_not_shown_and_not_kept() {
    for kind in ["xterm", "dumb"] {
        let directory = daemon(&format!("password-{kind}"));
        let mut terminal = Terminal::open(&directory, kind);
        terminal.expect("Router# ");
        terminal.type_keys("terminal dialect rtx\rconsole character en.ascii\rconsole prompt R\r");
        terminal.type_keys("administrator password\r");
        terminal.expect("New_Password: ");
        terminal.type_keys("why?Secret7\r");
        let screen = terminal.expect("New_Password(Confirm): ");
        assert!(!screen.contains("Secret7"), "{screen}");
        terminal.type_keys("why?Secret7\r");
        let screen = terminal.expect("Password Strength : Strong");
        assert!(!screen.contains("Secret7"), "{screen}");
        terminal.type_keys("commit\r");
        terminal.expect("R# ");
        terminal.type_keys("exit\rn\r");
        terminal.expect("R> ");
        terminal.type_keys("administrator\r");
        terminal.expect("Password: ");
        terminal.type_keys("\x03");
        terminal.expect("Error: Incorrect password");
        terminal.type_keys("administrator\rwhy?Secret7\rexit\rn\rexit\r");
        terminal.leave();
        std::fs::remove_dir_all(directory).unwrap();
    }
}

#[test]
fn a_difference_has_colours_where_there_are_any() {
    let directory = daemon("colours");
    let mut terminal = Terminal::open(&directory, "xterm");
    terminal.expect("Router# ");
    terminal.type_keys("configure\rhostname A\rcompare\r");
    terminal.expect("+hostname A");
    assert!(terminal.seen.sequences.contains(&b"[32m".to_vec()));
    terminal.type_keys("exit\rno\rexit\r");
    terminal.leave();
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn an_rtx_speaks_the_encoding_that_its_console_is_told() {
    for kind in ["xterm", "dumb"] {
        let directory = daemon(&format!("encodings-{kind}"));
        let mut terminal = Terminal::open(&directory, kind);
        terminal.expect("Router# ");
        terminal.type_keys("terminal dialect rtx\rconsole character ja.sjis\rfoo\r");
        // エラー: コマンド
        terminal.expect_bytes(b"\x83G\x83\x89\x81[: \x83R\x83}\x83\x93\x83h");
        terminal.type_keys("console character ja.euc\rfoo\r");
        terminal.expect_bytes(b"\xa5\xa8\xa5\xe9\xa1\xbc: ");
        terminal.type_keys("console character ja.utf8\rfoo\r");
        terminal.expect("エラー: コマンド名を確認してください");
        terminal.type_keys("console character en.ascii\rfoo\r");
        terminal.expect("Error: Invalid command name");
        terminal.type_keys("console character ja.sjis\r");
        terminal.keyboard.write_all(b"description lan1 \x92\xd2\rconsole character ja.utf8\r").unwrap();
        terminal.type_keys("show candidate | include description\r");
        terminal.expect("description lan1 辻\r\n");
        // Japanese of an old file is known without being told.
        terminal.keyboard.write_all(b"description lan2 \x93\xb9\x98H\r").unwrap();
        terminal.type_keys("show candidate | include description\r");
        terminal.expect("description lan2 道路\r\n");
        terminal.type_keys("discard\rexit\rexit\r");
        terminal.leave();
        std::fs::remove_dir_all(directory).unwrap();
    }
}
