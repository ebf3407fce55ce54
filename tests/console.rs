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

const PATIENCE: Duration = Duration::from_secs(20);

/// A person at a terminal of 24 rows.
struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
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
        Self { keyboard, screen, seen: String::new(), program }
    }

    /// Types as a person does: after a moment, so that it does not look like a paste.
    fn type_keys(&mut self, keys: &str) {
        thread::sleep(Duration::from_millis(50));
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads on until this text was on the screen, and forgets all up to it.
    fn expect(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let before = self.seen[..at].to_owned();
                self.seen.drain(..at + text.len());
                return before;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.screen.recv_timeout(left) else {
                panic!("waited for {text:?}, saw {:?}", self.seen)
            };
            self.seen += &plain(&bytes);
        }
    }

    fn leave(mut self) {
        assert!(self.program.wait().unwrap().success());
    }
}

/// What a terminal shows, without the sequences that move the cursor.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split('\x1b');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out += part
            .trim_start_matches('[')
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
            .get(1..)
            .unwrap();
    }
    out
}

#[test]
fn keys_help_to_write_a_line() {
    let directory = daemon("keys");
    let mut terminal = Terminal::open(&directory, "xterm");
    terminal.expect("Router# ");
    terminal.type_keys("sh\t");
    terminal.expect("show ");
    terminal.type_keys("ip ?");
    terminal.expect("interface -- IPv4 settings and states of interfaces");
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
fn a_dumb_terminal_gets_no_escape_sequences() {
    let directory = daemon("dumb");
    let mut terminal = Terminal::open(&directory, "dumb");
    terminal.expect("Router# ");
    terminal.type_keys("show ip route\n");
    terminal.expect("IP Routing Table");
    assert!(!terminal.seen.contains('\x1b'));
    terminal.type_keys("exit\n");
    terminal.leave();
    std::fs::remove_dir_all(directory).unwrap();
}
