//! How fast texts are read: `cargo bench --bench reading`.
//!
//! A table of medians against the gates that the project sets itself; the exit status is 1 if one
//! is missed. Two sizes are compared within one run, so a slow machine fails no ratio. What depends
//! on the machine (a second, ten milliseconds) has room to spare on one of today.

#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock, and starts the program")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

mod config;
mod table;

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use table::{Gate, Table};
use tsuji::apply::plan::{Plan, plan};
use tsuji::apply::resolve::resolve;
use tsuji::apply::state::State;
use tsuji::language::lower::{Severity, lower};
use tsuji::language::syntax::Syntax;
use tsuji::language::tree::reader::{self, Status};
use tsuji::status::Facts;
use tsuji::types::Dialect;

const SMALL: usize = 10_000;
const LARGE: usize = 100_000;

/// Ten times the lines may take so many times the time.
const RATIO: f64 = 12.0;

fn main() -> ExitCode {
    if env::args().any(|argument| argument == LOAD_GRAMMAR) {
        return load_grammar();
    }
    let mut table = Table::default();
    for dialect in Dialect::ALL {
        sizes(dialect, &mut table);
    }
    one_route_more(&mut table);
    keystrokes(&mut table);
    start_up(&mut table);
    table.end()
}

/// A configuration of two sizes: read, lowered and planned from nothing.
fn sizes(dialect: Dialect, table: &mut Table) {
    let (small, large) = (config::text(dialect, SMALL), config::text(dialect, LARGE));
    let (mut small_times, mut large_times) = (Stages::default(), Stages::default());
    let mut unknown = Stages::default();
    for round in 0..5 {
        // The small one is the more shaky measure.
        for _ in 0..3 {
            small_times.add(&small, Some(dialect), round > 0);
            unknown.add(&small, None, round > 0);
        }
        large_times.add(&large, Some(dialect), round > 0);
    }
    let name = |lines: usize, stage: &str| format!("{dialect}: {lines} lines {stage}");
    let stages = ["read", "lowered", "resolved and planned"];
    for (stage, (few, many)) in stages.into_iter().zip(small_times.each.iter().zip(&large_times.each)) {
        table.row(name(SMALL, stage), few, Gate::None);
        table.row(name(LARGE, stage), many, Gate::None);
    }
    table.row(
        name(SMALL, "in all, dialect to be found"),
        &unknown.sums,
        Gate::AtMost(Duration::from_secs(1)),
    );
    table.row(name(SMALL, "in all"), &small_times.sums, Gate::None);
    let gate = Gate::Ratio { to: table::median(&small_times.sums), most: RATIO };
    table.row(name(LARGE, "in all"), &large_times.sums, gate);
}

/// How long each stage takes, run by run.
#[derive(Default)]
struct Stages {
    each: [Vec<Duration>; 3],
    sums: Vec<Duration>,
}

impl Stages {
    fn add(&mut self, text: &str, dialect: Option<Dialect>, counts: bool) {
        let start = Instant::now();
        let reading = reader::read(text, dialect);
        let read = Instant::now();
        let (model, problems) = lower(&reading.tree);
        let lowered = Instant::now();
        let resolved = resolve(&model, &Facts::default());
        let steps = plan(&State::default(), &resolved.state);
        let planned = Instant::now();

        let refused = reading.outcomes.iter().find(|outcome| outcome.status != Status::Ok);
        assert!(refused.is_none(), "{refused:?}");
        let error = problems.iter().find(|problem| problem.severity == Severity::Error);
        assert!(error.is_none(), "{error:?}");
        assert!(resolved.held.is_empty(), "{:?}", resolved.held);
        assert!(steps.steps.len() > text.lines().count() / 3);
        if counts {
            let times = [read - start, lowered - read, planned - lowered];
            self.sums.push(times.iter().sum());
            self.each.iter_mut().zip(times).for_each(|(all, time)| all.push(time));
        }
    }
}

/// 100 000 routes run, and a candidate has one more.
fn one_route_more(table: &mut Table) {
    let state =
        |text: &str| resolve(&lower(&reader::read(text, Some(Dialect::Ix)).tree).0, &Facts::default()).state;
    let text = config::routes(LARGE);
    let running = state(&text);
    let candidate = state(&(text + "ip route 192.0.2.0/24 198.51.100.1\n"));
    let mut times = Vec::new();
    for _ in 0..9 {
        let start = Instant::now();
        let Plan { steps } = plan(&running, &candidate);
        times.push(start.elapsed());
        assert_eq!(steps.len(), 1);
    }
    let gate = Gate::AtMost(Duration::from_millis(100));
    table.row(format!("one route more than {LARGE}: planned"), &times, gate);
}

/// `?` at each word of many lines; the slowest of them counts.
fn keystrokes(table: &mut Table) {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        let modes: Vec<&str> = match dialect {
            Dialect::Ix => vec!["interface", "global", "operation"],
            Dialect::Rtx => vec!["pp", "global", "operation"],
        };
        let mut slowest: (Vec<Duration>, String) = (vec![Duration::ZERO], String::new());
        for line in config::typed_lines(dialect) {
            for (end, _) in format!("{line} ").match_indices(' ') {
                let begun = &format!("{line} ")[..=end];
                let times: Vec<Duration> = (0..5)
                    .map(|_| {
                        let start = Instant::now();
                        let next = syntax.next_words(&modes, begun);
                        let time = start.elapsed();
                        assert!(next.is_ok(), "{begun}: {next:?}");
                        time
                    })
                    .collect();
                if table::median(&times) > table::median(&slowest.0) {
                    slowest = (times, begun.to_owned());
                }
            }
        }
        let gate = Gate::AtMost(Duration::from_millis(10));
        table.row(format!("{dialect}: ? after \"{}\", the slowest", slowest.1.trim()), &slowest.0, gate);
    }
}

/// The program from its start to its end on a small file, and what reading the grammar is of that.
fn start_up(table: &mut Table) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/first-road-ix.conf");
    fs::metadata(&example).unwrap();
    let mut whole = Vec::new();
    let mut grammar = Vec::new();
    for _ in 0..9 {
        let start = Instant::now();
        let mut check = Command::new(env!("CARGO_BIN_EXE_tsuji"));
        let status = check.arg("check").arg(&example).stdout(Stdio::null()).status().unwrap();
        whole.push(start.elapsed());
        assert!(status.success());
        grammar.push(time_of_grammar());
    }
    table.row(
        "tsuji check of a small file, start to end".to_owned(),
        &whole,
        Gate::AtMost(Duration::from_millis(100)),
    );
    table.row(
        "of that the grammar, both dialects".to_owned(),
        &grammar,
        Gate::AtMost(Duration::from_millis(30)),
    );
}

/// Tells the benchmark to be a process that only reads the grammar: that happens once in each.
const LOAD_GRAMMAR: &str = "--load-grammar";

fn time_of_grammar() -> Duration {
    let child = Command::new(env::current_exe().unwrap()).arg(LOAD_GRAMMAR).output().unwrap();
    Duration::from_nanos(String::from_utf8(child.stdout).unwrap().trim().parse().unwrap())
}

#[expect(clippy::disallowed_macros, reason = "the answer to the process that asks")]
fn load_grammar() -> ExitCode {
    let start = Instant::now();
    Syntax::prepare();
    println!("{}", start.elapsed().as_nanos());
    ExitCode::SUCCESS
}
