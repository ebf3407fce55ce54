//! What stands between a terminal's keys and the line editor.
//!
//! The editor reads UTF-8 and keeps every sign of a line. So a thread reads the terminal in its
//! place, makes UTF-8 of what another encoding means, cuts a line that no console takes, and
//! passes the rest on through a pseudo-terminal, which the editor has for its standard input.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use nix::pty::openpty;
use nix::unistd::dup2_stdin;

use super::encoding::decode;
use super::terminal::Quiet;
use crate::daemon::message::LINE_LIMIT;
use crate::types::Encoding;

/// What the terminal sends; the console changes it as the session says.
pub type Sent = Arc<Mutex<Encoding>>;

/// Puts the thread between the terminal and standard input, for as long as the program runs.
///
/// The guard keeps the terminal from echoing, and from eating any key itself.
pub fn filter(sent: Sent) -> io::Result<Quiet<OwnedFd>> {
    let terminal = io::stdin().as_fd().try_clone_to_owned()?;
    let quiet = Quiet::raw(terminal.try_clone()?)?;
    let pair = openpty(None, None)?;
    dup2_stdin(&pair.slave)?;
    thread::Builder::new().name("tsuji-keys".to_owned()).spawn(move || {
        // Whichever side is gone, the console ends by itself.
        let _ = pass_on(terminal.into(), pair.master.into(), &sent);
    })?;
    Ok(quiet)
}

fn pass_on(mut terminal: File, mut editor: File, sent: &Mutex<Encoding>) -> io::Result<()> {
    let mut keys = Keys::default();
    let mut bytes = [0; 4096];
    loop {
        let length = terminal.read(&mut bytes)?;
        if length == 0 {
            return Ok(());
        }
        let encoding = *sent.lock().unwrap_or_else(PoisonError::into_inner);
        editor.write_all(keys.take(&bytes[..length], encoding).as_bytes())?;
    }
}

/// Bytes on their way.
#[derive(Debug, Default)]
struct Keys {
    /// A sign of which not all bytes are here, or bytes that mean nothing before their line ends.
    held: Vec<u8>,
    /// Signs of the line so far, in bytes.
    length: usize,
}

impl Keys {
    /// What the editor gets of these bytes.
    fn take(&mut self, bytes: &[u8], encoding: Encoding) -> String {
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let mut text = String::new();
        // No byte of a sign is a control sign, in any of the encodings.
        for piece in held.split_inclusive(u8::is_ascii_control) {
            let whole = piece.last().is_some_and(u8::is_ascii_control);
            let ready = if whole { piece.len() } else { complete(piece, encoding) };
            text += &decode(&piece[..ready], encoding);
            self.held.extend_from_slice(&piece[ready..]);
        }
        // What means nothing in this encoding cannot wait for ever.
        if self.held.len() > LINE_LIMIT {
            text += &decode(&std::mem::take(&mut self.held), encoding);
        }
        text.retain(|sign| self.fits(sign));
        text
    }

    /// Of a line that is too long only the beginning is kept: enough for the daemon to refuse it.
    fn fits(&mut self, sign: char) -> bool {
        match sign {
            '\u{8}' | '\u{7f}' => self.length = self.length.saturating_sub(1),
            '\r' | '\n' | '\u{3}' | '\u{15}' => self.length = 0,
            _ if sign.is_control() => {}
            _ if self.length > LINE_LIMIT => return false,
            _ => self.length += sign.len_utf8(),
        }
        true
    }
}

/// How many bytes at the beginning are whole signs.
fn complete(bytes: &[u8], encoding: Encoding) -> usize {
    if encoding == Encoding::Utf8 {
        return std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    }
    let is_whole =
        |length: &usize| !decode(&bytes[..*length], encoding).contains(char::REPLACEMENT_CHARACTER);
    // A sign has three bytes at most.
    (bytes.len().saturating_sub(2)..=bytes.len()).rev().find(is_whole).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pieces: &[&[u8]], encoding: Encoding) -> Vec<String> {
        let mut keys = Keys::default();
        pieces.iter().map(|piece| keys.take(piece, encoding)).collect()
    }

    #[test]
    fn signs_arrive_whole_in_every_encoding() {
        let pieces = [&"a辻".as_bytes()[..2], &"a辻".as_bytes()[2..], b"\x1b[A"];
        assert_eq!(taken(&pieces, Encoding::Utf8), ["a", "辻", "\u{1b}[A"]);
        assert_eq!(taken(&[b"a\x92", b"\xd2\r"], Encoding::Sjis), ["a", "辻\r"]);
        assert_eq!(taken(&[b"\xc4\xd4"], Encoding::Euc), ["辻"]);
    }

    #[test]
    fn japanese_of_another_encoding_is_known_when_its_line_ends() {
        let pieces = [&b"description \x92"[..], b"\xd2\x93\xb9\x98H\r"];
        assert_eq!(taken(&pieces, Encoding::Utf8), ["description ", "辻道路\r"]);
        assert_eq!(taken(&[b"caf\xe9\r"], Encoding::Utf8), ["caf\u{fffd}\r"]);
    }

    #[test]
    fn a_line_that_no_console_takes_is_cut() {
        let long = [vec![b'x'; 3 * LINE_LIMIT], b"\rnext\r".to_vec()].concat();
        let text = taken(&[&long], Encoding::Utf8).concat();
        let (line, rest) = text.split_once('\r').unwrap();
        assert_eq!((line.len(), rest), (LINE_LIMIT + 1, "next\r"));
    }
}
