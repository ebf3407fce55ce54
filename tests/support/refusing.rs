//! A kernel that refuses one operation, over the real one or the fake one.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use tsuji::apply::kernel::{Kernel, KernelError, Observed};
use tsuji::apply::op::Op;

/// What the refused operation meets.
pub const REFUSED: &str = "Refused by the test (os error 1)";

/// Passes all operations on to `inner`, but the one that it is told to refuse.
pub struct Refusing<K> {
    /// The kernel that does the rest.
    pub inner: K,
    left: Option<usize>,
}

impl<K: Kernel> Refusing<K> {
    /// Refuses nothing yet.
    pub fn new(inner: K) -> Self {
        Self { inner, left: None }
    }

    /// Lets this many operations pass, refuses the next, and passes all after it.
    pub fn refuse_after(&mut self, operations: usize) {
        self.left = Some(operations);
    }

    /// Whether the operation to refuse has not come yet.
    pub fn waits(&self) -> bool {
        self.left.is_some()
    }

    /// How many of the next operations pass; `None`: all.
    fn pass(&mut self, operations: usize) -> Option<usize> {
        let left = self.left.take()?;
        if left < operations {
            return Some(left);
        }
        self.left = Some(left - operations);
        None
    }
}

impl<K: Kernel> Kernel for Refusing<K> {
    async fn prepare(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        self.inner.prepare(ops).await
    }

    async fn apply(&mut self, op: &Op) -> Result<(), KernelError> {
        match self.pass(1) {
            None => self.inner.apply(op).await,
            Some(_) => Err(KernelError::new(REFUSED)),
        }
    }

    async fn apply_routes(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        match self.pass(ops.len()) {
            None => self.inner.apply_routes(ops).await,
            Some(passing) => {
                self.inner.apply_routes(&ops[..passing]).await?;
                Err((passing, KernelError::new(REFUSED)))
            }
        }
    }

    async fn observe(&mut self) -> Result<Observed, KernelError> {
        self.inner.observe().await
    }

    fn read_sysctl(&mut self, name: &str) -> Result<String, KernelError> {
        self.inner.read_sysctl(name)
    }
}
