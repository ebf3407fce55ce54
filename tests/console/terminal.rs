//! A person at a terminal: the program `tsuji` in a pseudo-terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A person at a terminal of 24 rows.
pub struct Terminal {
    pub keyboard: File,
    screen: Receiver<Vec<u8>>,
    pub seen: Screen,
    program: Child,
}

impl Terminal {
    pub fn open(directory: &Path, kind: &str) -> Self {
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
    pub fn type_keys(&mut self, keys: &str) {
        thread::sleep(Duration::from_millis(50));
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads on until this text was on the screen, and forgets all up to it.
    pub fn expect(&mut self, text: &str) -> String {
        self.expect_bytes(text.as_bytes())
    }

    pub fn expect_bytes(&mut self, text: &[u8]) -> String {
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

    pub fn leave(mut self) {
        assert!(self.program.wait().unwrap().success());
    }
}

/// What a terminal shows: the bytes without the sequences that move the cursor.
#[derive(Default)]
pub struct Screen {
    text: Vec<u8>,
    sequence: Option<Vec<u8>>,
    /// The sequences so far.
    pub sequences: Vec<Vec<u8>>,
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
