//! The console: what stands between a terminal and the daemon.
//!
//! The daemon judges every line; the console only edits, sends and shows. On a terminal that can
//! move its cursor [`editor`] offers history, Tab and the `?` key. Nothing else gets an escape
//! sequence: a terminal that says it is dumb has [`dumb`], a pipe has [`plain`].

mod dumb;
mod editor;
mod encoding;
mod keyboard;
mod pager;
mod paste;
mod plain;
mod terminal;

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::Path;

use self::terminal::Quiet;
use crate::daemon::client::{Answer, Client, ClientError};
use crate::daemon::message::{LINE_LIMIT, Terminal};
use crate::types::Dialect;

/// Why a console ended early.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The session.
    #[error(transparent)]
    Session(#[from] ClientError),
    /// The terminal or pipe.
    #[error("cannot use the terminal: {0}")]
    Terminal(#[from] io::Error),
    /// The line editor.
    #[error("cannot edit lines: {0}")]
    Editor(#[from] rustyline::error::ReadlineError),
}

/// The console on standard input and output, until its user leaves.
///
/// True if no line was refused; a terminal always ends well, whatever was typed before.
pub fn console(directory: &Path, dialect: Option<Dialect>) -> Result<bool, ShellError> {
    let (input, output) = (io::stdin(), io::stdout());
    let dumb = std::env::var("TERM").map_or(true, |name| name.is_empty() || name == "dumb");
    if input.is_terminal() && output.is_terminal() && !dumb {
        editor::run(directory, dialect)?;
        return Ok(true);
    }
    let (client, greeting) = Client::connect(directory, dialect, Terminal::SCRIPT)?;
    if !input.is_terminal() {
        return plain::run(client, &greeting, &mut input.lock(), &mut output.lock());
    }
    let _quiet = Quiet::new(&input)?;
    dumb::run(client, &greeting, input.as_fd().try_clone_to_owned()?.into(), &mut output.lock())?;
    Ok(true)
}

/// Runs lines in one session (`tsuji -c`) and stops at the first that is refused.
///
/// True if all went well. What was typed but not committed by then is dropped.
pub fn lines(
    directory: &Path,
    dialect: Option<Dialect>,
    lines: &[String],
    output: &mut impl Write,
) -> Result<bool, ShellError> {
    let (mut client, greeting) = Client::connect(directory, dialect, Terminal::SCRIPT)?;
    output.write_all(&greeting.bytes())?;
    for line in lines {
        let answer = client.run(bounded(line))?;
        output.write_all(&answer.bytes())?;
        output.flush()?;
        if !answer.ok || answer.closed {
            return Ok(answer.ok);
        }
    }
    Ok(true)
}

impl Answer {
    /// Its text, as the terminal takes it.
    fn bytes(&self) -> Vec<u8> {
        encoding::encode(&self.output, self.encoding)
    }
}

/// At most one byte or character more than a line may have: enough for the daemon to refuse it.
fn bounded(line: &str) -> &str {
    &line[..line.floor_char_boundary(LINE_LIMIT + 4)]
}
