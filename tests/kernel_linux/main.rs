//! The edge to Linux, on Linux: each operation done, undone and refused in a namespace of its own.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

#[path = "../support/namespace.rs"]
mod namespace;
#[path = "../support/refusing.rs"]
mod refusing;

mod commit;
mod conntrack;
mod fake;
mod firewall;
mod links;
mod lookups;
mod packets;
mod routes;
mod rules;
mod translations;
#[expect(clippy::disallowed_methods, reason = "real packets arrive by the real clock")]
mod walk;

use tokio::runtime::{Builder, Runtime};
use tsuji::apply::kernel::linux::LinuxKernel;
use tsuji::apply::kernel::{Kernel, Observed};
use tsuji::apply::op::Op;
use tsuji::apply::state::{Address, MAIN_TABLE, RouteKey, RouteTarget};
use tsuji::types::KernelName;

/// The kernel, driven from a test that is not asynchronous.
struct Linux {
    kernel: LinuxKernel,
    runtime: Runtime,
}

/// An index of an operation, and what the kernel said.
type At = (usize, String);

impl Linux {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { kernel: LinuxKernel::new().unwrap(), runtime }
    }

    fn apply(&mut self, op: &Op) -> Result<(), String> {
        self.runtime.block_on(self.kernel.apply(op)).map_err(|error| error.message)
    }

    /// Does what must succeed.
    fn must(&mut self, op: &Op) {
        self.apply(op).unwrap_or_else(|error| panic!("{op}: {error}"));
    }

    fn prepare(&mut self, ops: &[&Op]) -> Result<(), At> {
        self.runtime.block_on(self.kernel.prepare(ops)).map_err(|(index, error)| (index, error.message))
    }

    fn apply_routes(&mut self, ops: &[Op]) -> Result<(), At> {
        let ops: Vec<&Op> = ops.iter().collect();
        self.runtime.block_on(self.kernel.apply_routes(&ops)).map_err(|(index, error)| (index, error.message))
    }

    fn observe(&mut self) -> Observed {
        self.runtime.block_on(self.kernel.observe()).unwrap()
    }

    /// The stock kernels of distributions must be found to have what they have: the run in a
    /// virtual machine says so.
    fn has_flowtables(&mut self) -> bool {
        let has = self.runtime.block_on(self.kernel.has_flowtables());
        assert!(has || std::env::var_os("TSUJI_STOCK_KERNEL").is_none(), "a stock kernel has flowtables");
        has
    }

    fn counter(&mut self, name: &str) -> Option<(u64, u64)> {
        self.runtime.block_on(self.kernel.read_counters()).unwrap().get(name).copied()
    }
}

fn name(text: &str) -> KernelName {
    text.parse().unwrap()
}

fn address(link: &str, network: &str) -> Address {
    Address { link: name(link), network: network.parse().unwrap() }
}

fn key(prefix: &str, priority: u32) -> RouteKey {
    RouteKey { prefix: prefix.parse().unwrap(), priority, table: MAIN_TABLE }
}

fn via(gateway: &str, link: Option<&str>) -> RouteTarget {
    RouteTarget::Via { gateway: gateway.parse().unwrap(), link: link.map(name) }
}

fn set_route(prefix: &str, priority: u32, target: RouteTarget) -> Op {
    Op::SetRoute { key: key(prefix, priority), target }
}

fn delete_route(prefix: &str, priority: u32, target: RouteTarget) -> Op {
    Op::DeleteRoute { key: key(prefix, priority), target }
}
