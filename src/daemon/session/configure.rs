//! Configuration mode: lines go into the candidate, and leaving it with some of them left asks.

use super::action::Action;
use super::question::Question;
use super::wording::Voice;
use super::{Answer, Place, Session};
use crate::config::Candidate;
use crate::daemon::router::Trial;
use crate::language::command::Command;
use crate::language::syntax::Syntax;
use crate::language::tree::entry::{self, Entry};
use crate::language::tree::reader;
use crate::language::tree::{Effect, Masking};
use crate::types::{Dialect, Language};

impl Session {
    /// A line in configuration mode.
    pub(super) async fn configure(&mut self, line: &str) -> Answer {
        let dialect = self.dialect;
        let before = self.immediate.then(|| self.candidate_mut().clone());
        // The cursor steps aside, so that candidate and cursor can be changed together.
        let mut cursor = std::mem::take(&mut self.cursor);
        let entry = entry::type_line(&mut self.candidate_mut().tree, &mut cursor, dialect, line);
        self.cursor = cursor;
        let (changed, answer) = match entry {
            Err(error) => return Box::pin(self.not_understood(line, &error)).await,
            Ok(Entry::Nothing) => return self.commented_out(line),
            Ok(Entry::Run(command)) => {
                return match Action::of(&command) {
                    Some(action) => Box::pin(self.act(line, action)).await,
                    None => Answer::error(self.voice().not_run(&command)),
                };
            }
            Ok(Entry::Opened(_)) => (false, Answer::ok()),
            Ok(Entry::Embedded(_)) => (true, Answer::ok()),
            Ok(Entry::Kept { command, effect, meant, .. }) => {
                let taken = self.taken(&command).await;
                let note = |context| self.voice().note(&format!("taken for \"{context}\""));
                let answer = meant.map_or_else(Answer::ok, |context| Answer::said(note(context)));
                (!matches!(effect, Effect::Unchanged(_)), answer.then(taken))
            }
            Ok(Entry::Removed(0)) => {
                (false, Answer::said(self.voice().note("there is no such line: nothing was removed")))
            }
            Ok(Entry::Removed(_)) => (true, Answer::ok()),
        };
        // An RTX has no mode for it: who edits there is who changes something.
        let answer = match changed && self.dialect == Dialect::Rtx {
            true => self.begin_editing().then(answer),
            false => answer,
        };
        match before {
            Some(before) if changed => self.commit_at_once(before, answer).await,
            Some(_) | None => answer,
        }
    }

    /// A comment. On an RTX `# ` is a prompt as well: a command behind it is named, and not taken.
    fn commented_out(&self, line: &str) -> Answer {
        let command = line.trim_start().strip_prefix('#').filter(|_| self.dialect == Dialect::Rtx);
        let modes = self.cursor.modes(self.dialect);
        match command.and_then(|text| Syntax::of(self.dialect).find(&modes, text)) {
            Some(command) => {
                let text = Masking::Yes.text(&command);
                Answer::said(self.voice().note(&format!("a comment: type {text:?} without the # before it")))
            }
            None => Answer::ok(),
        }
    }

    /// What there is to say of a line that is in the candidate now.
    async fn taken(&mut self, command: &Command) -> Answer {
        let info = Syntax::of(command.dialect).rule(command.rule);
        let text = Masking::Yes.text(command);
        let mut answer = Answer::ok();
        let notice = reader::notice(self.dialect, command.dialect);
        if !notice.is_empty() {
            answer.say(&self.voice().note(&notice));
        }
        if let Some(reason) = info.inert {
            answer.say(&self.voice().note(&format!("{text}: has no meaning on Linux ({reason})")));
        }
        if let Some(feature) = info.planned {
            answer.say(&self.voice().note(&format!("{text}: not built yet ({feature})")));
        }
        // Settings of the console hold for the session at once, as on the appliance.
        match Action::of(command) {
            Some(action) => answer.then(Box::pin(self.act(&text, action)).await),
            None => answer,
        }
    }

    /// `set immediate on`: the line runs at once, or it is taken back.
    async fn commit_at_once(&mut self, before: Candidate, answer: Answer) -> Answer {
        let committed = self.commit(Trial::IfRisky).await;
        if !committed.is_ok() {
            self.candidate = Some(before);
        }
        answer.then(committed)
    }

    /// The candidate, begun now if none is; one without edits follows the running configuration.
    pub(super) fn candidate_mut(&mut self) -> &mut Candidate {
        let running = self.running();
        let candidate = self.candidate.get_or_insert_with(|| Candidate::new(&running.tree, running.revision));
        if candidate.base_revision() != running.revision && !candidate.is_edited() {
            *candidate = Candidate::new(&running.tree, running.revision);
        }
        candidate
    }

    /// Whether lines wait to be committed.
    pub(super) fn is_edited(&self) -> bool {
        self.candidate.as_ref().is_some_and(Candidate::is_edited)
    }

    /// Into configuration mode, or back to its outermost level.
    pub(super) fn enter_configuration(&mut self) -> Answer {
        self.cursor.close();
        if self.place == Place::Configuration {
            return Answer::ok();
        }
        self.place = Place::Configuration;
        let mut answer = Answer::ok();
        if self.dialect == Dialect::Ix {
            answer.say("Enter configuration commands, one per line. End with CNTL/Z.\n");
        }
        match self.dialect {
            Dialect::Ix => answer.then(self.begin_editing()),
            Dialect::Rtx => answer,
        }
    }

    /// Says who else edits, once.
    fn begin_editing(&mut self) -> Answer {
        if std::mem::replace(&mut self.editing, true) {
            return Answer::ok();
        }
        let others = self.router.begin_editing(self.id, &self.operator.name);
        match others.is_empty() {
            true => Answer::ok(),
            false => Answer::said(self.voice().note(&format!("also editing: {}", others.join(", ")))),
        }
    }

    /// `exit`: out of a context, out of configuration mode, out of the console.
    pub(super) async fn exit(&mut self, save: bool) -> Answer {
        if save {
            let saved = self.save(false).await;
            return if saved.is_ok() { saved.then(self.step_out()) } else { saved };
        }
        if self.place == Place::Configuration && self.dialect == Dialect::Ix && self.cursor.close() {
            return Answer::ok();
        }
        match self.place {
            Place::Configuration => self.leave_configuration(),
            Place::Operation => self.close(),
        }
    }

    /// Ctrl-Z: leaves configuration mode on an IX; an RTX has no such key.
    pub(super) fn end_key(&mut self) -> Answer {
        self.question = None;
        match (self.dialect, self.place) {
            (Dialect::Ix, Place::Configuration) => self.leave_configuration(),
            (Dialect::Ix | Dialect::Rtx, _) => Answer::ok(),
        }
    }

    /// Leaves configuration mode; asks first if somebody sits there and something would be lost.
    pub(super) fn leave_configuration(&mut self) -> Answer {
        let unsaved = self.dialect == Dialect::Rtx && !self.running().saved;
        if !self.is_edited() && !unsaved {
            return self.step_out();
        }
        if self.terminal.interactive {
            self.question = Some(Question::Leave);
            return match self.voice() {
                Voice { dialect: Dialect::Ix, .. } => Answer::ok(),
                Voice { language: Language::Japanese, .. } => {
                    Answer::said("不揮発性メモリに保存されていない設定変更があります\n")
                }
                Voice { language: Language::English, .. } => {
                    Answer::said("Unsaved changes in volatile memory\n")
                }
            };
        }
        let left = self.step_out();
        if self.is_edited() {
            return Answer::said(self.voice().note("lines that are not committed wait in this session"))
                .then(left);
        }
        left
    }

    /// The answer to a question; `None` if the line is no answer.
    pub(super) async fn reply(&mut self, question: Question, line: &str) -> Option<Answer> {
        match question {
            Question::Leave => self.leave_or_stay(line).await,
            Question::Administrator => Some(self.rise_with(line)),
            Question::Old(account) => Some(self.old_password(account, line)),
            Question::New(account) => Some(self.new_password(account, line)),
            Question::Again(account, new) => Some(self.confirm_password(account, &new, line).await),
        }
    }

    /// The answer to whether to commit, or to save, before leaving.
    async fn leave_or_stay(&mut self, line: &str) -> Option<Answer> {
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => {
                let done = match self.dialect {
                    Dialect::Ix => self.commit(Trial::IfRisky).await,
                    Dialect::Rtx => self.save(false).await,
                };
                Some(if done.is_ok() { done.then(self.step_out()) } else { done })
            }
            "n" | "no" => {
                self.candidate = None;
                Some(self.step_out())
            }
            "" | "c" | "cancel" => Some(Answer::ok()),
            _ => None,
        }
    }

    /// A pasted line after `exit`: the candidate waits in the session, and the line is run.
    pub(super) async fn leave_and_run(&mut self, line: &str) -> Answer {
        self.step_out().then(self.run(line).await)
    }

    /// Leaves configuration mode, whatever waits. A right that a password lent ends with it.
    fn step_out(&mut self) -> Answer {
        if let Some(role) = self.lent.take() {
            self.operator.role = role;
        }
        self.place = Place::Operation;
        self.cursor.close();
        self.editing = false;
        self.router.end_editing(self.id);
        Answer::ok()
    }
}
