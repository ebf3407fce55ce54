//! From a candidate to Linux, or to a reason why not.

use std::sync::Arc;
use std::time::Duration;

use super::guard::{Risk, Trial};
use super::handle::SessionId;
use super::running::{Complaint, Pending, Running};
use super::store::StoreError;
use super::{Router, now, wall_clock};
use crate::apply::confirm::Point;
use crate::apply::kernel::Kernel;
use crate::apply::workers::Workers;
use crate::apply::{CommitError, Plan, Resolved, State, resolve};
use crate::config::{Candidate, Revision, Stale, Stamp, advice};
use crate::language::lower::{Diagnostic, Severity, lower};
use crate::language::syntax::Syntax;
use crate::language::tree::{LineText, Masking, Tree, reader};
use crate::model::Model;
use crate::model::log::Logging;
use crate::run::log::Settings;
use crate::status::login::Connection;
use crate::types::LineId;

/// What a session wants to run.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The configuration, and on which running one it was begun.
    pub candidate: Candidate,
    /// Who asks.
    pub session: SessionId,
    /// The user's name, for the history and the log.
    pub who: String,
    /// The network connection by which they came.
    pub connection: Option<Connection>,
    /// Whether it takes itself back.
    pub trial: Trial,
    /// What they say of it, for the history; may be empty.
    pub comment: String,
}

/// What a commit did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The running configuration is this one now.
    pub revision: Revision,
    /// The steps that led there.
    pub plan: Plan,
    /// Lines that run but may disappoint, and lines that wait for their port.
    pub warnings: Vec<Complaint>,
    /// Whether this confirmed an earlier commit.
    pub kept: bool,
    /// The logins that it touched, or would touch.
    pub risks: Vec<Risk>,
    /// How long it waits to be confirmed, if it does.
    pub trial: Option<Duration>,
}

/// Why nothing was committed. Running configuration, candidate and Linux are as before, except
/// where an undo failed.
#[derive(Debug, thiserror::Error)]
pub enum CommitFailure {
    /// Somebody else committed since the candidate was begun.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// Lines contradict each other or themselves.
    #[error("the configuration has errors")]
    Invalid(Vec<Complaint>),
    /// It would keep a commit that waits, but nobody was seen to be there since.
    #[error(
        "the last commit waits to be confirmed, and the other end of this connection has received nothing since: \
         commit again"
    )]
    Unheard,
    /// Linux refused.
    #[error("{error}")]
    Refused {
        /// The line behind the step.
        line: Option<LineText>,
        /// The step, and the kernel's words.
        error: Box<CommitError>,
    },
}

/// A tree, understood and ready to be applied.
pub(super) struct Ready {
    pub model: Model,
    pub state: State,
    pub held: Vec<(LineId, String)>,
    pub warnings: Vec<Diagnostic>,
}

impl<K: Kernel, W: Workers> Router<K, W> {
    /// What a commit would do.
    pub(super) async fn check(&mut self, wish: &Wish) -> Result<Committed, CommitFailure> {
        let running = self.running();
        wish.candidate.check_base(running.revision)?;
        let tree = &wish.candidate.tree;
        let ready = self.ready(&running, tree)?;
        let plan = self.applier.check(&ready.state).await.map_err(|error| refused(tree, error))?;
        let warnings = warnings(tree, &ready);
        let risks = self.risks(&running, tree, &ready.state, wish.connection);
        let trial = self.trial(wish.trial, &risks);
        Ok(Committed { revision: running.revision, plan, warnings, kept: false, risks, trial })
    }

    /// Makes the candidate the running configuration.
    pub(super) async fn commit(&mut self, wish: Wish) -> Result<Committed, CommitFailure> {
        let running = self.running();
        let Wish { candidate, session, who, connection, trial, comment } = wish;
        candidate.check_base(running.revision)?;
        if let Some(pending) = running.pending.as_ref().filter(|_| trial == Trial::IfRisky)
            && !self.is_heard(pending, connection)
        {
            return Err(CommitFailure::Unheard);
        }
        if !candidate.is_edited() && !running.set_aside.is_empty() {
            self.repair().await;
        }
        let running = self.running();
        let ready = self.ready(&running, &candidate.tree)?;
        let mut warnings = warnings(&candidate.tree, &ready);
        let risks = match trial {
            Trial::IfRisky | Trial::Minutes(_) => {
                self.risks(&running, &candidate.tree, &ready.state, connection)
            }
            Trial::Never => Vec::new(),
        };
        let trial = self.trial(trial, &risks);
        let applied = self.applier.commit(ready.state).await;
        let plan = applied.map_err(|error| {
            tracing::error!(user = who, %error, "commit failed");
            refused(&candidate.tree, error)
        })?;
        let kept = trial.is_none() && running.pending.is_some();
        let steps = plan.steps.len();
        let is_idle = steps == 0 && !kept && trial.is_none() && !candidate.is_edited();
        self.publish(&running, candidate.tree, ready.model, ready.held);
        let witnesses = self.witnesses(&risks, connection);
        let pending = trial.map(|time| Pending { who: who.clone(), time, witnesses });
        let noted = self.schedule(&running, pending);
        let revision = self.running().revision;
        if is_idle {
            return Ok(Committed { revision, plan, warnings, kept, risks, trial });
        }
        tracing::info!(number = 2, user = who, %revision, steps, "configuration committed");
        let trial_words = if trial.is_some() { ", on trial" } else { "" };
        let notice = format!("{who} committed a configuration (revision {revision}{trial_words})");
        self.tell_others(Some(session), notice);
        let kept_on_disk = match running.revision == revision {
            true => noted,
            false => noted.and_then(|()| self.keep_records(&who, &comment)),
        };
        if let Err(error) = kept_on_disk {
            tracing::error!(%error, "a commit is in force, but not noted on the disk");
            let message = format!("it is in force, but not noted on the disk: {error}");
            warnings.push(Complaint { line: None, message });
        }
        Ok(Committed { revision, plan, warnings, kept, risks, trial })
    }

    /// The time of `commit confirmed` is over: back to what ran before.
    pub(super) async fn revert(&mut self) {
        let due = self.confirm.handle_timeout(now().into_std()).map(str::to_owned);
        let Some(text) = due else { return };
        let running = self.running();
        let before = reader::read(&text, Some(running.dialect)).tree;
        let before = running.tree.with_edits(&running.tree, &before);
        self.go_back(&running, before).await;
        if self.running().trouble.is_some() {
            tracing::error!("an unconfirmed commit cannot be taken back");
            self.tell_others(None, "the unconfirmed commit cannot be taken back: see show boot".to_owned());
            return;
        }
        let point = self.confirm.rolled_back();
        self.set(|running| running.pending = None);
        if let Err(error) = self.keep_records("tsuji", "").and_then(|()| self.keep_point(&running, point)) {
            tracing::error!(%error, "the old configuration is in force, but not noted on the disk");
        }
        tracing::warn!(number = 4, "an unconfirmed commit was taken back");
        let all = if self.running().set_aside.is_empty() { "" } else { ", but for what show boot lists" };
        self.tell_others(None, format!("nobody confirmed the last commit in time: it was taken back{all}"));
    }

    /// Back to an earlier configuration: whole, or if something has changed meanwhile (an interface
    /// is gone), as much of it as Linux takes. Who was cut off waits for it.
    async fn go_back(&mut self, running: &Running, before: Tree) {
        if let Ok(ready) = self.ready(running, &before)
            && self.applier.commit(ready.state).await.is_ok()
        {
            return self.publish(running, before, ready.model, ready.held);
        }
        let revision = running.revision.next();
        self.apply_in_parts(Running { tree: before, revision, saved: false, ..running.clone() }).await;
    }

    /// Asks of Linux again what follows from the same wishes: facts or links have changed.
    ///
    /// Answers whether Linux has it now.
    pub(super) async fn follow(&mut self) -> bool {
        let running = self.running();
        let Resolved { state, held } = resolve(&running.model, &self.facts);
        self.set(|running| running.held = held.into_iter().collect());
        match self.applier.commit(state).await {
            Ok(plan) if plan.is_empty() => true,
            Ok(plan) => {
                tracing::info!(number = 5, steps = plan.steps.len(), "facts or links have changed");
                true
            }
            Err(error) => {
                tracing::error!(%error, "facts or links have changed, and Linux refused what follows");
                false
            }
        }
    }

    /// Lowers and resolves all lines that are not set aside.
    pub(super) fn ready(&self, running: &Running, tree: &Tree) -> Result<Ready, CommitFailure> {
        let tree = running.in_force(tree);
        let (model, mut diagnostics) = lower(&tree);
        diagnostics.extend(advice::advise(&tree, &model));
        let (errors, warnings): (Vec<_>, Vec<_>) =
            diagnostics.into_iter().partition(|found| found.severity == Severity::Error);
        if !errors.is_empty() {
            let complaints = errors.into_iter().map(|e| Complaint::about(&tree, e.line, e.message));
            return Err(CommitFailure::Invalid(complaints.collect()));
        }
        let Resolved { state, held } = resolve(&model, &self.facts);
        Ok(Ready { model, state, held, warnings })
    }

    /// The next running configuration.
    pub(super) fn publish(
        &mut self,
        before: &Running,
        tree: Tree,
        model: Model,
        held: Vec<(LineId, String)>,
    ) {
        let mut next = before.clone();
        if tree != before.tree {
            next.revision = before.revision.next();
        }
        next.set_aside.retain(|line, complaint| complaint.is_about(&tree, *line));
        next.saved &= tree == before.tree;
        next.tree = tree;
        next.trouble = None;
        self.log.configure(settings_of(&model.log));
        next.model = Arc::new(model);
        next.held = held.into_iter().collect();
        self.running.send_replace(Arc::new(next));
    }

    /// How long a commit waits to be confirmed; `None`: it stays.
    fn trial(&self, asked: Trial, risks: &[Risk]) -> Option<Duration> {
        match asked {
            Trial::Minutes(minutes) => Some(Duration::from_secs(u64::from(minutes) * 60)),
            Trial::IfRisky if !risks.is_empty() => Some(self.guard_time),
            Trial::IfRisky | Trial::Never => None,
        }
    }

    /// Starts, restarts or ends the time in which a commit has to be confirmed.
    fn schedule(&mut self, before: &Running, pending: Option<Pending>) -> Result<(), StoreError> {
        let point = match &pending {
            Some(pending) => {
                let text = before.tree.print(before.dialect, Masking::No);
                self.confirm.committed_for(pending.time, &text, now().into_std())
            }
            None => self.confirm.confirmed(),
        };
        self.set(|running| running.pending = pending);
        self.keep_point(before, point)
    }

    /// Keeps the rollback point on the disk in step with the one in memory.
    fn keep_point(&self, before: &Running, point: Point) -> Result<(), StoreError> {
        match point {
            Point::Unchanged => Ok(()),
            Point::Keep(_) => self.store.set_rollback_point(&before.tree, before.dialect),
            Point::Forget => self.store.clear_rollback_point(),
        }
    }

    /// Writes what runs into the history, and for a start after a crash.
    fn keep_records(&self, who: &str, comment: &str) -> Result<(), StoreError> {
        let running = self.running();
        let stamp = Stamp { who: who.to_owned(), when: wall_clock(), comment: comment.to_owned() };
        self.store.note_running(&running.tree, running.dialect)?;
        self.store.remember(&running.tree, running.dialect, &stamp)
    }
}

/// What the log is to keep.
fn settings_of(logging: &Logging) -> Settings {
    let mut settings = Settings::default();
    if let Some(size) = logging.buffer {
        settings.capacity = usize::try_from(size.value).unwrap_or(usize::MAX);
    }
    if let Some(severities) = &logging.severities {
        settings.severities.clone_from(&severities.value);
    }
    for (subsystem, severities) in &logging.subsystems {
        settings.subsystems.insert(subsystem.clone(), severities.value.clone());
    }
    settings
}

fn refused(tree: &Tree, error: CommitError) -> CommitFailure {
    CommitFailure::Refused { line: tree.line(error.origin), error: Box::new(error) }
}

/// Everything that is worth knowing of a configuration that runs.
fn warnings(tree: &Tree, ready: &Ready) -> Vec<Complaint> {
    let of_lines = ready.warnings.iter().map(|found| Complaint::about(tree, found.line, &*found.message));
    let held = ready.held.iter().map(|(line, reason)| Complaint::about(tree, *line, &**reason));
    let planned = tree.walk().filter_map(|(_, line)| {
        let feature = Syntax::of(line.command.dialect).rule(line.command.rule).planned?;
        Some(Complaint::about(tree, line.id, format!("not built yet: {feature}")))
    });
    of_lines.chain(held).chain(planned).collect()
}
