//! How much of plain Linux's speed is left with tsuji: `cargo bench --bench forwarding`.
//!
//! Two hosts, `lan` and `wan`, are joined by several routers side by side, each in a namespace of
//! its own: plain ones set up by hand with `ip` and `nft`, and some that `tsuji daemon` runs
//! ([`bed`]). A round measures them one after another, plain masquerading first and again last, so
//! that each ratio compares neighbours in time. A run in which the two plain measures drift apart,
//! or in which strangers used the machine, is worth nothing and is rejected ([`machine`]).
//!
//! Only ratios are judged. `-- --quick` is the smoke of it: one flow, two short rounds.

#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark looks at the clock, and builds a network with other programs"
)]
#![allow(clippy::disallowed_macros, reason = "the tables are for the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

mod bed;
mod datagrams;
mod machine;
#[path = "../../support/namespace.rs"]
mod namespace;
mod report;
mod stream;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use bed::Bed;
use machine::{Cores, Strangers};
use report::{Report, Unit};

/// How thorough a run is.
pub struct Effort {
    rounds: usize,
    /// Of one measure.
    time: Duration,
    flows: &'static [usize],
    /// What part of the goal the gates ask for.
    gate: f64,
}

const WHOLE: Effort = Effort { rounds: 5, time: Duration::from_secs(5), flows: &[1, 4], gate: 1.0 };
const QUICK: Effort = Effort { rounds: 2, time: Duration::from_secs(1), flows: &[1], gate: 0.5 };

fn main() -> ExitCode {
    if let Some(status) = namespace::start_again_inside() {
        return if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let effort = if env::args().any(|argument| argument == "--quick") { QUICK } else { WHOLE };
    let cores = Cores::new();
    println!("{cores}");
    let bed = Bed::build(&cores);
    let mut report = Report::default();
    let mut strangers = Strangers::default();
    for round in 1..=effort.rounds {
        println!("round {round} of {}", effort.rounds);
        strangers.look(|| measure(&bed, &cores, &effort, &mut report));
    }
    report.print(effort.gate, &strangers)
}

/// One round: every kind of load over every router.
fn measure(bed: &Bed, cores: &Cores, effort: &Effort, report: &mut Report) {
    for direction in [stream::Direction::Up, stream::Direction::Down] {
        for &flows in effort.flows {
            let load = format!("TCP {flows} {}", direction.word());
            for router in bed.order() {
                let before = router.carried();
                let (rate, cost) =
                    machine::cost(|| stream::run(bed, router, direction, flows, effort.time, cores));
                router.must_have_carried(before, rate * effort.time.as_secs_f64());
                report.add(&load, router, Unit::BitsPerSecond, rate * 8.0);
                report.add(
                    &format!("{load}, CPU"),
                    router,
                    Unit::SecondsPerGigabyte,
                    cost / (rate * effort.time.as_secs_f64() / 1e9),
                );
            }
        }
    }
    let mut plain = None;
    for router in bed.order() {
        let seen = datagrams::flood(bed, router, None, effort.time, cores);
        plain.get_or_insert(seen.rate);
        report.add("18-byte UDP, unlimited", router, Unit::PacketsPerSecond, seen.rate);
    }
    for share in [50, 80] {
        let rate = plain.unwrap_or_default() * f64::from(share) / 100.0;
        let load = format!("18-byte UDP at {share} % of that");
        for router in bed.order() {
            let seen = datagrams::flood(bed, router, Some(rate), effort.time, cores);
            report.add(&load, router, Unit::PacketsPerSecond, seen.rate);
            report.add(&format!("{load}, median on its way"), router, Unit::Microseconds, seen.latency(0.50));
            report.add(&format!("{load}, 99 % on their way"), router, Unit::Microseconds, seen.latency(0.99));
        }
    }
}
