//! A kernel that fails at one operation, over the real one or the fake one.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::future::pending;
use std::sync::Arc;

use tokio::sync::Notify;
use tsuji::apply::kernel::{Kernel, KernelError, Observed, Part};
use tsuji::apply::op::Op;
use tsuji::status::login::{Connection, Login};
use tsuji::status::{Flow, Sights};

/// What a refused operation meets.
pub const REFUSED: &str = "Refused by the test (os error 1)";

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is refused.
    Refused,
    /// The process dies before it is done: the future never ends, and a test drops it.
    DeathBefore,
    /// The process dies after it is done, before anyone hears of it.
    DeathAfter,
}

/// Passes all operations on to `inner`, but the one that shall fail.
pub struct Refusing<K> {
    /// The kernel that does the rest.
    pub inner: K,
    /// Told when the process dies.
    pub died: Arc<Notify>,
    plan: Option<(usize, Failure)>,
}

impl<K: Kernel> Refusing<K> {
    /// Fails nowhere yet.
    pub fn new(inner: K) -> Self {
        Self { inner, died: Arc::default(), plan: None }
    }

    /// Lets this many operations pass, fails at the next, and passes all after it.
    pub fn fail_after(&mut self, operations: usize, failure: Failure) {
        self.plan = Some((operations, failure));
    }

    /// Fails nowhere any more. Answers whether the failure was still to come.
    pub fn obey(&mut self) -> bool {
        self.plan.take().is_some()
    }

    /// Where among the next operations the failure is, and which.
    fn due(&mut self, operations: usize) -> Option<(usize, Failure)> {
        let (left, failure) = self.plan.take()?;
        if left < operations {
            return Some((left, failure));
        }
        self.plan = Some((left - operations, failure));
        None
    }

    async fn die<T>(&self) -> T {
        self.died.notify_one();
        pending().await
    }
}

impl<K: Kernel> Kernel for Refusing<K>
where
    Self: Sync,
{
    async fn prepare(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        self.inner.prepare(ops).await
    }

    async fn apply(&mut self, op: &Op) -> Result<(), KernelError> {
        match self.due(1) {
            None => self.inner.apply(op).await,
            Some((_, Failure::Refused)) => Err(KernelError::new(REFUSED)),
            Some((_, Failure::DeathBefore)) => self.die().await,
            Some((_, Failure::DeathAfter)) => {
                self.inner.apply(op).await?;
                self.die().await
            }
        }
    }

    async fn apply_routes(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        let Some((passing, failure)) = self.due(ops.len()) else { return self.inner.apply_routes(ops).await };
        let done = if failure == Failure::DeathAfter { passing + 1 } else { passing };
        self.inner.apply_routes(&ops[..done]).await?;
        match failure {
            Failure::Refused => Err((passing, KernelError::new(REFUSED))),
            Failure::DeathBefore | Failure::DeathAfter => self.die().await,
        }
    }

    async fn observe(&mut self) -> Result<Observed, KernelError> {
        self.inner.observe().await
    }

    async fn observe_part(&mut self, part: &Part) -> Result<Observed, KernelError> {
        self.inner.observe_part(part).await
    }

    async fn sights(&mut self) -> Result<Sights, KernelError> {
        self.inner.sights().await
    }

    fn read_sysctl(&mut self, name: &str) -> Result<String, KernelError> {
        self.inner.read_sysctl(name)
    }

    async fn flows(&mut self, visit: &mut (dyn FnMut(Flow) + Send)) -> Result<(), KernelError> {
        self.inner.flows(visit).await
    }

    async fn forget(&mut self, flows: &[Flow]) -> Result<(), KernelError> {
        self.inner.forget(flows).await
    }

    fn logins(&mut self, own: Option<Connection>) -> Vec<Login> {
        self.inner.logins(own)
    }
}
