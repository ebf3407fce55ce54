//! Starts workers, stops them, and starts them again when they fail.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::dhcp_client::{self, DhcpLink, DhcpOwner};
use super::recorder::Recorder;
use super::{Snapshots, clock};
use crate::apply::kernel::KernelError;
use crate::apply::workers::{WorkerId, WorkerSpec, Workers};
use crate::net::engine::dhcp4::Command;
use crate::net::engine::{Backoff, SystemEntropy};
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

/// What a worker learned. It replaces what was known of the interface before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactUpdate {
    /// The interface that the fact is about.
    pub interface: InterfaceName,
    /// What a DHCP server lent; `None` when there is nothing any more.
    pub lease: Option<Lease>,
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
    commands: UnboundedSender<Command>,
    task: JoinHandle<()>,
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
}

impl Workers for Supervisor {
    async fn start(&mut self, id: WorkerId, spec: &WorkerSpec) -> Result<(), KernelError> {
        self.stop(id).await?;
        let WorkerId::DhcpClient(interface) = id;
        let WorkerSpec::DhcpClient { link } = spec;
        let opened = DhcpLink::open(link).map_err(|error| KernelError::new(format!("{link}: {error}")))?;
        let (commands, receiver) = mpsc::unbounded_channel();
        self.snapshots.insert(interface, link.clone());
        let supervised = Supervised {
            id,
            link: link.clone(),
            owner: DhcpOwner::new(interface, self.facts.clone(), self.snapshots.clone()),
            snapshots: self.snapshots.clone(),
            recording: self.recordings.as_ref().map(|directory| directory.join(format!("{link}.jsonl"))),
        };
        let task = tokio::spawn(supervised.run(opened, receiver));
        self.running.insert(id, Running { commands, task });
        Ok(())
    }

    async fn stop(&mut self, id: WorkerId) -> Result<(), KernelError> {
        let WorkerId::DhcpClient(interface) = id;
        let Some(Running { commands, mut task }) = self.running.remove(&id) else { return Ok(()) };
        let _ended = commands.send(Command::Stop);
        drop(commands);
        match timeout(GOODBYE, &mut task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(worker = %id, %error, "ended by itself");
                let _ended = self.facts.send(FactUpdate { interface, lease: None });
            }
            Err(_) => {
                tracing::warn!(worker = %id, "did not stop in time");
                task.abort();
                let _ended = self.facts.send(FactUpdate { interface, lease: None });
            }
        }
        self.snapshots.remove(interface);
        Ok(())
    }
}

/// One worker and what starts it again.
struct Supervised {
    id: WorkerId,
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
                    dhcp_client::run(link, &mut self.owner, &mut commands, recorder).await
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
        let WorkerId::DhcpClient(interface) = self.id;
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
