//! The owner of everything that there is once: the running configuration, Linux, the workers,
//! the facts, the timer of `commit confirmed`.
//!
//! One task ([`Router::run`]) does all of it, one thing after the other, so no two commits, and no
//! commit and no fact, ever meet half-way. Sessions hold a [`Handle`]: they read the running
//! configuration from it at once, and ask for everything else by a message.
//!
//! Whatever changes the wishes (a commit) or the facts (a lease, a link) takes the same road:
//! lower, resolve, plan, apply.

mod boot;
mod commit;
mod explain;
mod guard;
mod handle;
mod hits;
mod lease;
mod outlook;
mod packet_log;
mod running;
mod status;
mod store;
mod translation;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;

pub use boot::Tie;
pub use commit::{CommitFailure, Committed, Wish};
pub use explain::{Explained, Explanation, Question, Told};
pub use guard::{Risk, Trial};
pub use handle::{Handle, Notice, SessionId, Stopping};
pub use outlook::{Flows, Outlook};
pub use running::{Complaint, Pending, Running};
pub use status::Snapshot;
pub use store::{Rearrange, Store, StoreError};
pub use translation::{MOST_FLOWS, Translated, TranslatedFlow};

use self::handle::Ask;
use self::lease::Inherited;
use self::status::{Ages, Sources};
use crate::apply::confirm::Confirm;
use crate::apply::kernel::{Kernel, KernelError};
use crate::apply::workers::Workers;
use crate::apply::{Applier, Resolved, resolve};
use crate::language::tree::reader;
use crate::run::log::Log;
use crate::run::worker::FactUpdate;
use crate::status::Facts;
use crate::types::{InterfaceName, KernelName, Timestamp};

/// How many questions may wait, and how many notices a slow session may miss.
const QUEUE: usize = 64;

/// How long links may change until somebody looks after them.
const SETTLED: Duration = Duration::from_millis(200);

/// The same, after a repair that failed.
const TROUBLED: Duration = Duration::from_secs(2);

/// What reaches the router without being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A worker learned something.
    Fact(FactUpdate),
    /// A link is up, and whether nothing answers at its other end; one that is down is not silent.
    Carrier {
        /// The link.
        link: KernelName,
        /// It has no carrier.
        is_silent: bool,
    },
    /// A link came, came up, or went: what hangs on it may have to be put back, or to wait.
    Links,
}

/// The one task that changes anything.
pub struct Router<K: Kernel, W: Workers> {
    applier: Applier<K, W>,
    store: Store,
    running: watch::Sender<Arc<Running>>,
    asks: mpsc::Receiver<Ask>,
    events: UnboundedReceiver<Event>,
    notices: broadcast::Sender<Notice>,
    facts: Facts,
    inherited: Inherited,
    /// The links without carrier that were reckoned with last.
    silent: BTreeSet<KernelName>,
    ages: Ages,
    confirm: Confirm,
    log: Log,
    /// How long a commit that may cut off a login waits to be confirmed.
    guard_time: Duration,
    /// Whether links changed since we looked after them.
    links_changed: bool,
    /// When to ask of Linux again what it has not got.
    repair_at: Option<Instant>,
    /// How long links may change until we look after them.
    patience: Duration,
}

impl<K: Kernel, W: Workers> Router<K, W> {
    /// A router without configuration, and the way to it. [`Router::boot`] comes next.
    pub fn new(
        applier: Applier<K, W>,
        store: Store,
        events: UnboundedReceiver<Event>,
        log: Log,
    ) -> (Self, Handle) {
        let (running, running_view) = watch::channel(Arc::new(Running::default()));
        let (ask, asks) = mpsc::channel(QUEUE);
        let (notices, _) = broadcast::channel(QUEUE);
        let handle = Handle {
            asks: ask,
            running: running_view,
            notices: notices.clone(),
            sessions: Arc::default(),
            log: log.clone(),
            started: wall_clock(),
        };
        let router = Self {
            applier,
            store,
            running,
            asks,
            events,
            notices,
            facts: Facts::default(),
            inherited: Inherited::default(),
            silent: BTreeSet::new(),
            ages: Ages::default(),
            confirm: Confirm::default(),
            log,
            guard_time: guard::TIME,
            links_changed: false,
            repair_at: None,
            patience: SETTLED,
        };
        (router, handle)
    }

    /// Waits this long for the confirmation of a commit that may cut off a login, instead of two
    /// minutes.
    pub fn set_guard_time(&mut self, time: Duration) {
        self.guard_time = time;
    }

    /// Tells what the machine can, which no worker finds out. Comes before [`Router::boot`].
    pub fn know_flowtables(&mut self, known: bool) {
        self.facts.flowtables = known;
    }

    /// Serves questions and events until nobody can ask any more.
    pub async fn run(mut self) -> Self {
        loop {
            self.note_degraded();
            let inherited = self.inherited.poll_timeout();
            let deadline = self.confirm.poll_timeout().map(Instant::from_std);
            tokio::select! {
                ask = self.asks.recv() => match ask {
                    Some(ask) => self.answer(ask).await,
                    None => return self,
                },
                Some(event) = self.events.recv() => self.take_note(event).await,
                () = until(deadline) => self.revert().await,
                () = until(self.repair_at) => self.look_again().await,
                () = until(inherited) => self.disinherit().await,
            }
        }
    }

    /// Says that Linux is between two configurations, or is no more, and tries to lead it out.
    fn note_degraded(&mut self) {
        let degraded = self.applier.is_degraded();
        if degraded {
            self.repair_at = self.repair_at.or_else(|| Some(now() + TROUBLED));
        }
        if degraded != self.running().degraded {
            self.set(|running| running.degraded = degraded);
            let text = match degraded {
                true => "an undo failed: Linux is between two configurations (see show boot)",
                false => "Linux is as the running configuration says again",
            };
            self.tell_others(None, text.to_owned());
        }
    }

    /// Whoever asked and does not wait any more has lost interest: that is no failure.
    async fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Check(wish, reply) => drop(reply.send(self.check(&wish).await)),
            Ask::Explain(question, wish, reply) => drop(reply.send(self.explain(&question, &wish))),
            Ask::Outlook(wish, plan, reply) => drop(reply.send(self.outlook(&wish, &plan).await)),
            Ask::Commit(wish, reply) => drop(reply.send(self.commit(wish).await)),
            Ask::Save(who, reply) => drop(reply.send(self.save(&who))),
            Ask::Earlier(back, reply) => drop(reply.send(self.store.earlier(back))),
            Ask::Records(reply) => drop(reply.send(self.store.records())),
            Ask::Startup(reply) => drop(reply.send(self.store.startup_text())),
            Ask::Saved(reply) => drop(reply.send(self.store.saved())),
            Ask::SavedText(number, reply) => drop(reply.send(self.store.saved_text(number))),
            Ask::Rearrange(change, reply) => drop(reply.send(self.rearrange(&change))),
            Ask::Snapshot(reply) => drop(reply.send(self.snapshot().await)),
            Ask::Filters(reply) => drop(reply.send(self.filters().await)),
            Ask::Drift(reply) => drop(reply.send(self.applier.drift().await)),
            Ask::Translations(reply) => drop(reply.send(self.translations().await)),
            Ask::LogPacket(packet) => self.log_packet(&packet),
            Ask::Forget(which, reply) => drop(reply.send(self.forget(&which).await)),
        }
    }

    async fn take_note(&mut self, event: Event) {
        match event {
            Event::Fact(update) => {
                self.learn(update);
                self.follow_or_retry().await;
            }
            Event::Carrier { link, is_silent: true } => drop(self.facts.silent.insert(link)),
            Event::Carrier { link, is_silent: false } => drop(self.facts.silent.remove(&link)),
            Event::Links => {
                self.links_changed = true;
                self.repair_at = self.repair_at.or_else(|| Some(now() + self.patience));
            }
        }
        // A link that comes up says so in two steps: only where it stands in the end counts.
        if self.events.is_empty() && self.facts.silent != self.silent {
            self.silent = self.facts.silent.clone();
            if !self.follow().await {
                self.repair_at = Some(now() + TROUBLED);
            }
        }
    }

    /// Which links have no carrier, before anybody tells of changes.
    async fn look_at_carriers(&mut self) {
        let Ok(observed) = self.applier.observe().await else { return };
        let silent = observed.links.into_iter().filter(|(_, link)| link.up && !link.carrier);
        self.facts.silent = silent.map(|(name, _)| name).collect();
        self.silent = self.facts.silent.clone();
    }

    async fn follow_or_retry(&mut self) {
        if !self.follow().await {
            self.repair_at = Some(now() + TROUBLED);
        }
    }

    fn learn(&mut self, update: FactUpdate) {
        match update {
            FactUpdate::Lease { interface, lease } => self.lent(interface, lease),
            FactUpdate::Monitor { number, failed: true } => {
                self.facts.failed.insert(number);
            }
            FactUpdate::Monitor { number, failed: false } => {
                self.facts.failed.remove(&number);
            }
        }
    }

    /// Links change in bursts, and a repair that fails changes them itself: so both wait. What
    /// Linux refused of new facts is asked for again until it takes it.
    async fn look_again(&mut self) {
        self.repair_at = None;
        if std::mem::take(&mut self.links_changed) {
            self.patience = if self.repair().await { SETTLED } else { TROUBLED };
        } else if !self.follow().await {
            self.repair_at = Some(now() + TROUBLED);
        }
    }

    fn save(&mut self, who: &str) -> Result<(), StoreError> {
        let running = self.running();
        self.store.save(&running.tree, running.dialect, !running.refused.is_empty())?;
        self.set(|running| {
            running.saved = true;
            running.refused.clear();
        });
        tracing::info!(number = 3, user = who, "Startup config write done");
        Ok(())
    }

    fn rearrange(&mut self, change: &Rearrange) -> Result<(), StoreError> {
        let running = self.running();
        self.store.rearrange(change, &running.tree, running.dialect)?;
        // Another one may be the startup configuration now, or the same one say something else.
        let startup = self.store.startup_text()?;
        let saved = reader::read(&startup, Some(running.dialect)).tree == running.tree;
        self.set(|running| running.saved = saved);
        Ok(())
    }

    async fn snapshot(&mut self) -> Result<Snapshot, KernelError> {
        let observed = self.applier.observe().await?;
        let sights = self.applier.kernel().sights().await?;
        let running = self.running();
        let (state, facts) = (self.applier.state(), &self.facts);
        let sources = Sources { model: &running.model, state, facts, observed: &observed, sights: &sights };
        Ok(sources.snapshot(&mut self.ages, wall_clock()))
    }

    /// All translations with their flows.
    async fn translations(&mut self) -> Result<Vec<Translated>, KernelError> {
        let mut all = translation::all(&self.running().model, &self.facts);
        self.applier.flows(&mut |flow| translation::take(&mut all, flow)).await?;
        Ok(all)
    }

    /// Forgets the flows of these translations, some at a time.
    async fn forget(&mut self, which: &[(InterfaceName, usize)]) -> Result<(), KernelError> {
        loop {
            let mut flows = Vec::new();
            let mut is_all = true;
            for translated in self.translations().await? {
                if which.contains(&(translated.interface, translated.index)) {
                    is_all &= translated.count == translated.flows.len();
                    flows.extend(translated.flows.into_iter().map(|seen| seen.flow));
                }
            }
            self.applier.forget(&flows).await?;
            if is_all {
                return Ok(());
            }
        }
    }

    /// A clean stop: workers say goodbye, and what peers gave us is given back; all else stays in
    /// force. The next start begins with the startup configuration.
    pub async fn stop(mut self) {
        let Resolved { mut state, .. } = resolve(&self.running().model, &self.facts.without_peers());
        state.workers.clear();
        if let Err(error) = self.applier.commit(state).await {
            tracing::warn!(%error, "a worker did not stop");
        }
        if let Err(error) = self.store.forget_running() {
            tracing::warn!(%error, "cannot tidy up");
        }
    }

    fn running(&self) -> Arc<Running> {
        Arc::clone(&self.running.borrow())
    }

    /// Changes what sessions see of the running configuration, but not the configuration.
    fn set(&self, change: impl FnOnce(&mut Running)) {
        self.running.send_modify(|running| change(Arc::make_mut(running)));
    }

    fn tell_others(&self, from: Option<SessionId>, text: String) {
        // Nobody listening is no failure.
        let _ = self.notices.send(Notice { from, text });
    }
}

/// Facts from workers, as events.
pub async fn forward_facts(mut facts: UnboundedReceiver<FactUpdate>, events: UnboundedSender<Event>) {
    while let Some(update) = facts.recv().await {
        if events.send(Event::Fact(update)).is_err() {
            return;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a commit waits for its confirmation by the real clock")]
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "a commit is confirmed within minutes of the real clock")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "history and screens say when something happened")]
pub(super) fn wall_clock() -> Timestamp {
    SystemTime::now().into()
}
