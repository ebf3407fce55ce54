//! A kernel in memory, for tests: it behaves like Linux where a plan could notice, and can be
//! told to refuse an operation, or to let the process die at one.
//!
//! A [`FakeKernel`] is a handle; its clones speak of one kernel, so a test can drop an applier
//! in the middle of a commit and look at what it left behind.

mod linux;

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, pending};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Kernel, KernelError, Observed, Part};
use crate::apply::op::Op;
use crate::apply::workers::{WorkerId, WorkerSpec, Workers};
use crate::status::login::{Connection, Login};
use crate::status::{Flow, Sights};
use crate::types::KernelName;

pub use linux::FakeLinux;

/// A handle to a kernel in memory.
#[derive(Clone, Default)]
pub struct FakeKernel(Arc<Mutex<Inner>>);

/// The workers of a fake kernel: they only remember that they run.
#[derive(Clone)]
pub struct FakeWorkers(Arc<Mutex<Inner>>);

/// A moment at which the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// Before the operation of this number (from 0) is done.
    Before(usize),
    /// After it is done, before anyone hears of it.
    After(usize),
}

#[derive(Default)]
struct Inner {
    linux: FakeLinux,
    workers: BTreeMap<WorkerId, WorkerSpec>,
    /// What was done or refused, in the words of `ip` and `nft`.
    log: Vec<String>,
    refused: BTreeMap<usize, String>,
    refused_text: Option<(String, String)>,
    ignored: Option<String>,
    crash: Option<Crash>,
    done: usize,
    logins: Vec<Login>,
}

impl FakeKernel {
    /// A kernel with these devices, all down and without addresses.
    pub fn with_devices<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let fake = Self::default();
        for name in names {
            if let Ok(name) = name.parse() {
                fake.lock().linux.plug(name);
            }
        }
        fake
    }

    /// The workers that belong to it; their starts and stops count as operations.
    pub fn workers(&self) -> FakeWorkers {
        FakeWorkers(Arc::clone(&self.0))
    }

    /// Refuses the operation of this number, counted from 0 and from now on.
    pub fn refuse_nth(&self, number: usize, message: &str) {
        let mut inner = self.lock();
        let number = inner.done + number;
        inner.refused.insert(number, message.to_owned());
    }

    /// Refuses every operation whose text contains `part`, until [`FakeKernel::obey`].
    pub fn refuse(&self, part: &str, message: &str) {
        self.lock().refused_text = Some((part.to_owned(), message.to_owned()));
    }

    /// Answers well to every operation whose text contains `part`, and does nothing, until
    /// [`FakeKernel::obey`].
    pub fn ignore(&self, part: &str) {
        self.lock().ignored = Some(part.to_owned());
    }

    /// Lets the process die at an operation, counted from now on: the future never wakes again,
    /// and a test drops it.
    pub fn crash(&self, at: Crash) {
        let mut inner = self.lock();
        inner.crash = Some(match at {
            Crash::Before(number) => Crash::Before(inner.done + number),
            Crash::After(number) => Crash::After(inner.done + number),
        });
    }

    /// Neither refuses, ignores nor crashes any more.
    pub fn obey(&self) {
        let mut inner = self.lock();
        inner.refused.clear();
        inner.refused_text = None;
        inner.ignored = None;
        inner.crash = None;
    }

    /// The process is gone, and its workers with it. What was asked of the kernel is forgotten.
    pub fn die(&self) {
        self.obey();
        self.lock().workers.clear();
    }

    /// From now on these are logged in over the network.
    pub fn log_in(&self, logins: Vec<Login>) {
        self.lock().logins = logins;
    }

    /// What was asked so far, in the words of `ip` and `nft`.
    pub fn log(&self) -> Vec<String> {
        self.lock().log.clone()
    }

    /// A copy of all that the kernel has, to be compared with a later one.
    pub fn linux(&self) -> FakeLinux {
        self.lock().linux.clone()
    }

    /// The workers that run.
    pub fn running(&self) -> BTreeMap<WorkerId, WorkerSpec> {
        self.lock().workers.clone()
    }

    /// Does something behind the applier's back.
    pub fn meddle(&self, change: impl FnOnce(&mut FakeLinux)) {
        change(&mut self.lock().linux);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.0)
    }
}

impl Kernel for FakeKernel {
    fn prepare(&mut self, ops: &[&Op]) -> impl Future<Output = Result<(), (usize, KernelError)>> + Send {
        let inner = self.lock();
        let mut links: BTreeSet<&KernelName> = inner.linux.links().collect();
        let mut answer = Ok(());
        for (number, op) in ops.iter().enumerate() {
            if let Op::AddBridge(name) | Op::AddVlan { link: name, .. } = op {
                links.insert(name);
            }
            if let Some(missing) = named_link(op).filter(|link| !links.contains(link)) {
                answer = Err((number, KernelError::new(format!("Cannot find device \"{missing}\""))));
                break;
            }
        }
        async { answer }
    }

    async fn apply(&mut self, op: &Op) -> Result<(), KernelError> {
        operate(&self.0, &op.to_string(), |inner| inner.linux.apply(op)).await
    }

    async fn apply_routes(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        for (number, op) in ops.iter().enumerate() {
            self.apply(op).await.map_err(|error| (number, error))?;
        }
        Ok(())
    }

    fn observe(&mut self) -> impl Future<Output = Result<Observed, KernelError>> + Send {
        let observed = self.lock().linux.observe();
        async { Ok(observed) }
    }

    fn observe_part(&mut self, part: &Part) -> impl Future<Output = Result<Observed, KernelError>> + Send {
        let mut observed = self.lock().linux.observe();
        observed.routes.retain(|key, _| part.routes.contains(key));
        observed.firewall = observed.firewall.filter(|_| part.firewall);
        async { Ok(observed) }
    }

    async fn sights(&mut self) -> Result<Sights, KernelError> {
        Ok(Sights::default())
    }

    fn read_sysctl(&mut self, name: &str) -> Result<String, KernelError> {
        self.lock().linux.read_sysctl(name)
    }

    fn flows(
        &mut self,
        visit: &mut (dyn FnMut(Flow) + Send),
    ) -> impl Future<Output = Result<(), KernelError>> + Send {
        let flows = self.lock().linux.flows.clone();
        flows.into_iter().for_each(visit);
        async { Ok(()) }
    }

    fn forget(&mut self, flows: &[Flow]) -> impl Future<Output = Result<(), KernelError>> + Send {
        self.lock().linux.flows.retain(|flow| !flows.iter().any(|other| other.original == flow.original));
        async { Ok(()) }
    }

    fn logins(&mut self, _own: Option<Connection>) -> Vec<Login> {
        self.lock().logins.clone()
    }
}

impl Workers for FakeWorkers {
    async fn start(&mut self, id: WorkerId, spec: &WorkerSpec) -> Result<(), KernelError> {
        let text = Op::StartWorker(id, spec.clone()).to_string();
        operate(&self.0, &text, |inner| {
            inner.workers.insert(id, spec.clone());
            Ok(())
        })
        .await
    }

    async fn stop(&mut self, id: WorkerId) -> Result<(), KernelError> {
        operate(&self.0, &Op::StopWorker(id).to_string(), |inner| {
            inner.workers.remove(&id);
            Ok(())
        })
        .await
    }
}

/// One operation: counted, logged, perhaps refused, perhaps the last thing that the process does.
async fn operate(
    inner: &Mutex<Inner>,
    text: &str,
    act: impl FnOnce(&mut Inner) -> Result<(), KernelError>,
) -> Result<(), KernelError> {
    let (answer, dies) = {
        let mut inner = lock(inner);
        let number = inner.done;
        inner.done += 1;
        inner.log.push(text.lines().next().unwrap_or_default().to_owned());
        let refused = inner.refused.get(&number).cloned().or_else(|| {
            inner.refused_text.as_ref().filter(|(part, _)| text.contains(part)).map(|(_, it)| it.clone())
        });
        let answer = match refused {
            Some(message) => Err(KernelError::new(message)),
            None if inner.crash == Some(Crash::Before(number)) => Ok(()),
            None if inner.ignored.as_ref().is_some_and(|part| text.contains(part)) => Ok(()),
            None => act(&mut inner),
        };
        let crash = inner.crash;
        (answer, crash == Some(Crash::Before(number)) || crash == Some(Crash::After(number)))
    };
    if dies {
        pending::<()>().await;
    }
    answer
}

/// The link that must be there for an operation.
fn named_link(op: &Op) -> Option<&KernelName> {
    match op {
        Op::SetBridge { link, .. }
        | Op::SetAlias { link, .. }
        | Op::SetUp { link, .. }
        | Op::SetMtu { link, .. }
        | Op::SetMac { link, .. }
        | Op::AddVlan { parent: link, .. } => Some(link),
        Op::SetNeighbour { neighbour, .. } | Op::AddProxy(neighbour) => Some(&neighbour.link),
        Op::AddAddress(address) | Op::DeleteAddress(address) => Some(&address.link),
        Op::AddBridge(_)
        | Op::DeleteBridge(_)
        | Op::DeleteVlan { .. }
        | Op::DeleteNeighbour(_)
        | Op::DeleteProxy(_)
        | Op::SetRoute { .. }
        | Op::DeleteRoute { .. }
        | Op::AddRule(_)
        | Op::DeleteRule(_)
        | Op::SetSysctl { .. }
        | Op::SetFirewall(_)
        | Op::StartWorker(..)
        | Op::StopWorker(_) => None,
    }
}

/// A test that panicked while it held the lock has failed already.
fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}
