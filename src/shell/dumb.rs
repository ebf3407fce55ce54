//! The console on a terminal that cannot move its cursor (`TERM=dumb`): mostly that of a script.
//!
//! The terminal is quiet, and each line is echoed when its turn comes: so what is typed ahead
//! stands behind its own prompt, and no kernel cuts a long line short. There are no escape
//! sequences, no pages and no questions; a character is taken back by `\b`. Nothing is printed
//! after a prompt, because scripts wait for one: a paste is summed up ahead of it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, poll};

use super::editor::is_text;
use super::encoding::{decode, encode};
use super::pager::columns;
use super::paste::Burst;
use super::{ShellError, bounded};
use crate::daemon::client::{Answer, Client};
use crate::daemon::message::{LINE_LIMIT, Request};
use crate::types::Encoding;

/// A paste is over when nothing more came for this long, in milliseconds.
const QUIET: u16 = 100;

/// Runs every line that is typed, until the session closes or the terminal goes away.
pub fn run(
    mut client: Client,
    greeting: &Answer,
    terminal: File,
    output: &mut impl Write,
) -> Result<(), ShellError> {
    output.write_all(&greeting.bytes())?;
    let mut input = BufReader::new(terminal);
    let mut keyboard = Keyboard { encoding: greeting.encoding, ..Keyboard::default() };
    let mut burst = Burst::default();
    loop {
        output.write_all(&encode(client.prompt(), keyboard.encoding))?;
        output.write_all(&keyboard.line)?;
        output.flush()?;
        keyboard.hidden = client.is_hidden();
        let answer = match keyboard.read(&mut input, output)? {
            Typed::Line(line) => {
                let answer = client.run(bounded(&line))?;
                burst.line(answer.ok);
                answer
            }
            Typed::Help(line) => client.request(&Request::Help { text: bounded(&line).to_owned() })?,
            Typed::End => client.request(&Request::End)?,
            // A question for a password is given up with an empty answer.
            Typed::Interrupted if client.is_hidden() => client.run("")?,
            Typed::Interrupted => continue,
            Typed::Closed => client.request(&Request::Bye)?,
        };
        output.write_all(&answer.bytes())?;
        keyboard.encoding = answer.encoding;
        if answer.closed {
            return Ok(output.flush()?);
        }
        if !has_more(&input, 0) && (!burst.is_worth_it() || !has_more(&input, QUIET)) {
            output.write_all(std::mem::take(&mut burst).summary().as_bytes())?;
        }
    }
}

/// Whether something was typed already, or is within some milliseconds.
fn has_more(input: &BufReader<File>, wait: u16) -> bool {
    let mut terminal = [PollFd::new(input.get_ref().as_fd(), PollFlags::POLLIN)];
    // A terminal that cannot be asked is read next, which tells why.
    !input.buffer().is_empty() || poll(&mut terminal, wait).is_ok_and(|ready| ready > 0)
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Typed {
    /// A line, and Enter.
    Line(String),
    /// `?`: what may come after this? The line stays.
    Help(String),
    /// Ctrl-Z.
    End,
    /// Ctrl-C: the line is given up.
    Interrupted,
    /// Ctrl-D in an empty line, or the terminal is gone.
    Closed,
}

/// Reads lines, and echoes them.
#[derive(Debug, Default)]
struct Keyboard {
    /// What is typed of the line.
    line: Vec<u8>,
    /// The last line ended with a carriage return: a line feed next would be part of that.
    returned: bool,
    /// What the terminal sends.
    encoding: Encoding,
    /// The line is a secret: it is not echoed.
    hidden: bool,
}

impl Keyboard {
    fn read(&mut self, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<Typed> {
        loop {
            let chunk = input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(Typed::Closed);
            }
            let mut typed = None;
            let mut used = 0;
            while typed.is_none() && used < chunk.len() {
                typed = self.key(chunk[used], output)?;
                used += 1;
            }
            input.consume(used);
            output.flush()?;
            if let Some(typed) = typed {
                return Ok(typed);
            }
        }
    }

    fn key(&mut self, key: u8, output: &mut impl Write) -> io::Result<Option<Typed>> {
        let returned = std::mem::replace(&mut self.returned, key == b'\r');
        match key {
            b'\n' if returned => {}
            b'\r' | b'\n' => {
                output.write_all(b"\n")?;
                let line = std::mem::take(&mut self.line);
                return Ok(Some(Typed::Line(decode(&line, self.encoding))));
            }
            b'?' if !self.hidden && !is_text(&decode(&self.line, self.encoding)) => {
                output.write_all(b"?\n")?;
                return Ok(Some(Typed::Help(decode(&self.line, self.encoding))));
            }
            0x1a => return self.give_up(Typed::End, output),
            0x03 => return self.give_up(Typed::Interrupted, output),
            0x04 if self.line.is_empty() => return self.give_up(Typed::Closed, output),
            0x08 | 0x7f => self.take_back(output)?,
            0x15 => {
                while !self.line.is_empty() {
                    self.take_back(output)?;
                }
            }
            b'\t' => self.take(b' ', output)?,
            // Other control characters are no part of any line.
            0..b' ' => {}
            sign => self.take(sign, output)?,
        }
        Ok(None)
    }

    /// Of a line that is too long only its beginning is kept: enough for the daemon to refuse it.
    fn take(&mut self, sign: u8, output: &mut impl Write) -> io::Result<()> {
        if self.line.len() > LINE_LIMIT + 4 {
            return Ok(());
        }
        self.line.push(sign);
        if self.hidden { Ok(()) } else { output.write_all(&[sign]) }
    }

    fn take_back(&mut self, output: &mut impl Write) -> io::Result<()> {
        let text = decode(&self.line, self.encoding);
        let Some((rest, sign)) = text.char_indices().next_back() else { return Ok(()) };
        self.line = encode(&text[..rest], self.encoding);
        if self.hidden {
            return Ok(());
        }
        output.write_all("\u{8} \u{8}".repeat(columns(sign)).as_bytes())
    }

    fn give_up(&mut self, typed: Typed, output: &mut impl Write) -> io::Result<Option<Typed>> {
        self.line.clear();
        output.write_all(b"\n")?;
        Ok(Some(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed, and the echo of it.
    fn read(keys: &[u8]) -> (Vec<Typed>, String) {
        let (mut input, mut output) = (keys, Vec::new());
        let mut keyboard = Keyboard::default();
        let mut typed = Vec::new();
        while typed.last() != Some(&Typed::Closed) {
            typed.push(keyboard.read(&mut input, &mut output).unwrap());
        }
        (typed, decode(&output, Encoding::Utf8))
    }

    fn line(text: &str) -> Typed {
        Typed::Line(text.to_owned())
    }

    #[test]
    fn lines_end_as_on_any_terminal() {
        let (typed, echo) = read(b"one\r\ntwo\r\rthree\n\xff\n");
        assert_eq!(
            typed,
            [line("one"), line("two"), line(""), line("three"), line("\u{fffd}"), Typed::Closed]
        );
        assert!(echo.starts_with("one\ntwo\n\nthree\n"));
    }

    #[test]
    fn keys_work_without_escape_sequences() {
        let (typed, echo) = read("ab\x7fc\r辻\x7fx\rabc\x15d\r\x1agiven up\x03\x04".as_bytes());
        let wanted = [line("ac"), line("x"), line("d"), Typed::End, Typed::Interrupted, Typed::Closed];
        assert_eq!(typed, wanted);
        assert!(!echo.contains('\x1b'));
    }

    #[test]
    fn help_leaves_the_line_as_it_is() {
        let (typed, _) = read(b"show ?ip\r\"?\"\r");
        assert_eq!(typed, [Typed::Help("show ".to_owned()), line("show ip"), line("\"?\""), Typed::Closed]);
    }

    #[test]
    fn a_secret_is_not_echoed() {
        let mut keyboard = Keyboard { hidden: true, ..Keyboard::default() };
        let mut output = Vec::new();
        let typed = keyboard.read(&mut &b"why?\x7f!\r"[..], &mut output).unwrap();
        assert_eq!((typed, output.as_slice()), (line("why!"), &b"\n"[..]));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let (typed, _) = read(&[vec![b'a'; 10 * LINE_LIMIT], b"\rnext\r".to_vec()].concat());
        let [Typed::Line(long), next, _] = typed.as_slice() else { panic!("{} lines", typed.len()) };
        assert!(long.len() > LINE_LIMIT && long.len() < LINE_LIMIT + 10, "{}", long.len());
        assert_eq!(*next, line("next"));
    }
}
