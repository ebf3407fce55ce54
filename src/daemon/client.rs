//! A session with the daemon, for the console, for `tsuji -c` and for scripts.
//!
//! Blocking: a session is one question and one answer at a time; tasks call it from
//! `spawn_blocking`. A thread reads the socket, so that a notice reaches a console whose user is
//! still typing.

use std::io::{self, BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::message::{Page, Reply, Request, SOCKET_NAME, Status, Terminal};
use crate::types::{Dialect, Encoding};

/// An open session; closed when dropped.
pub struct Client {
    stream: UnixStream,
    replies: Receiver<Result<Reply, ClientError>>,
    notices: Notices,
    timeout: Option<Duration>,
    prompt: String,
    hidden: bool,
}

/// What the daemon said to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Text for the screen, in order; empty or ending with a line feed.
    pub output: String,
    /// Whether the request did what was asked.
    pub ok: bool,
    /// Whether the session is over.
    pub closed: bool,
    /// What to show before the next line.
    pub prompt: String,
    /// How output longer than the screen is shown.
    pub page: Page,
    /// What the terminal takes.
    pub encoding: Encoding,
    /// For [`Request::Complete`]: where the word begins, and how it may go on.
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
    /// The daemon does not want us, in its own words.
    #[error("{0}")]
    Refused(String),
    /// The daemon hung up: it was stopped.
    #[error("the daemon hung up")]
    HungUp,
    /// The daemon still works on the last request.
    #[error("the daemon took longer than {} s to answer", .0.as_secs())]
    TimedOut(Duration),
    /// The socket broke.
    #[error("the daemon does not answer: {0}")]
    Broken(#[from] io::Error),
    /// Two versions of tsuji meet.
    #[error("the daemon answered something unknown ({0}): restart it after an update")]
    Unknown(#[from] serde_json::Error),
}

/// Takes a notice that arrives between two answers.
pub type NoticeHandler = Box<dyn FnMut(String) + Send>;

type Notices = Arc<Mutex<Option<NoticeHandler>>>;

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
        let (sender, replies) = mpsc::channel();
        let notices = Notices::default();
        let (reader, handler) = (BufReader::new(stream.try_clone()?), Arc::clone(&notices));
        thread::Builder::new()
            .name("tsuji-replies".to_owned())
            .spawn(move || read_replies(reader, &sender, &handler))?;
        let mut client =
            Self { stream, replies, notices, timeout: None, prompt: String::new(), hidden: false };
        let greeting = client.request(&Request::Hello { dialect, terminal })?;
        if greeting.closed {
            return Err(ClientError::Refused(greeting.output.trim_end().to_owned()));
        }
        Ok((client, greeting))
    }

    /// Gives up on an answer that takes longer than `limit`; `None` waits for ever.
    pub fn set_timeout(&mut self, limit: Option<Duration>) {
        self.timeout = limit;
    }

    /// Hands notices to `handler`, on another thread. Without one they stand in the next answer.
    pub fn on_notice(&self, handler: NoticeHandler) {
        *self.notices.lock().unwrap_or_else(PoisonError::into_inner) = Some(handler);
    }

    /// The prompt for the next line.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// Whether the next line is a secret: no screen shows it, no history keeps it.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Runs one line.
    pub fn run(&mut self, line: &str) -> Result<Answer, ClientError> {
        self.request(&Request::Line { text: line.to_owned() })
    }

    /// Sends any request and waits for the end of its answer.
    pub fn request(&mut self, request: &Request) -> Result<Answer, ClientError> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.stream.write_all(&line)?;
        let mut answer = Answer::default();
        loop {
            match self.receive()? {
                Reply::Output { text } | Reply::Notice { text } => answer.output.push_str(&text),
                Reply::Words { start, words } => answer.words = Some((start, words)),
                Reply::Done { status, prompt, page, encoding, hidden } => {
                    self.prompt.clone_from(&prompt);
                    self.hidden = hidden;
                    answer.ok = status != Status::Error;
                    answer.closed = status == Status::Closed;
                    answer.prompt = prompt;
                    answer.page = page;
                    answer.encoding = encoding;
                    return Ok(answer);
                }
            }
        }
    }

    fn receive(&self) -> Result<Reply, ClientError> {
        let Some(limit) = self.timeout else {
            return self.replies.recv().unwrap_or(Err(ClientError::HungUp));
        };
        match self.replies.recv_timeout(limit) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => Err(ClientError::TimedOut(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(ClientError::HungUp),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Ends the thread that reads; a socket that is closed already is as good.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Passes replies on until the socket closes or nobody wants them.
fn read_replies(
    mut reader: BufReader<UnixStream>,
    replies: &Sender<Result<Reply, ClientError>>,
    notices: &Mutex<Option<NoticeHandler>>,
) {
    let mut line = String::new();
    loop {
        line.clear();
        let reply = match reader.read_line(&mut line) {
            Ok(0) => return,
            Ok(_) => serde_json::from_str(&line).map_err(ClientError::Unknown),
            Err(error) => Err(ClientError::Broken(error)),
        };
        let mut handler = notices.lock().unwrap_or_else(PoisonError::into_inner);
        let is_last = reply.is_err();
        let unwanted = match (reply, handler.as_mut()) {
            (Ok(Reply::Notice { text }), Some(handler)) => {
                handler(text);
                false
            }
            (reply, _) => replies.send(reply).is_err(),
        };
        if is_last || unwanted {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

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
                r#"{"type":"done","status":"error","prompt":"Router# ","page":{"rows":0,"more":""}}"#,
            ],
        );
        let (mut client, greeting) = Client::connect(&directory, None, Terminal::SCRIPT).unwrap();
        assert_eq!(greeting.output, "a\nb\n");
        let (sender, notices) = mpsc::channel();
        client.on_notice(Box::new(move |text| sender.send(text).unwrap()));
        let answer = client.run("show nothing").unwrap();
        assert_eq!((answer.output.as_str(), answer.ok, client.prompt()), ("a\n", false, "Router# "));
        assert_eq!(notices.recv().unwrap(), "b\n");
        drop(client);
        daemon.join().unwrap();
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_silent_daemon_is_given_up() {
        let directory = directory("silent");
        let daemon =
            parrot(&directory, &[r#"{"type":"done","status":"ok","prompt":"","page":{"rows":0,"more":""}}"#]);
        let (mut client, _) = Client::connect(&directory, None, Terminal::SCRIPT).unwrap();
        let limit = Duration::from_millis(20);
        client.set_timeout(Some(limit));
        assert!(client.run("").is_ok());
        assert!(matches!(client.receive(), Err(ClientError::TimedOut(waited)) if waited == limit));
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
