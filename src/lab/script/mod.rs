//! Lab scripts: a session with several hosts, written down, and what must come of it.
//!
//! ```text
//! # a comment
//! router# configure                     a line for the router's console; one session a script
//! router(config)# ip route …            (the text of the prompt is not checked)
//! pc$ ping -c 1 server                  a command on a host
//! expect 0% packet loss                 in the output of the nearest command above
//! expect not unreachable
//! expect /rtt min.* = \d+/
//! within 10s router# show ip route      again and again, until the expectations below it hold
//! expect 0.0.0.0/0
//! sleep 2s
//! include common.lab
//! ```

mod parse;
mod perform;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use regex::Regex;

use super::LabError;
use super::host::Output;
pub(super) use perform::perform;

/// A script that was read, with all that it includes.
#[derive(Debug)]
pub(super) struct Script {
    /// The file's name, as given.
    pub name: String,
    /// Its lines, in order.
    lines: Vec<Line>,
}

/// One line, and where it stands.
#[derive(Debug)]
struct Line {
    /// `file:line`.
    place: String,
    /// As it was written.
    text: String,
    kind: Kind,
}

/// What a line is.
#[derive(Debug)]
enum Kind {
    /// Blank, or a comment.
    Remark,
    /// Run it; with a time: again until what is expected comes.
    Command { within: Option<Duration>, target: Target, command: String },
    /// The last output must, or must not, hold this.
    Expect { wanted: bool, what: Pattern },
    /// Wait.
    Sleep(Duration),
}

/// Who runs a command.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// The router's console.
    Console,
    /// A host.
    Host(String),
}

/// What is looked for in an output.
#[derive(Debug)]
enum Pattern {
    /// A text in which a run of blanks equals one.
    Text(String),
    /// A regular expression.
    Regex(Regex),
}

/// A script that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file.
    #[error("{}: {source}", path.display())]
    File {
        /// Its name.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line.
    #[error("{place}: {problem}: {text}")]
    Line {
        /// `file:line`.
        place: String,
        /// What is wrong.
        problem: String,
        /// The line.
        text: String,
    },
}

/// What a script acts on, and its clock.
pub(super) trait Stage {
    /// Whether there is such a host.
    fn knows(&self, host: &str) -> bool;
    /// Runs a line in the script's session with the router.
    fn console_line(&mut self, line: &str) -> Result<Output, LabError>;
    /// Runs a command on a host.
    fn command(&mut self, host: &str, command: &str) -> Result<Output, LabError>;
    /// The time.
    fn now(&self) -> Instant;
    /// Waits.
    fn pause(&mut self, time: Duration);
    /// Ends what lives as long as a script.
    fn script_ends(&mut self);
}
