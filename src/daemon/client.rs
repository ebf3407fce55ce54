//! A session with the daemon, for the console, for `tsuji -c` and for scripts.
//!
//! Blocking: a session is one question and one answer at a time. Tasks call it from
//! `spawn_blocking`.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::message::{Reply, Request, SOCKET_NAME, Status, Terminal};
use crate::types::Dialect;

/// An open session.
pub struct Client {
    reader: BufReader<UnixStream>,
    prompt: String,
}

/// What the daemon said to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Text for the screen, notices included, in order; empty or ending with a line feed.
    pub output: String,
    /// Whether the request did what was asked.
    pub ok: bool,
    /// Whether the session is over.
    pub closed: bool,
    /// What to show before the next line.
    pub prompt: String,
    /// Rows after which long output pauses; 0: never; `None`: the screen's own height.
    pub page: Option<u16>,
    /// For [`Client::complete`]: where the word begins, and how it may go on.
    pub words: Option<(usize, Vec<String>)>,
}

/// A session that could not be opened or broke off.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens.
    #[error("no daemon at {}: {source} (start one with `tsuji daemon`)", path.display())]
    NoDaemon {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The daemon is there but hung up, or took too long.
    #[error("the daemon does not answer: {0}")]
    Broken(#[from] io::Error),
    /// The daemon does not want us.
    #[error("{0}")]
    Refused(String),
    /// The daemon speaks another language: two versions of tsuji meet.
    #[error("the daemon answered something unknown ({0}): restart it after an update")]
    Unknown(#[from] serde_json::Error),
}

impl Client {
    /// Opens a session with the daemon whose socket is in `directory`.
    ///
    /// The answer holds the greeting (empty for a script) and the first prompt.
    pub fn connect(
        directory: &Path,
        dialect: Option<Dialect>,
        terminal: Terminal,
    ) -> Result<(Self, Answer), ClientError> {
        let path = directory.join(SOCKET_NAME);
        let stream = UnixStream::connect(&path).map_err(|source| ClientError::NoDaemon { path, source })?;
        let mut client = Self { reader: BufReader::new(stream), prompt: String::new() };
        let greeting = client.request(&Request::Hello { dialect, terminal })?;
        if greeting.closed {
            return Err(ClientError::Refused(greeting.output.trim_end().to_owned()));
        }
        Ok((client, greeting))
    }

    /// Gives up on an answer that takes longer than `limit`; `None` waits for ever.
    pub fn set_timeout(&self, limit: Option<Duration>) -> Result<(), ClientError> {
        Ok(self.reader.get_ref().set_read_timeout(limit)?)
    }

    /// The prompt for the next line.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// Runs one line.
    pub fn run(&mut self, line: &str) -> Result<Answer, ClientError> {
        self.request(&Request::Line { text: line.to_owned() })
    }

    /// The screen of the `?` key after this much of a line.
    pub fn help(&mut self, line: &str) -> Result<Answer, ClientError> {
        self.request(&Request::Help { text: line.to_owned() })
    }

    /// How the last word of this much of a line may go on.
    pub fn complete(&mut self, line: &str) -> Result<Answer, ClientError> {
        self.request(&Request::Complete { text: line.to_owned() })
    }

    /// Sends any request and reads on to the end of its answer.
    pub fn request(&mut self, request: &Request) -> Result<Answer, ClientError> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.reader.get_mut().write_all(&line)?;
        let mut answer = Answer::default();
        loop {
            match self.receive()? {
                Reply::Output { text } | Reply::Notice { text } => answer.output.push_str(&text),
                Reply::Words { start, words } => answer.words = Some((start, words)),
                Reply::Done { status, prompt, page } => {
                    self.prompt.clone_from(&prompt);
                    answer.ok = status != Status::Error;
                    answer.closed = status == Status::Closed;
                    answer.prompt = prompt;
                    answer.page = page;
                    return Ok(answer);
                }
            }
        }
    }

    fn receive(&mut self) -> Result<Reply, ClientError> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// A daemon that says the same whatever it is asked.
    fn parrot(directory: &Path, replies: &'static [&'static str]) -> thread::JoinHandle<()> {
        let listener = UnixListener::bind(directory.join(SOCKET_NAME)).unwrap();
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 0 {
                for reply in replies {
                    writeln!(reader.get_mut(), "{reply}").unwrap();
                }
            }
        })
    }

    fn directory(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tsuji-client-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn an_answer_is_all_that_comes_before_done() {
        let directory = directory("answer");
        let daemon = parrot(
            &directory,
            &[
                r#"{"type":"output","text":"a\n"}"#,
                r#"{"type":"notice","text":"b\n"}"#,
                r#"{"type":"done","status":"error","prompt":"Router# ","page":null}"#,
            ],
        );
        let (mut client, greeting) = Client::connect(&directory, None, Terminal::SCRIPT).unwrap();
        assert_eq!(greeting.output, "a\nb\n");
        let answer = client.run("show nothing").unwrap();
        assert_eq!((answer.output.as_str(), answer.ok, client.prompt()), ("a\nb\n", false, "Router# "));
        drop(client);
        daemon.join().unwrap();
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_missing_daemon_is_named_with_the_way_out() {
        let missing = directory("missing");
        let error = Client::connect(&missing, None, Terminal::SCRIPT).err().unwrap();
        assert!(error.to_string().contains("tsuji daemon"), "{error}");
        std::fs::remove_dir_all(missing).unwrap();
    }
}
