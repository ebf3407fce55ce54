//! What a console and the daemon say to each other: one JSON object a line, over a Unix socket.
//!
//! The console speaks first, with a [`Request::Hello`]. From then on every request, the greeting
//! included, is answered by any number of [`Reply::Output`] and [`Reply::Words`] and then exactly
//! one [`Reply::Done`]. A [`Reply::Notice`] may come at any time. After [`Status::Closed`] the
//! daemon hangs up.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::types::{Dialect, Encoding};

/// The directory of the daemon's socket unless a flag or `TSUJI_DIRECTORY` names another.
pub const DEFAULT_DIRECTORY: &str = "/run/tsuji";

/// The socket's name in that directory.
pub const SOCKET_NAME: &str = "tsuji.sock";

/// The longest line that a console takes, in bytes.
pub const LINE_LIMIT: usize = 4095;

/// The longest request on the socket, in bytes: a full line with every byte escaped, and room.
pub const REQUEST_LIMIT: usize = 8 * (LINE_LIMIT + 1);

/// Where daemon and consoles meet: `TSUJI_DIRECTORY`, or [`DEFAULT_DIRECTORY`].
pub fn default_directory() -> PathBuf {
    std::env::var_os("TSUJI_DIRECTORY").map_or_else(|| PathBuf::from(DEFAULT_DIRECTORY), PathBuf::from)
}

/// From a console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Request {
    /// Opens the session.
    Hello {
        /// The command line to speak; `None`: that of the startup configuration.
        dialect: Option<Dialect>,
        /// The screen.
        terminal: Terminal,
    },
    /// A typed line, without its end.
    Line {
        /// What was typed.
        text: String,
    },
    /// The `?` key: what may come next.
    Help {
        /// The line up to the cursor.
        text: String,
    },
    /// The Tab key: how the word before the cursor may go on.
    Complete {
        /// The line up to the cursor.
        text: String,
    },
    /// Ctrl-Z: leaves configuration mode where the command line has that key.
    End,
    /// Closes the session.
    Bye,
}

/// The screen of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Characters in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
    /// Whether somebody sits there who can be asked.
    pub interactive: bool,
    /// Whether the screen shows colours.
    #[serde(default)]
    pub colours: bool,
}

impl Terminal {
    /// A script: no screen, nobody to ask.
    pub const SCRIPT: Self = Self { columns: 80, rows: 24, interactive: false, colours: false };
}

/// From the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Reply {
    /// Text for the screen, whole lines.
    Output {
        /// Ends with a line feed.
        text: String,
    },
    /// How a word may go on.
    Words {
        /// Where the word begins, in bytes of the line that was asked about.
        start: usize,
        /// The word written in full, each way.
        words: Vec<String>,
    },
    /// Something happened that nobody here typed.
    Notice {
        /// One line or several.
        text: String,
    },
    /// The answer to a request is complete.
    Done {
        /// How it went.
        status: Status,
        /// What the console shows before the next line; a question if one is open.
        prompt: String,
        /// How long output is shown.
        page: Page,
        /// What the terminal takes.
        #[serde(default)]
        encoding: Encoding,
        /// Whether the next line is a secret: no screen shows it, no history keeps it.
        #[serde(default)]
        hidden: bool,
    },
}

/// How output longer than the screen is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Rows after which it pauses; 0: never. `None`: the screen's own height.
    pub rows: Option<u16>,
    /// Columns of the screen; `None`: its own.
    #[serde(default)]
    pub columns: Option<u16>,
    /// What stands in the last row while it pauses (`--More--`).
    pub more: String,
}

/// How a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As asked.
    Ok,
    /// Refused; the output says why.
    Error,
    /// The session is over.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_single_lines_of_json() {
        let hello = Request::Hello { dialect: Some(Dialect::Rtx), terminal: Terminal::SCRIPT };
        let text = serde_json::to_string(&hello).unwrap();
        assert_eq!(
            text,
            r#"{"type":"hello","dialect":"rtx","terminal":{"columns":80,"rows":24,"interactive":false,"colours":false}}"#
        );
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), hello);

        let output = Reply::Output { text: "one\ntwo\n".to_owned() };
        assert_eq!(serde_json::to_string(&output).unwrap(), r#"{"type":"output","text":"one\ntwo\n"}"#);
    }

    #[test]
    fn the_longest_line_fits_into_a_request() {
        let text = "\u{1}".repeat(LINE_LIMIT);
        assert!(serde_json::to_string(&Request::Line { text }).unwrap().len() < REQUEST_LIMIT);
    }
}
