//! The console on a real terminal: a daemon over a fake kernel, and the program `tsuji` in a
//! pseudo-terminal, into which a person types and pastes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a real program on a real terminal takes real time")]

#[path = "support/fake_daemon.rs"]
mod fake_daemon;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use fake_daemon::daemon;
use nix::pty::{Winsize, openpty};
use tsuji::daemon::{client::Client, message};

const PATIENCE: Duration = Duration::from_secs(20);

/// A person at a terminal of 24 rows.
struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: Screen,
    program: Child,
}

impl Terminal {
    fn open(directory: &Path, kind: &str) -> Self {
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).unwrap();
        let slave = || pty.slave.try_clone().unwrap();
        let program = Command::new(env!("CARGO_BIN_EXE_tsuji"))
            .env("TSUJI_DIRECTORY", directory)
            .env("TERM", kind)
            .stdin(slave())
            .stdout(slave())
            .stderr(slave())
            .spawn()
            .unwrap();
        drop(pty.slave);
        let keyboard = File::from(pty.master);
        let mut master = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = master.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keyboard, screen, seen: Screen::default(), program }
    }

    /// Types as a person does: after a moment, so that it does not look like a paste.
    fn type_keys(&mut self, keys: &str) {
        thread::sleep(Duration::from_millis(50));
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads on until this text was on the screen, and forgets all up to it.
    fn expect(&mut self, text: &str) -> String {
        self.expect_bytes(text.as_bytes())
    }

    fn expect_bytes(&mut self, text: &[u8]) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(before) = self.seen.until(text) {
                return before;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.screen.recv_timeout(left) else {
                panic!("waited for {:?}, saw {:?}", String::from_utf8_lossy(text), self.seen.tail())
            };
            self.seen.take(&bytes);
        }
    }

    fn leave(mut self) {
        assert!(self.program.wait().unwrap().success());
    }
}

/// What a terminal shows: the bytes without the sequences that move the cursor.
#[derive(Default)]
struct Screen {
    text: Vec<u8>,
    sequence: Option<Vec<u8>>,
    /// The sequences so far.
    sequences: Vec<Vec<u8>>,
    /// How much of it was looked through in vain.
    looked: usize,
}

impl Screen {
    /// The last of it, for people.
    fn tail(&self) -> String {
        String::from_utf8_lossy(&self.text[self.text.len().saturating_sub(2000)..]).into_owned()
    }

    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match &mut self.sequence {
                None if byte == 0x1b => self.sequence = Some(Vec::new()),
                None => self.text.push(byte),
                Some(begun) if begun.is_empty() || byte.is_ascii_digit() || byte == b';' => begun.push(byte),
                Some(begun) => {
                    begun.push(byte);
                    self.sequences.extend(self.sequence.take());
                }
            }
        }
    }

    /// Forgets all up to this text, and gives what stood before it.
    fn until(&mut self, text: &[u8]) -> Option<String> {
        let looked = std::mem::take(&mut self.looked);
        let found = self.text[looked..].windows(text.len()).position(|part| part == text);
        let Some(at) = found.map(|at| looked + at) else {
            self.looked = self.text.len().saturating_sub(text.len());
            return None;
        };
        let before: Vec<u8> = self.text.drain(..at + text.len()).take(at).collect();
        Some(String::from_utf8_lossy(&before).into_owned())
    }
}

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
        if kind == "dumb" {
            terminal.type_keys("console character ja.sjis\r");
            terminal.keyboard.write_all(b"description lan1 \x92\xd2\rconsole character ja.utf8\r").unwrap();
            terminal.type_keys("show candidate | include description\r");
            terminal.expect("description lan1 辻\r\n");
        }
        terminal.type_keys("discard\rexit\rexit\r");
        terminal.leave();
        std::fs::remove_dir_all(directory).unwrap();
    }
}
