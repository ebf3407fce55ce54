//! An applier on a fake kernel, with a journal of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use tsuji::apply::kernel::Observed;
use tsuji::apply::kernel::fake::{FakeKernel, FakeLinux, FakeWorkers};
use tsuji::apply::op::Op;
use tsuji::apply::state::{Address, RouteKey, RouteTarget};
use tsuji::apply::workers::{WorkerId, WorkerSpec};
use tsuji::apply::{Applier, CommitError, Plan, Recovery, State};
use tsuji::types::{KernelName, Mac};

pub type TestApplier = Applier<FakeKernel, FakeWorkers>;

/// A router's process: its kernel stays when the process dies.
pub struct Router {
    pub kernel: FakeKernel,
    journal: PathBuf,
}

/// All that can be seen from outside, to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub observed: Observed,
    pub sysctls: Vec<String>,
    pub workers: BTreeMap<WorkerId, WorkerSpec>,
}

/// The devices of every machine here, and one that no configuration names.
pub const DEVICES: [&str; 7] = ["eth0", "eth1", "eth2", "eth3", "eth4", "eth5", "foreign"];

const SYSCTLS: [&str; 3] =
    ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.all.promote_secondaries"];

impl Router {
    pub fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let journal = std::env::temp_dir().join(format!("tsuji-journal-{}-{number}", std::process::id()));
        let kernel = FakeKernel::with_devices(DEVICES);
        kernel.meddle(|linux| {
            let link: KernelName = "foreign".parse().unwrap();
            linux.apply(&Op::SetUp { link: link.clone(), up: true }).unwrap();
            for (number, device) in (0..).zip(DEVICES) {
                let (link, mac) = (device.parse().unwrap(), Mac([2, 0, 0, 0, 1, number]));
                linux.apply(&Op::SetMac { link, mac }).unwrap();
            }
            let network = "198.51.100.1/24".parse().unwrap();
            linux.add_foreign_address(Address { link: link.clone(), network });
            let key = RouteKey { prefix: "198.18.0.0/15".parse().unwrap(), priority: 100, table: 254 };
            linux.add_foreign_route(key, RouteTarget::Link(link));
        });
        Self { kernel, journal }
    }

    /// The same machine after a reboot: the disk is as it was, the kernel is another.
    pub fn with_journal_of(other: &Self) -> Self {
        let router = Self::new();
        std::fs::copy(&other.journal, &router.journal).unwrap();
        router.kernel.meddle(FakeLinux::reboot);
        router
    }

    pub fn journal(&self) -> &Path {
        &self.journal
    }

    /// Starts the process.
    pub fn start(&self) -> (TestApplier, Recovery) {
        let start = Applier::start(self.kernel.clone(), self.kernel.workers(), self.journal.clone());
        start.now_or_never().expect("the fake kernel answers at once").unwrap()
    }

    /// Starts the process and commits a first state.
    pub fn running(&self, state: &State) -> TestApplier {
        let (mut applier, recovery) = self.start();
        assert_eq!(recovery, Recovery::default());
        commit(&mut applier, state).unwrap();
        applier
    }

    pub fn seen(&self) -> Seen {
        let linux = self.kernel.linux();
        Seen {
            observed: linux.observe(),
            sysctls: SYSCTLS.iter().map(|name| linux.read_sysctl(name).unwrap()).collect(),
            workers: self.kernel.running(),
        }
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.journal);
    }
}

/// A commit that lives to its end.
pub fn commit(applier: &mut TestApplier, state: &State) -> Result<Plan, CommitError> {
    commit_or_die(applier, state).expect("no crash was asked for")
}

/// A commit; `None` if the process died in it.
pub fn commit_or_die(applier: &mut TestApplier, state: &State) -> Option<Result<Plan, CommitError>> {
    applier.commit(state.clone()).now_or_never()
}

/// The same cases in every run; `PROPTEST_CASES` asks for more of them.
pub fn proptest_config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(116), ..ProptestConfig::default() }
}
