//! How fast commits reach Linux: `cargo bench --bench commit`.
//!
//! In a network namespace of its own: a hundred thousand routes are loaded, one of them changes,
//! ten thousand filter lines are loaded, one of them changes. Two sizes are compared in one run; a
//! commit that changes one thing must cost about the same in both. The exit status is 1 if a gate
//! is missed. Reading is [`reading`](../reading.rs)'s affair and only shown here.

#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

#[expect(dead_code, reason = "the other benchmark reads more")]
mod config;
#[path = "../support/namespace.rs"]
mod namespace;
mod table;

use std::ops::RangeBounds;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use table::{Gate, Table};
use tokio::runtime::{Builder, Runtime};
use tsuji::apply::kernel::Kernel as _;
use tsuji::apply::kernel::fake::{FakeKernel, FakeWorkers};
use tsuji::apply::kernel::linux::LinuxKernel;
use tsuji::apply::op::Op;
use tsuji::apply::{Applier, State, resolve};
use tsuji::language::lower::lower;
use tsuji::language::tree::reader;
use tsuji::model::Model;
use tsuji::status::Facts;
use tsuji::types::Dialect;

const SMALL: usize = 10_000;
const LARGE: usize = 100_000;
const FILTERS: usize = 10_000;
/// How often each is measured.
const ROUNDS: usize = 5;

/// Ten times the routes may take so many times the time.
const RATIO: f64 = 12.0;
/// What a commit that changes one thing may take, beside reading its candidate.
const ONE_CHANGE: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    if let Some(status) = namespace::start_again_inside() {
        return if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    namespace::sh("ip link add wan type veth peer name far && ip link set far up");
    let mut table = Table::default();
    routes(&mut table);
    filters(&mut table);
    table.end()
}

/// Two sizes of a table of routes: loaded, and one route changed.
fn routes(table: &mut Table) {
    let (small, large) = (Routes::measure(SMALL), Routes::measure(LARGE));
    table.row(format!("{SMALL} routes: read and lowered"), &small.read, Gate::None);
    table.row(format!("{LARGE} routes: read and lowered"), &large.read, Gate::None);
    table.row(format!("{SMALL} routes: loaded"), &small.loaded, Gate::None);
    let gate = Gate::Ratio { to: table::median(&small.loaded), most: RATIO };
    table.row(format!("{LARGE} routes: loaded"), &large.loaded, gate);
    table.row(
        format!("{LARGE} routes: a second for all"),
        &large.loaded,
        Gate::AtMost(Duration::from_secs(1)),
    );
    table.row(format!("one of {SMALL} routes changed"), &small.changed, Gate::None);
    table.row(format!("one of {LARGE} routes changed"), &large.changed, Gate::AtMost(ONE_CHANGE));
    table.row(format!("one of {LARGE} routes changed: of that to Linux"), &large.applied, Gate::None);
}

#[derive(Default)]
struct Routes {
    read: Vec<Duration>,
    loaded: Vec<Duration>,
    changed: Vec<Duration>,
    applied: Vec<Duration>,
}

impl Routes {
    fn measure(count: usize) -> Self {
        let mut times = Self::default();
        let mut router = Router::new();
        let text = config::routes(count);
        for round in 0..ROUNDS {
            let (model, read) = timed(|| model(&text));
            times.read.push(read);
            let state = wanted(&model);
            times.loaded.push(router.commit(state, count..));

            let (_, rest) = text.rsplit_once("ip route").unwrap();
            let other = text
                .replace(&format!("ip route{rest}"), &format!("ip route 192.0.2.{round}/32 198.51.100.1\n"));
            let model = self::model(&other);
            let (state, resolved) = timed(|| wanted(&model));
            // One route goes, and one comes.
            let applied = router.commit(state, 2..=2);
            times.changed.push(resolved + applied);
            times.applied.push(applied);
            router.commit(wanted(&self::model(&config::routes(0))), count..);
        }
        times
    }
}

/// A long list of filters: loaded, one of them changed, a route changed beside them.
fn filters(table: &mut Table) {
    let without_routes = |line: &&str| !line.starts_with("ip route");
    let text = config::text(Dialect::Ix, 2 * FILTERS);
    let text: String = text.lines().filter(without_routes).map(|line| format!("{line}\n")).collect();
    let (mut all, mut nft, mut one, mut route) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let mut router = Router::new();
        let (state, read) = timed(|| wanted(&model(&text)));
        let firewall = Op::SetFirewall(state.firewall.clone());
        all.push(read + router.commit(state, 1..));
        let more =
            format!("{text}ip access-list list3 deny tcp src 192.0.2.1/32 sport any dest any dport eq 7\n");
        one.push(router.commit(wanted(&model(&more)), 1..=1));
        let more = format!("{more}ip route 192.0.2.0/24 198.51.100.1\n");
        route.push(router.commit(wanted(&model(&more)), 1..=1));
        router.commit(State::default(), 1..);
        nft.push(router.apply(&firewall));
        router.apply(&Op::SetFirewall(None));
    }
    table.row(
        format!("{FILTERS} filter lines: read and loaded, in all"),
        &all,
        Gate::AtMost(Duration::from_secs(2)),
    );
    table.row(
        format!("{FILTERS} filter lines: of that nft's transaction"),
        &nft,
        Gate::AtMost(Duration::from_secs(1)),
    );
    table.row(format!("one of {FILTERS} filter lines changed"), &one, Gate::AtMost(Duration::from_secs(2)));
    table.row(format!("a route beside {FILTERS} filter lines"), &route, Gate::AtMost(ONE_CHANGE));
}

/// An applier on this namespace.
struct Router {
    runtime: Runtime,
    applier: Applier<LinuxKernel, FakeWorkers>,
}

impl Router {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let start = Applier::start(
            LinuxKernel::new().unwrap(),
            FakeKernel::default().workers(),
            "/run/journal".into(),
        );
        let (applier, _) = runtime.block_on(start).unwrap();
        Self { runtime, applier }
    }

    /// How long a commit takes, which must have a number of steps as expected.
    fn commit(&mut self, state: State, steps: impl RangeBounds<usize>) -> Duration {
        let (plan, time) = timed(|| self.runtime.block_on(self.applier.commit(state)).unwrap());
        assert!(steps.contains(&plan.steps.len()), "{} steps", plan.steps.len());
        time
    }

    fn apply(&mut self, op: &Op) -> Duration {
        timed(|| self.runtime.block_on(self.applier.kernel().apply(op)).unwrap()).1
    }
}

fn model(text: &str) -> Model {
    lower(&reader::read(text, Some(Dialect::Ix)).tree).0
}

fn wanted(model: &Model) -> State {
    resolve(model, &Facts::default()).state
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}
