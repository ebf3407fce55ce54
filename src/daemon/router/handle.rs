//! What a session holds of the router.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::commit::{CommitFailure, Committed, Wish};
use super::explain::{Explained, Question};
use super::outlook::Outlook;
use super::running::Running;
use super::status::Snapshot;
use super::store::{Rearrange, StoreError};
use super::translation::Translated;
use crate::apply::Plan;
use crate::apply::kernel::KernelError;
use crate::config::{Kept, Number, Record};
use crate::language::tree::Tree;
use crate::run::log::Log;
use crate::status::{FilterStatus, LoggedPacket};
use crate::types::{InterfaceName, Timestamp};

/// The way to the router. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) running: watch::Receiver<Arc<Running>>,
    pub(super) notices: broadcast::Sender<Notice>,
    pub(super) sessions: Arc<Mutex<Sessions>>,
    pub(super) log: Log,
    pub(super) started: Timestamp,
}

/// Who is there.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    last: u64,
    editing: BTreeMap<SessionId, String>,
}

/// A session, among those of this daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(u64);

/// Something that every session but one is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The session that knows already.
    pub from: Option<SessionId>,
    /// One line, without its end.
    pub text: String,
}

/// What sessions ask.
#[derive(Debug)]
pub(super) enum Ask {
    Check(Wish, oneshot::Sender<Result<Committed, CommitFailure>>),
    Explain(Question, Wish, oneshot::Sender<Result<Explained, CommitFailure>>),
    Outlook(Wish, Plan, oneshot::Sender<Result<Outlook, CommitFailure>>),
    Commit(Wish, oneshot::Sender<Result<Committed, CommitFailure>>),
    Save(String, oneshot::Sender<Result<(), StoreError>>),
    Earlier(usize, oneshot::Sender<Result<Tree, StoreError>>),
    Records(oneshot::Sender<Result<Vec<Record>, StoreError>>),
    Startup(oneshot::Sender<Result<String, StoreError>>),
    Saved(oneshot::Sender<Result<Vec<Kept>, StoreError>>),
    SavedText(Number, oneshot::Sender<Result<Option<String>, StoreError>>),
    Rearrange(Rearrange, oneshot::Sender<Result<(), StoreError>>),
    Snapshot(oneshot::Sender<Result<Snapshot, KernelError>>),
    Filters(oneshot::Sender<Result<Vec<FilterStatus>, KernelError>>),
    Drift(oneshot::Sender<Result<Plan, KernelError>>),
    Translations(oneshot::Sender<Result<Vec<Translated>, KernelError>>),
    LogPacket(LoggedPacket),
    Forget(Vec<(InterfaceName, usize)>, oneshot::Sender<Result<(), KernelError>>),
}

/// The router's task ended: the daemon stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the daemon is stopping")]
pub struct Stopping;

impl Handle {
    /// The running configuration of this moment.
    pub fn running(&self) -> Arc<Running> {
        Arc::clone(&self.running.borrow())
    }

    /// The router's log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// When the router's task was made.
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// What every session is told from now on.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// A number for a new session.
    pub fn enter(&self) -> SessionId {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.last += 1;
        SessionId(sessions.last)
    }

    /// A session enters configuration mode; answers who else is there.
    pub fn begin_editing(&self, id: SessionId, who: &str) -> Vec<String> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let others = sessions.editing.iter().filter(|(other, _)| **other != id);
        let others = others.map(|(_, who)| who.clone()).collect();
        sessions.editing.insert(id, who.to_owned());
        others
    }

    /// A session leaves configuration mode, or for good.
    pub fn end_editing(&self, id: SessionId) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).editing.remove(&id);
    }

    /// What a commit would do; changes nothing.
    pub async fn check(&self, wish: Wish) -> Result<Result<Committed, CommitFailure>, Stopping> {
        self.ask(|reply| Ask::Check(wish, reply)).await
    }

    /// What a commit would do to live flows and to workers, by its plan.
    pub async fn outlook(&self, wish: Wish, plan: Plan) -> Result<Result<Outlook, CommitFailure>, Stopping> {
        self.ask(|reply| Ask::Outlook(wish, plan, reply)).await
    }

    /// What becomes of a packet, in what runs and in the candidate.
    pub async fn explain(
        &self,
        question: Question,
        wish: Wish,
    ) -> Result<Result<Explained, CommitFailure>, Stopping> {
        self.ask(|reply| Ask::Explain(question, wish, reply)).await
    }

    /// Makes a tree the running configuration, or changes nothing.
    pub async fn commit(&self, wish: Wish) -> Result<Result<Committed, CommitFailure>, Stopping> {
        self.ask(|reply| Ask::Commit(wish, reply)).await
    }

    /// Writes the running configuration to where the next start reads it.
    pub async fn save(&self, who: &str) -> Result<Result<(), StoreError>, Stopping> {
        self.ask(|reply| Ask::Save(who.to_owned(), reply)).await
    }

    /// The configuration before the last commit (1), or before an earlier one; 0 is the running one.
    pub async fn earlier(&self, back: usize) -> Result<Result<Tree, StoreError>, Stopping> {
        self.ask(|reply| Ask::Earlier(back, reply)).await
    }

    /// Everything in the history, the newest first.
    pub async fn records(&self) -> Result<Result<Vec<Record>, StoreError>, Stopping> {
        self.ask(Ask::Records).await
    }

    /// The startup configuration, as it stands in its file.
    pub async fn startup(&self) -> Result<Result<String, StoreError>, Stopping> {
        self.ask(Ask::Startup).await
    }

    /// All saved configurations, by number.
    pub async fn saved(&self) -> Result<Result<Vec<Kept>, StoreError>, Stopping> {
        self.ask(Ask::Saved).await
    }

    /// A saved configuration as it stands in its file; `None` if there is none.
    pub async fn saved_text(&self, number: Number) -> Result<Result<Option<String>, StoreError>, Stopping> {
        self.ask(|reply| Ask::SavedText(number, reply)).await
    }

    /// Changes what is saved.
    pub async fn rearrange(&self, change: Rearrange) -> Result<Result<(), StoreError>, Stopping> {
        self.ask(|reply| Ask::Rearrange(change, reply)).await
    }

    /// Interfaces and routes of this moment.
    pub async fn snapshot(&self) -> Result<Result<Snapshot, KernelError>, Stopping> {
        self.ask(Ask::Snapshot).await
    }

    /// The filters of all interfaces, and how often their lines matched.
    pub async fn filters(&self) -> Result<Result<Vec<FilterStatus>, KernelError>, Stopping> {
        self.ask(Ask::Filters).await
    }

    /// Where Linux differs from what was asked of it: the steps that would put it right.
    pub async fn drift(&self) -> Result<Result<Plan, KernelError>, Stopping> {
        self.ask(Ask::Drift).await
    }

    /// Every translation with its flows of this moment.
    pub async fn translations(&self) -> Result<Result<Vec<Translated>, KernelError>, Stopping> {
        self.ask(Ask::Translations).await
    }

    /// Forgets the flows of translations, each by its interface and its place there.
    pub async fn forget(
        &self,
        which: Vec<(InterfaceName, usize)>,
    ) -> Result<Result<(), KernelError>, Stopping> {
        self.ask(|reply| Ask::Forget(which, reply)).await
    }

    /// Writes a packet to the log. `false` where the router has too much to do for that.
    pub fn log_packet(&self, packet: LoggedPacket) -> bool {
        self.asks.try_send(Ask::LogPacket(packet)).is_ok()
    }

    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(question(reply)).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)
    }
}
