//! Committing, and going back.

use std::time::Duration;

use super::{Answer, Session};
use crate::apply::Plan;
use crate::config;
use crate::daemon::access::Operator;
use crate::daemon::router::{CommitFailure, Committed, Complaint, Risk, Stopping, Trial, Wish};

/// How long the other end of a connection may take to receive what was said.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often we look whether it has.
const GLANCE: Duration = Duration::from_millis(100);

impl Session {
    /// Makes the candidate run: for good, or on trial.
    pub(super) async fn commit(&mut self, trial: Trial) -> Answer {
        self.commit_as(trial, "").await
    }

    /// The same, with a word on it for the history.
    pub(super) async fn commit_as(&mut self, trial: Trial, comment: &str) -> Answer {
        let was_edited = self.is_edited();
        let committed = match self.commit_when_heard(trial, comment).await {
            Ok(Ok(committed)) => committed,
            Ok(Err(failure)) => return self.failed(&failure),
            Err(stopping) => return self.stopping(stopping),
        };
        self.candidate = None;
        let mut answer = self.warned(&committed.warnings);
        if committed.trial.is_some() && trial == Trial::IfRisky {
            answer.say(&self.risks(&committed.risks, "touches"));
        }
        let Committed { revision, kept, plan, trial, .. } = committed;
        answer.say(&self.voice().note(&match (trial, kept) {
            (None, false) if !was_edited && plan.is_empty() => "nothing to commit".to_owned(),
            (None, false) if !was_edited => {
                format!("{} put right what others changed", counted(plan.steps.len()))
            }
            (Some(time), _) => format!(
                "committed as revision {revision} for {}: a plain commit keeps it, else it is taken back",
                minutes(time)
            ),
            (None, true) => format!("committed as revision {revision}, and confirmed"),
            (None, false) => format!("committed as revision {revision}"),
        }));
        answer
    }

    /// A line that was typed ahead waits until the other end has seen what the last commit did.
    #[expect(clippy::disallowed_methods, reason = "the other end of a connection takes real time")]
    async fn commit_when_heard(
        &mut self,
        trial: Trial,
        comment: &str,
    ) -> Result<Result<Committed, CommitFailure>, Stopping> {
        let mut patience = PATIENCE;
        loop {
            let wish = Wish { comment: comment.to_owned(), ..self.wish(trial) };
            match self.router.commit(wish).await? {
                Err(CommitFailure::Unheard) if !patience.is_zero() => {
                    tokio::time::sleep(GLANCE).await;
                    patience = patience.saturating_sub(GLANCE);
                }
                outcome => return Ok(outcome),
            }
        }
    }

    /// Shows the plan of a commit.
    pub(super) async fn check(&mut self) -> Answer {
        let wish = self.wish(Trial::IfRisky);
        let Committed { plan, warnings, risks, trial, .. } = match self.router.check(wish.clone()).await {
            Ok(Ok(would)) => would,
            Ok(Err(failure)) => return self.failed(&failure),
            Err(stopping) => return self.stopping(stopping),
        };
        let mut answer = self.warned(&warnings);
        answer.say(&self.risks(&risks, "would touch"));
        if let Some(time) = trial {
            let text = format!("commit would wait {} to be confirmed; commit now would not", minutes(time));
            answer.say(&self.voice().note(&text));
        }
        if plan.is_empty() {
            answer.say(&self.voice().note("nothing would change in Linux"));
            return answer;
        }
        answer.say(&plan_text(&plan));
        let steps = plan.steps.len();
        match self.router.outlook(wish, plan).await {
            Ok(Ok(outlook)) => answer.say(&self.outlook(&outlook)),
            Ok(Err(failure)) => return self.failed(&failure),
            Err(stopping) => return self.stopping(stopping),
        }
        answer.say(&self.voice().note(&format!("{}; nothing was changed", counted(steps))));
        answer
    }

    /// Makes an earlier configuration the candidate.
    pub(super) async fn rollback(&mut self, back: usize) -> Answer {
        let running = self.running();
        let mut candidate = config::Candidate::new(&running.tree, running.revision);
        if back > 0 {
            match self.router.earlier(back).await {
                Ok(Ok(earlier)) => candidate.tree = running.tree.with_edits(&running.tree, &earlier),
                Ok(Err(error)) => return Answer::error(self.voice().error(&error.to_string())),
                Err(stopping) => return self.stopping(stopping),
            }
        }
        let is_edited = candidate.is_edited();
        self.candidate = Some(candidate);
        self.cursor.close();
        Answer::said(self.voice().note(match is_edited {
            true => "the candidate is that configuration now: look with compare, then commit",
            false => "the candidate is what runs",
        }))
    }

    /// Keeps what was committed for some minutes; the candidate stays as it is.
    pub(super) async fn confirm(&mut self) -> Answer {
        let running = self.running();
        if running.pending.is_none() {
            return Answer::error(self.voice().error("no commit waits to be confirmed"));
        }
        let edited = self.candidate.take();
        let answer = self.commit(Trial::IfRisky).await;
        self.candidate = edited;
        answer
    }

    /// Forgets what is not committed. Nobody means that by `dis`, a habit from other command lines.
    pub(super) fn discard(&mut self, line: &str) -> Answer {
        if !line.trim_start().to_ascii_lowercase().starts_with("discard") {
            return Answer::error(self.voice().error("nothing was discarded: write \"discard\" in full"));
        }
        self.candidate = None;
        self.cursor.close();
        Answer::ok()
    }

    /// Shows what is not committed.
    pub(super) fn compare(&mut self) -> Answer {
        let running = self.running();
        let tree = self.candidate.as_ref().map_or(&running.tree, |candidate| &candidate.tree);
        match config::compare(&running.tree, tree, self.dialect) {
            difference if difference.is_empty() => Answer::said(self.voice().note("no difference")),
            difference if self.terminal.colours => Answer::said(coloured(&difference)),
            difference => Answer::said(difference),
        }
    }

    /// Takes in what others have committed.
    pub(super) fn update(&mut self) -> Answer {
        let running = self.running();
        if let Some(candidate) = &mut self.candidate {
            candidate.update(&running.tree, running.revision);
        }
        Answer::said(self.voice().note(&format!("the candidate stands on revision {}", running.revision)))
    }

    /// `set immediate on|off`.
    pub(super) fn set_immediate(&mut self, on: bool) -> Answer {
        if on && self.is_edited() {
            let text = "lines wait to be committed: commit or discard them first";
            return Answer::error(self.voice().error(text));
        }
        self.immediate = on;
        Answer::ok()
    }

    pub(super) fn wish(&mut self, trial: Trial) -> Wish {
        let candidate = self.candidate_mut().clone();
        let Operator { name, connection, .. } = self.operator.clone();
        Wish { candidate, session: self.id(), who: name, connection, trial, comment: String::new() }
    }

    /// Which logins hang on what a commit changes: this one, or others.
    fn risks(&self, risks: &[Risk], touches: &str) -> String {
        let describe = |risk: &Risk| {
            let whose = match Some(risk.connection) == self.operator.connection {
                true => "this session",
                false => "the session",
            };
            let line = risk.line.as_ref().map_or_else(String::new, |line| format!(", by {line}"));
            self.voice()
                .note(&format!("{touches} {}, which carries {whose} {}{line}", risk.what, risk.connection))
        };
        risks.iter().map(describe).collect()
    }

    /// A commit that did not come about: the line, the step, the kernel's words.
    pub(super) fn failed(&self, failure: &CommitFailure) -> Answer {
        let voice = self.voice();
        let mut text = String::new();
        match failure {
            CommitFailure::Invalid(complaints) => {
                for complaint in complaints {
                    text += &voice.error(&complaint.to_string());
                }
                text += &voice.error("nothing was committed");
            }
            CommitFailure::Refused { line, error } => {
                if let Some(line) = line {
                    text += &voice.error(&format!("at {line}:"));
                }
                text += &voice.error(&error.to_string());
                text += &voice.error("nothing was committed");
            }
            CommitFailure::Stale(_) | CommitFailure::Unheard => text += &voice.error(&failure.to_string()),
        }
        Answer::error(text)
    }

    fn warned(&self, warnings: &[Complaint]) -> Answer {
        let mut answer = Answer::ok();
        for warning in warnings {
            answer.say(&self.voice().note(&format!("warning: {warning}")));
        }
        answer
    }

    pub(super) fn stopping(&self, stopping: Stopping) -> Answer {
        Answer::error(self.voice().error(&stopping.to_string()))
    }
}

/// `2 minutes`, `90 seconds`.
fn minutes(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (1, 0) => "1 minute".to_owned(),
        (minutes, 0) => format!("{minutes} minutes"),
        _ => format!("{} seconds", time.as_secs()),
    }
}

/// A difference as terminals show it: what goes is red, what comes green, where it stands cyan.
fn coloured(difference: &str) -> String {
    let line = |line: &str| match line.as_bytes().first() {
        Some(b'-') => format!("\x1b[31m{line}\x1b[m\n"),
        Some(b'+') => format!("\x1b[32m{line}\x1b[m\n"),
        Some(b'@') => format!("\x1b[36m{line}\x1b[m\n"),
        _ => format!("{line}\n"),
    };
    difference.lines().map(line).collect()
}

/// A plan, one step a line or block.
pub(super) fn plan_text(plan: &Plan) -> String {
    let text = plan.to_string();
    if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
}

/// So many steps, in words.
fn counted(steps: usize) -> String {
    if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") }
}
