//! The machine under the benchmark: which core does what, and who else uses it.

use std::fmt;
use std::fs;
use std::time::Instant;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::{Pid, SysconfVar, sysconf};

/// The core of each part. With fewer than four, parts share.
pub struct Cores {
    count: usize,
    /// The softirqs of the routers.
    pub router: usize,
    /// Everything of the host `lan`.
    pub lan: usize,
    /// Everything of the host `wan`.
    pub wan: usize,
}

impl Cores {
    pub fn new() -> Self {
        let count = std::thread::available_parallelism().unwrap().get();
        Self { count, router: 1 % count, lan: 2 % count, wan: 3 % count }
    }

    /// Keeps the calling thread on a core.
    pub fn pin(core: usize) {
        let mut set = CpuSet::new();
        set.set(core).unwrap();
        sched_setaffinity(Pid::from_raw(0), &set).unwrap();
    }

    /// A core as the mask that `/sys` takes.
    pub fn mask(core: usize) -> String {
        format!("{:x}", 1u64 << core)
    }
}

impl fmt::Display for Cores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, router, lan, wan } = self;
        write!(f, "{count} cores: routers on {router}, lan on {lan}, wan on {wan}")
    }
}

/// What others did on the machine while we measured.
#[derive(Default)]
pub struct Strangers {
    /// The part of one core that they used, round by round.
    shares: Vec<f64>,
}

impl Strangers {
    /// More than this part of a core is too much.
    const TOLERATED: f64 = 0.10;

    /// Looks on while `work` runs. All user time of the machine that is not ours is theirs.
    pub fn look(&mut self, work: impl FnOnce()) {
        let (began, ours, all) = (Instant::now(), own_user_time(), user_time());
        work();
        let theirs = (user_time() - all) - (own_user_time() - ours);
        self.shares.push(theirs.max(0.0) / began.elapsed().as_secs_f64());
    }

    /// What is wrong with the run, if they did too much.
    pub fn complaint(&self) -> Option<String> {
        let worst = self.shares.iter().copied().fold(0.0, f64::max);
        (worst > Self::TOLERATED).then(|| format!("strangers used {:.0} % of a core", worst * 100.0))
    }
}

/// CPU seconds of the whole machine that some work cost, softirqs included.
pub fn cost<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = busy_time();
    let result = work();
    (result, busy_time() - before)
}

/// User time of this process and of those that it waited for, in seconds (`proc_pid_stat(5)`).
fn own_user_time() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, columns) = text.rsplit_once(')').unwrap();
    let column = |number: usize| columns.split_whitespace().nth(number - 3).unwrap().parse::<f64>().unwrap();
    (column(14) + column(16)) / ticks()
}

fn user_time() -> f64 {
    let [user, nice, ..] = times();
    user + nice
}

fn busy_time() -> f64 {
    let [user, nice, system, _idle, _iowait, interrupt, soft_interrupt] = times();
    user + nice + system + interrupt + soft_interrupt
}

/// The first columns of the line `cpu` of `/proc/stat`, in seconds.
fn times() -> [f64; 7] {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let mut columns = text.lines().next().unwrap().split_whitespace().skip(1);
    std::array::from_fn(|_| columns.next().unwrap().parse::<f64>().unwrap() / ticks())
}

/// The clock ticks of a second.
fn ticks() -> f64 {
    sysconf(SysconfVar::CLK_TCK).unwrap().unwrap() as f64
}
