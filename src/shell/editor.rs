//! The console on a terminal: history, Tab, the `?` key, pastes.
//!
//! A line that the user has typed by hand takes time; one that is there at once was pasted. A
//! burst of pasted lines is not paged, and its errors are counted up when it ends, because the
//! first ones have scrolled away by then.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustyline::completion::Completer;
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, Editor, Event, EventContext, EventHandler,
    ExternalPrinter, KeyEvent, RepeatCount,
};

use super::encoding::Encoded;
use super::keyboard::{self, Sent};
use super::pager::columns;
use super::paste::Paste;
use super::terminal::Quiet;
use super::{ShellError, bounded, pager};
use crate::daemon::client::{Answer, Client};
use crate::daemon::message::{Request, Terminal};
use crate::types::Dialect;

/// A line that is ready in this time was not typed.
const PASTED: Duration = Duration::from_millis(20);

/// Runs the console until its user leaves.
pub fn run(directory: &Path, dialect: Option<Dialect>) -> Result<(), ShellError> {
    let sent = Sent::default();
    let _raw = keyboard::filter(Arc::clone(&sent))?;
    let config = Config::builder().completion_type(CompletionType::List).bracketed_paste(false).build();
    // History lives in memory only: what is typed may hold passwords.
    let mut editor = Editor::<Helper, MemHistory>::with_history(config, MemHistory::new())?;
    editor.enable_synchronized_output(false);
    let keys = Arc::new(Mutex::new(None));
    let hidden = Arc::new(AtomicBool::new(false));
    for (event, key) in [(KeyEvent::from('?'), Key::Help), (KeyEvent::ctrl('Z'), Key::End)] {
        let handler = KeyHandler { key, pressed: Arc::clone(&keys), hidden: Arc::clone(&hidden) };
        editor.bind_sequence(event, EventHandler::Conditional(Box::new(handler)));
    }

    let (columns, rows) = editor.dimensions().unwrap_or((80, 24));
    let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (client, greeting) =
        Client::connect(directory, dialect, Terminal { columns, rows, interactive: true, colours })?;
    let client = Arc::new(Mutex::new(client));
    let printer = Arc::new(Mutex::new(editor.create_external_printer()?));
    let notice_printer = Arc::clone(&printer);
    lock(&client).on_notice(Box::new(move |text| {
        // A notice for a terminal that is gone is lost with it.
        let _ = lock(&notice_printer).print(text);
    }));
    editor.set_helper(Some(Helper { client: Arc::clone(&client), hidden: Arc::clone(&hidden) }));

    // The keys wait for the editor, instead of being echoed by the terminal that it reads.
    let _quiet = Quiet::new(io::stdin())?;
    let paste = Paste::new(move |text| {
        let _ = lock(&printer).print(text);
    });
    Console { editor, client, keys, hidden, sent, paste }.run(&greeting)
}

struct Console {
    editor: Editor<Helper, MemHistory>,
    client: Arc<Mutex<Client>>,
    keys: Pressed,
    /// Whether the line is a secret.
    hidden: Arc<AtomicBool>,
    sent: Sent,
    paste: Paste,
}

/// The key that ended the line instead of Enter, and where the cursor stood.
type Pressed = Arc<Mutex<Option<(Key, usize)>>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Help,
    End,
}

impl Console {
    fn run(mut self, greeting: &Answer) -> Result<(), ShellError> {
        self.show(greeting, false)?;
        let mut left = String::new();
        let mut right = String::new();
        loop {
            let prompt = lock(&self.client).prompt().to_owned();
            let hidden = lock(&self.client).is_hidden();
            self.hidden.store(hidden, Ordering::Relaxed);
            let began = now();
            let typed = self.editor.readline_with_initial(&prompt, (&left, &right));
            let pasted = now().duration_since(began) < PASTED;
            (left, right) = (String::new(), String::new());
            let pressed = lock(&self.keys).take();
            let answer = match (typed, pressed) {
                (Ok(line), Some((Key::Help, cursor))) => {
                    let cursor = line.floor_char_boundary(cursor);
                    (left, right) = (line[..cursor].to_owned(), line[cursor..].to_owned());
                    lock(&self.client).request(&Request::Help { text: bounded(&left).to_owned() })?
                }
                (Ok(_), Some((Key::End, _))) => lock(&self.client).request(&Request::End)?,
                (Ok(line), None) => {
                    if !hidden {
                        self.editor.add_history_entry(&line)?;
                    }
                    let answer = lock(&self.client).run(bounded(&line))?;
                    self.paste.line(answer.ok);
                    answer
                }
                // A question for a password is given up with an empty answer.
                (Err(ReadlineError::Interrupted), _) if hidden => lock(&self.client).run("")?,
                (Err(ReadlineError::Interrupted), _) => continue,
                (Err(ReadlineError::Eof), _) => lock(&self.client).request(&Request::Bye)?,
                (Err(error), _) => return Err(error.into()),
            };
            self.show(&answer, pasted)?;
            if answer.closed {
                return Ok(());
            }
        }
    }

    fn show(&mut self, answer: &Answer, pasted: bool) -> io::Result<()> {
        *lock(&self.sent) = answer.encoding;
        let (columns, own_rows) = self.editor.dimensions().unwrap_or((80, 24));
        let rows = if pasted { 0 } else { answer.page.rows.unwrap_or(own_rows) };
        let (rows, columns) = (usize::from(rows), usize::from(answer.page.columns.unwrap_or(columns)));
        let (mut keys, mut output) = (io::stdin().lock(), io::stdout().lock());
        let mut output = Encoded { output: &mut output, encoding: answer.encoding };
        pager::write(&answer.output, rows, columns, &answer.page.more, &mut keys, &mut output)?;
        output.flush()
    }
}

/// Ends the line at once, so that the loop can answer the key and give the line back.
struct KeyHandler {
    key: Key,
    pressed: Pressed,
    hidden: Arc<AtomicBool>,
}

impl ConditionalEventHandler for KeyHandler {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let before = &context.line()[..context.pos()];
        if self.key == Key::Help && (self.hidden.load(Ordering::Relaxed) || is_text(before)) {
            return None;
        }
        *lock(&self.pressed) = Some((self.key, context.pos()));
        Some(Cmd::AcceptLine)
    }
}

/// Whether a `?` after this is text: inside quotes, or after a backslash.
pub(super) fn is_text(before: &str) -> bool {
    let mut quote = None;
    for sign in before.chars() {
        quote = match (quote, sign) {
            (None, '"' | '\'') => Some(sign),
            (Some(open), close) if open == close => None,
            (quote, _) => quote,
        };
    }
    quote.is_some() || before.ends_with('\\')
}

/// Asks the daemon how a word may go on.
struct Helper {
    client: Arc<Mutex<Client>>,
    hidden: Arc<AtomicBool>,
}

impl rustyline::Helper for Helper {}
impl Validator for Helper {}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.hidden.load(Ordering::Relaxed) {
            true => Cow::Owned(line.chars().map(|sign| "*".repeat(columns(sign))).collect()),
            false => Cow::Borrowed(line),
        }
    }

    /// Without highlighting a sign is written as it is typed.
    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.hidden.load(Ordering::Relaxed)
    }
}

impl Hinter for Helper {
    type Hint = String;
}

impl Completer for Helper {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Self::Candidate>)> {
        if self.hidden.load(Ordering::Relaxed) {
            return Ok((cursor, Vec::new()));
        }
        let text = bounded(&line[..cursor]).to_owned();
        // A session that broke is noticed with the next line.
        let answer = lock(&self.client).request(&Request::Complete { text }).unwrap_or_default();
        let (start, mut words) = answer.words.unwrap_or((cursor, Vec::new()));
        if let [only] = words.as_mut_slice() {
            only.push(' ');
        }
        Ok((start, words))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_methods, reason = "only the clock tells a pasted line from a typed one")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_mark_in_quotes_is_text() {
        for text in ["description \"why", "pp name 'so", "show \\", "a \"b\" 'c"] {
            assert!(is_text(text), "{text}");
        }
        for text in ["", "show ", "description \"why\" ", "a 'b\"c'"] {
            assert!(!is_text(text), "{text}");
        }
    }
}
