//! Starts workers, stops them, and starts them again when they fail.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::dhcp_client::{self, DhcpLink, DhcpOwner};
use super::fault::caught;
use super::recorder::Recorder;
use super::{Snapshots, clock, monitor};
use crate::apply::kernel::KernelError;
use crate::apply::workers::{MonitorSpec, WorkerId, WorkerSpec, Workers};
use crate::net::engine::dhcp4::Command;
use crate::net::engine::{Backoff, SystemEntropy, probe};
use crate::status::Lease;
use crate::status::dhcp::DhcpState;
use crate::types::{InterfaceName, KernelName};

/// How long a worker may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// The pauses before a failed worker is started again. Most failures are a link that is down.
const RESTART: Backoff =
    Backoff::new(Duration::from_secs(1), Duration::from_secs(16), Duration::from_millis(200));

/// A worker that ran for this long was well: what fails it is something new.
const WELL: Duration = Duration::from_secs(60);

/// What a worker learned. It replaces what was known of the same thing before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactUpdate {
    /// What a DHCP server lent.
    Lease {
        /// The interface that it is for.
        interface: InterfaceName,
        /// `None` when there is nothing any more.
        lease: Option<Lease>,
    },
    /// Whether what a monitor watches has failed.
    Monitor {
        /// Its number.
        number: u32,
        /// It has.
        failed: bool,
    },
}

/// All workers of one router.
///
/// Start it inside a tokio runtime: every worker is a task of its own. Packet sockets are opened
/// in the network namespace of the thread that calls; all threads of the runtime must be in it.
#[derive(Debug)]
pub struct Supervisor {
    facts: UnboundedSender<FactUpdate>,
    snapshots: Snapshots,
    recordings: Option<PathBuf>,
    running: BTreeMap<WorkerId, Running>,
}

#[derive(Debug)]
struct Running {
    commands: Commands,
    task: JoinHandle<()>,
}

/// The way to a worker, by what it understands.
#[derive(Debug)]
enum Commands {
    Dhcp(UnboundedSender<Command>),
    Monitor(UnboundedSender<probe::Command>),
}

impl Supervisor {
    /// Facts go to `facts`. It has no bound, because the task that reads it may be waiting for a
    /// worker to stop at that moment; facts are few.
    pub fn new(facts: UnboundedSender<FactUpdate>) -> Self {
        Self { facts, snapshots: Snapshots::default(), recordings: None, running: BTreeMap::new() }
    }

    /// Has every worker that starts from now on recorded, in files of this directory.
    pub fn record_to(&mut self, directory: PathBuf) {
        self.recordings = Some(directory);
    }

    /// A view of what the workers do, which stays valid and current.
    pub fn snapshots(&self) -> Snapshots {
        self.snapshots.clone()
    }

    fn start_dhcp(
        &self,
        id: WorkerId,
        interface: InterfaceName,
        link: &KernelName,
    ) -> Result<Running, KernelError> {
        let opened = DhcpLink::open(link).map_err(|error| KernelError::new(format!("{link}: {error}")))?;
        let (commands, receiver) = mpsc::unbounded_channel();
        self.snapshots.insert(interface, link.clone());
        let supervised = Supervised {
            id,
            interface,
            link: link.clone(),
            owner: DhcpOwner::new(interface, self.facts.clone(), self.snapshots.clone()),
            snapshots: self.snapshots.clone(),
            recording: self.recordings.as_ref().map(|directory| directory.join(format!("{link}.jsonl"))),
        };
        let task = tokio::spawn(supervised.run(opened, receiver));
        Ok(Running { commands: Commands::Dhcp(commands), task })
    }

    fn start_monitor(&self, number: u32, spec: &MonitorSpec) -> Running {
        let (commands, receiver) = mpsc::unbounded_channel();
        let (facts, snapshots) = (self.facts.clone(), self.snapshots.clone());
        let task = tokio::spawn(monitor::run(number, spec.clone(), facts, snapshots, receiver));
        Running { commands: Commands::Monitor(commands), task }
    }

    /// A worker could not say itself that what it learned holds no more.
    fn forget(&self, id: WorkerId) {
        let _ended = self.facts.send(match id {
            WorkerId::DhcpClient(interface) => FactUpdate::Lease { interface, lease: None },
            WorkerId::Monitor(number) => FactUpdate::Monitor { number, failed: false },
        });
    }
}

impl Commands {
    /// Asks the worker to end; it ends too when nobody can ask it any more.
    fn stop(self) {
        let _ended = match self {
            Self::Dhcp(commands) => commands.send(Command::Stop).is_ok(),
            Self::Monitor(commands) => commands.send(probe::Command::Stop).is_ok(),
        };
    }
}

impl Workers for Supervisor {
    async fn start(&mut self, id: WorkerId, spec: &WorkerSpec) -> Result<(), KernelError> {
        self.stop(id).await?;
        let running = match (id, spec) {
            (WorkerId::DhcpClient(interface), WorkerSpec::DhcpClient { link }) => {
                self.start_dhcp(id, interface, link)?
            }
            (WorkerId::Monitor(number), WorkerSpec::Monitor(spec)) => self.start_monitor(number, spec),
            (WorkerId::DhcpClient(_), WorkerSpec::Monitor(_))
            | (WorkerId::Monitor(_), WorkerSpec::DhcpClient { .. }) => {
                return Err(KernelError::new(format!("{id} cannot work {spec}")));
            }
        };
        self.running.insert(id, running);
        Ok(())
    }

    async fn stop(&mut self, id: WorkerId) -> Result<(), KernelError> {
        let Some(Running { commands, mut task }) = self.running.remove(&id) else { return Ok(()) };
        commands.stop();
        match timeout(GOODBYE, &mut task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(worker = %id, %error, "ended by itself");
                self.forget(id);
            }
            Err(_) => {
                tracing::warn!(worker = %id, "did not stop in time");
                task.abort();
                self.forget(id);
            }
        }
        match id {
            WorkerId::DhcpClient(interface) => self.snapshots.remove(interface),
            WorkerId::Monitor(number) => self.snapshots.remove_monitor(number),
        }
        Ok(())
    }
}

/// One worker and what starts it again.
struct Supervised {
    id: WorkerId,
    interface: InterfaceName,
    link: KernelName,
    owner: DhcpOwner,
    snapshots: Snapshots,
    recording: Option<PathBuf>,
}

impl Supervised {
    /// Runs the worker until it is stopped.
    async fn run(mut self, opened: DhcpLink, mut commands: UnboundedReceiver<Command>) {
        let mut opened = Some(opened);
        let mut pauses = RESTART;
        loop {
            let begun = clock::now();
            let outcome = match opened.take().map_or_else(|| DhcpLink::open(&self.link), Ok) {
                Ok(link) => {
                    let recorder = self.recorder();
                    caught(dhcp_client::run(link, &mut self.owner, &mut commands, recorder)).await
                }
                Err(error) => Err(error),
            };
            let Err(error) = outcome else { break };
            if clock::now().saturating_duration_since(begun) > WELL {
                pauses.reset();
            }
            self.owner.check_expiry();
            let pause = pauses.next_delay(&mut SystemEntropy::new());
            self.failed(&error, pause);
            tokio::select! {
                command = commands.recv() => if matches!(command, None | Some(Command::Stop)) { break },
                () = clock::pause(pause) => {}
            }
        }
        self.owner.forget();
    }

    fn failed(&self, error: &io::Error, pause: Duration) {
        tracing::info!(worker = %self.id, link = %self.link, %error, ?pause, "worker failed");
        let interface = self.interface;
        self.snapshots.update(interface, |status| {
            status.state = DhcpState::Stopped;
            status.restarts += 1;
            status.last_failure = Some(format!("{}: {error}", self.link));
        });
    }

    fn recorder(&self) -> Option<Recorder> {
        let path = self.recording.as_ref()?;
        Recorder::create(path)
            .inspect_err(|error| tracing::warn!(path = %path.display(), %error, "cannot record"))
            .ok()
    }
}
