//! One console's session: its dialect, its mode, its candidate.
//!
//! A line is answered here from beginning to end. What it does not change is the router: that
//! happens behind the [`Handle`], and only by a commit. A session that ends drops its candidate.

mod action;
mod answer;
mod commit;
mod configure;
mod explain;
mod filters;
mod help;
mod password;
mod question;
mod saved;
mod show;
mod system;
mod translation;
mod wording;

use std::sync::Arc;

use self::action::Action;
pub use self::answer::Answer;
use self::question::Question;
use self::wording::Voice;
use super::access::Operator;
use super::message::{LINE_LIMIT, Page, Reply, Request, Status, Terminal};
use super::router::{Handle, Running, SessionId, Trial};
use super::show::{PROGRAM, pipe};
use crate::config::Candidate;
use crate::language::command::Command;
use crate::language::syntax::{Syntax, SyntaxError};
use crate::language::text;
use crate::language::tree::{Cursor, reader};
use crate::types::{Character, Dialect, Encoding, Language, Role};

/// The width of a console that nobody set: an IX begins so whatever its terminal says.
const CONSOLE_COLUMNS: u16 = 80;

/// A console's session.
pub struct Session {
    id: SessionId,
    router: Handle,
    operator: Operator,
    /// The role to go back to, while the administrator's password lends another.
    lent: Option<Role>,
    terminal: Terminal,
    dialect: Dialect,
    /// `None`: as the running configuration says.
    character: Option<Character>,
    /// Columns of the screen, if the session set them itself.
    columns: Option<u16>,
    /// Rows of a page, if the session set them itself.
    page_rows: Option<u16>,
    /// The last answer is to be read page by page (`| less`).
    less: bool,
    /// The last line was as wide as the console: a terminal may have wrapped it.
    was_full: bool,
    place: Place,
    cursor: Cursor,
    /// What is edited; `None` as long as nothing is.
    candidate: Option<Candidate>,
    question: Option<Question>,
    /// Others have been told that this session edits.
    editing: bool,
    immediate: bool,
    closed: bool,
}

/// How deep a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Looks only: `Router# ` on an IX, `> ` on an RTX.
    Operation,
    /// Edits too: `Router(config)# ` on an IX, `# ` on an RTX.
    Configuration,
}

impl Session {
    /// A session of an operator who has come in.
    ///
    /// On an RTX administrators begin at their own level, as with `user attribute
    /// administrator=2`: the socket has told already who they are.
    pub fn new(router: Handle, operator: Operator, dialect: Option<Dialect>, terminal: Terminal) -> Self {
        let dialect = dialect.unwrap_or_else(|| router.running().dialect);
        let mut session = Self {
            id: router.enter(),
            router,
            operator,
            lent: None,
            terminal,
            dialect,
            character: None,
            columns: None,
            page_rows: None,
            less: false,
            was_full: false,
            place: Place::Operation,
            cursor: Cursor::default(),
            candidate: None,
            question: None,
            editing: false,
            immediate: false,
            closed: false,
        };
        session.speak(dialect);
        session
    }

    /// Which session this is.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// What the console shows first: nothing to a script.
    pub fn greeting(&self) -> Answer {
        if !self.terminal.interactive {
            return Answer::ok();
        }
        let running = self.router.running();
        let mut answer = Answer::said(format!("{PROGRAM}\n"));
        if running.trouble.is_some() || !running.set_aside.is_empty() || !running.refused.is_empty() {
            answer.say(&self.voice().note("not all of the configuration is in force: see show boot"));
        }
        if running.degraded {
            answer.say(
                &self.voice().note("an undo failed, Linux is between two configurations: see show boot"),
            );
        }
        if let Some(pending) = &running.pending {
            let text = format!("a commit of {} waits to be confirmed", pending.who);
            answer.say(&self.voice().note(&text));
        }
        answer
    }

    /// Something that happened elsewhere, in this session's form.
    pub fn notice(&self, text: &str) -> String {
        self.voice().note(text)
    }

    /// What stands before the next line; the open question, if there is one.
    pub fn prompt(&self) -> String {
        if let Some(question) = &self.question {
            return question.text(self.voice()).to_owned();
        }
        let running = self.router.running();
        match self.dialect {
            Dialect::Ix => self.ix_prompt(running.hostname().unwrap_or("Router")),
            Dialect::Rtx => {
                let sign = if self.place == Place::Configuration { '#' } else { '>' };
                format!("{}{}{sign} ", running.hostname().unwrap_or_default(), self.rtx_selection())
            }
        }
    }

    /// Whether the next line is a secret, which no screen shows and no history keeps.
    pub fn is_hidden(&self) -> bool {
        self.question.as_ref().is_some_and(Question::is_hidden)
    }

    fn ix_prompt(&self, name: &str) -> String {
        let sign = if self.operator.role == Role::Administrator { '#' } else { '%' };
        match (self.place, self.cursor.context()) {
            (Place::Operation, _) => format!("{name}{sign} "),
            (Place::Configuration, None) => format!("{name}(config){sign} "),
            (Place::Configuration, Some(context)) => {
                format!("{name}(config-{}){sign} ", ix_context(context))
            }
        }
    }

    /// What is selected on an RTX: `pp1`, `anonymous`, `tunnel1`.
    fn rtx_selection(&self) -> String {
        let Some(context) = self.cursor.context() else { return String::new() };
        match (context.words.first(), context.identity().next()) {
            (_, Some(name)) if name.is_keyword() => name.text.to_string(),
            (Some(kind), Some(name)) if context.dialect == Dialect::Rtx => {
                format!("{}{}", kind.text, name.text)
            }
            (_, name) => name.map(|name| name.text.to_string()).unwrap_or_default(),
        }
    }

    /// How output longer than the screen is shown.
    pub fn page(&self) -> Page {
        let more = match (self.dialect, self.voice().language) {
            (Dialect::Ix, _) => "--More--",
            (Dialect::Rtx, Language::Japanese) => "---つづく---",
            (Dialect::Rtx, Language::English) => "---more---",
        };
        let running = self.router.running();
        let console = &running.model.system.console;
        let rows = self.page_rows.or(console.page_rows.map(|rows| rows.value));
        Page {
            // Who asks for pages gets them, on a console without them too.
            rows: rows.filter(|rows| *rows > 0 || !self.less),
            columns: self.columns.or(console.columns.map(|columns| columns.value)),
            more: more.to_owned(),
        }
    }

    /// The encoding that the screen takes. A script gets another than UTF-8 only if it asked itself.
    pub fn encoding(&self) -> Encoding {
        let running = self.router.running();
        let configured = running.model.system.console.character.filter(|_| self.terminal.interactive);
        let character = self.character.or(configured.map(|character| character.value));
        character.filter(|_| self.dialect == Dialect::Rtx).map_or(Encoding::Utf8, Character::encoding)
    }

    /// Answers a request of the console.
    pub async fn request(&mut self, request: Request) -> (Vec<Reply>, Status) {
        match request {
            Request::Line { text } => self.line(&text).await.replies(),
            Request::Help { text } => self.help(&text).replies(),
            Request::Complete { text } => {
                let (start, words) = self.complete(&text);
                (vec![Reply::Words { start, words }], Status::Ok)
            }
            Request::End => self.end_key().replies(),
            Request::Bye => self.close().replies(),
            Request::Hello { .. } => (Vec::new(), Status::Ok),
        }
    }

    /// Answers a typed line.
    pub async fn line(&mut self, line: &str) -> Answer {
        self.less = false;
        let width = usize::from(self.page().columns.unwrap_or(CONSOLE_COLUMNS));
        let was_full = std::mem::replace(&mut self.was_full, text::columns(line) == width);
        let mut answer = self.answer(line).await;
        if was_full && !answer.is_ok() {
            let hint = "if a terminal wrapped it, join the two lines";
            answer.say(&self.voice().note(&format!("the line before is {width} columns wide: {hint}")));
        }
        answer
    }

    async fn answer(&mut self, line: &str) -> Answer {
        if line.len() > LINE_LIMIT {
            return Answer::error(self.voice().line_too_long(LINE_LIMIT));
        }
        if let Some(question) = self.question.take() {
            match self.reply(question, line).await {
                Some(answer) => return answer,
                None => return self.leave_and_run(line).await,
            }
        }
        self.run(line).await
    }

    async fn run(&mut self, line: &str) -> Answer {
        let line = text::without_sure_prompt(self.dialect, line).unwrap_or(line);
        let (command, filters) = match self.split_filters(line) {
            Ok(parts) => parts,
            Err(error) => return Answer::error(self.voice().error(&error.to_string())),
        };
        if !filters.is_empty() {
            self.less = filters.contains(&pipe::Filter::Less);
            return self.shown(command, &filters).await;
        }
        match self.place {
            Place::Operation => self.operate(line).await,
            Place::Configuration => self.configure(line).await,
        }
    }

    /// Parts `show … | filter` from its filters. A bar in any other line is text.
    fn split_filters<'a>(&self, line: &'a str) -> Result<(&'a str, Vec<pipe::Filter>), pipe::PipeError> {
        let parts = pipe::split(line);
        let is_show = || Syntax::of(self.dialect).parse(&["operation"], parts[0]);
        match parts.as_slice() {
            [command, filters @ ..] if !filters.is_empty() && is_show().is_ok() => {
                Ok((command, pipe::parse(filters)?))
            }
            _ => Ok((line, Vec::new())),
        }
    }

    /// A line outside of configuration mode.
    async fn operate(&mut self, line: &str) -> Answer {
        if is_blank_or_comment(self.dialect, line) {
            return Answer::ok();
        }
        let syntax = Syntax::of(self.dialect);
        match syntax.parse(&["operation"], line) {
            Ok(command) => match Action::of(&command) {
                Some(action) => Box::pin(self.act(line, action)).await,
                None if command.info().opens.is_some() => {
                    self.cursor.open(command);
                    Answer::ok()
                }
                None if command.info().operational => Answer::error(self.voice().not_run(&command)),
                None => Answer::error(self.voice().administrators_only(line)),
            },
            Err(_) if self.dialect == Dialect::Rtx && syntax.parse(&["global"], line).is_ok() => {
                Answer::error(self.voice().administrators_only(line))
            }
            Err(error) => self.not_understood(line, &error).await,
        }
    }

    /// A line that is no command: once more without what pasting added to it, such as a prompt.
    async fn not_understood(&mut self, line: &str, error: &SyntaxError) -> Answer {
        let running = self.running();
        let tree = self.candidate.as_ref().map_or(&running.tree, |candidate| &candidate.tree);
        match reader::mended(tree, &self.cursor, self.dialect, line) {
            Some((typed, said)) => {
                let note = Answer::said(self.voice().note(&said));
                note.then(Box::pin(self.run(&typed)).await)
            }
            None => Answer::error(self.voice().syntax_error(error)),
        }
    }

    /// Does what a command asks for, if the operator may.
    async fn act(&mut self, line: &str, action: Action) -> Answer {
        if action.is_for_administrators() && self.operator.role != Role::Administrator {
            return Answer::error(self.voice().administrators_only(line));
        }
        match action {
            Action::Configure => self.enter_configuration(),
            Action::Administrator => self.rise(line),
            Action::ChangePassword(account) => self.change_password(account),
            Action::Exit { save } => self.exit(save).await,
            Action::End => self.leave_configuration(),
            Action::CloseContext => {
                self.cursor.close();
                Answer::ok()
            }
            Action::Commit => self.commit(Trial::IfRisky).await,
            Action::Confirm => self.confirm().await,
            Action::CommitConfirmed(minutes) => self.commit(Trial::Minutes(minutes)).await,
            Action::CommitNow => self.commit(Trial::Never).await,
            Action::CommitComment(comment) => self.commit_as(Trial::IfRisky, &comment).await,
            Action::CommitCheck => self.check().await,
            Action::Rollback(back) => self.rollback(back).await,
            Action::Load(load) => self.load(&load).await,
            Action::Discard => self.discard(line),
            Action::Compare => self.compare(),
            Action::Update => self.update(),
            Action::Save { copy } => self.save(copy).await,
            Action::Rearrange(change) => self.rearrange(&change).await,
            Action::Immediate(on) => self.set_immediate(on),
            Action::SpeakDialect(dialect) => {
                self.speak(dialect);
                Answer::ok()
            }
            Action::PageLength(rows) => {
                self.page_rows = Some(rows);
                Answer::ok()
            }
            Action::Speak(character) => {
                self.character = Some(character);
                Answer::ok()
            }
            Action::PageWidth(columns) => {
                self.columns = Some(columns);
                Answer::ok()
            }
            Action::ForgetTranslations(which) => self.forget_translations(&which).await,
            Action::Show(what) => self.show(&what, &[]).await,
            Action::Less(what) => {
                self.less = true;
                self.show(&what, &[]).await
            }
        }
    }

    /// Goes over to a dialect, at its outermost place.
    fn speak(&mut self, dialect: Dialect) {
        self.dialect = dialect;
        self.cursor = Cursor::default();
        if dialect == Dialect::Rtx && self.operator.role == Role::Administrator {
            self.place = Place::Configuration;
        }
    }

    fn voice(&self) -> Voice {
        let running = self.router.running();
        let configured = running.model.system.console.character.map(|character| character.value);
        let language = self.character.or(configured).map(Character::language);
        Voice { dialect: self.dialect, language: language.unwrap_or_default() }
    }

    fn running(&self) -> Arc<Running> {
        self.router.running()
    }

    /// Ends the session; what is not committed goes with it.
    fn close(&mut self) -> Answer {
        let mut answer = Answer::ok();
        if self.is_edited() {
            answer.say(&self.voice().note("lines that were not committed are dropped"));
        }
        self.closed = true;
        answer.close()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.router.end_editing(self.id);
    }
}

/// A context in an IX's prompt: `GigaEthernet0.1`, `ppp-NAME`, `watch-NAME-10`.
fn ix_context(context: &Command) -> String {
    let kind = match context.info().opens {
        Some("ppp-profile") => Some("ppp"),
        Some("dhcp-profile") => Some("dhcp"),
        Some("dhcpv6-client") => Some("dhcpv6-client"),
        Some("dhcpv6-server") => Some("dhcpv6-server"),
        Some("ddns-profile") => Some("ddns"),
        Some("watch-group") => Some("watch"),
        Some("route-map") => Some("route-map"),
        Some(_) | None => None,
    };
    let names = context.identity().filter(|word| !word.is_keyword()).map(|word| word.text.as_ref());
    kind.into_iter().chain(names).collect::<Vec<_>>().join("-")
}

fn is_blank_or_comment(dialect: Dialect, line: &str) -> bool {
    let line = line.trim_start();
    let comment = match dialect {
        Dialect::Ix => '!',
        Dialect::Rtx => '#',
    };
    line.is_empty() || line.starts_with(comment)
}
