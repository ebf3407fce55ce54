//! The table: medians, their spread, and the ratio of each router to the plain one of its round.

use std::process::ExitCode;

use crate::bed::Router;
use crate::machine::Strangers;

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    BitsPerSecond,
    PacketsPerSecond,
    Microseconds,
    SecondsPerGigabyte,
}

/// All that was measured.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

/// One load over one router, round by round.
struct Row {
    load: String,
    router: &'static str,
    /// The router to compare with, and what part of its speed is the goal.
    reference: Option<(&'static str, f64)>,
    unit: Unit,
    values: Vec<f64>,
}

/// The two measures of plain masquerading may differ by this part.
const DRIFT: f64 = 0.10;

impl Report {
    pub fn add(&mut self, load: &str, router: &Router, unit: Unit, value: f64) {
        let name = router.name;
        match self.rows.iter_mut().find(|row| row.load == load && row.router == name) {
            Some(row) => row.values.push(value),
            None => self.rows.push(Row {
                load: load.to_owned(),
                router: name,
                reference: router.reference,
                unit,
                values: vec![value],
            }),
        }
    }

    /// Prints everything. The status says whether all gates are kept by a run that is worth judging.
    pub fn print(&self, gate: f64, strangers: &Strangers) -> ExitCode {
        let (mut missed, mut loads) = (0, Vec::new());
        for row in &self.rows {
            if !loads.contains(&&row.load) {
                loads.push(&row.load);
            }
        }
        for load in loads {
            println!("\n{load}");
            let rows = self.rows.iter().filter(|row| row.load == *load);
            missed += rows.filter(|row| !self.row(row, gate)).count();
        }
        println!();
        let complaints: Vec<String> = self.drift().into_iter().chain(strangers.complaint()).collect();
        if !complaints.is_empty() {
            println!("rejected, run again on a quiet machine: {}", complaints.join("; "));
            return ExitCode::from(2);
        }
        println!("gates missed: {missed}");
        if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Prints a row; whether its gate is kept.
    fn row(&self, row: &Row, gate: f64) -> bool {
        let spread = format!("[{}]", row.unit.range(&row.values));
        let shown = format!("  {:<26} {:>11} {spread:<14}", row.router, row.unit.show(median(&row.values)));
        let Some((ratio, goal)) = self.ratio(row) else {
            println!("{shown}");
            return true;
        };
        if !row.unit.is_judged() {
            println!("{shown} {ratio:.2} of plain");
            return true;
        }
        let least = goal * gate;
        let verdict = if ratio >= least { "pass" } else { "FAIL" };
        println!("{shown} {ratio:.2} of plain   {verdict}, at least {least:.2}");
        ratio >= least
    }

    /// The median of the ratios, each to the reference of the same round.
    fn ratio(&self, row: &Row) -> Option<(f64, f64)> {
        let (reference, goal) = row.reference?;
        let plain = self.rows.iter().find(|other| other.load == row.load && other.router == reference)?;
        let ratios: Vec<f64> = row.values.iter().zip(&plain.values).map(|(own, plain)| own / plain).collect();
        Some((median(&ratios), goal))
    }

    /// The load whose two plain measures differ most, if too much.
    fn drift(&self) -> Option<String> {
        let apart = |row: &Row| {
            let again =
                self.rows.iter().find(|other| other.load == row.load && other.router == Router::AGAIN)?;
            let (first, last) = (median(&row.values), median(&again.values));
            Some((row.load.clone(), (first - last).abs() / first.max(last)))
        };
        self.rows
            .iter()
            .filter(|row| row.router == Router::PLAIN && row.unit == Unit::BitsPerSecond)
            .filter_map(apart)
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .filter(|(_, drift)| *drift > DRIFT)
            .map(|(load, drift)| format!("{load}: plain masquerading drifted by {:.0} %", drift * 100.0))
    }
}

impl Unit {
    /// Latency and cost depend on more than the router: they are shown only.
    fn is_judged(self) -> bool {
        matches!(self, Self::BitsPerSecond | Self::PacketsPerSecond)
    }

    fn show(self, value: f64) -> String {
        match self {
            Self::BitsPerSecond => format!("{:.2} Gbit/s", value / 1e9),
            Self::PacketsPerSecond => format!("{:.0} kpps", value / 1e3),
            Self::Microseconds => format!("{value:.0} us"),
            Self::SecondsPerGigabyte => format!("{value:.2} s/GB"),
        }
    }

    fn range(self, values: &[f64]) -> String {
        let number = |value: f64| self.show(value).split(' ').next().unwrap_or_default().to_owned();
        let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(l, m), v| (l.min(*v), m.max(*v)));
        format!("{}-{}", number(least), number(most))
    }
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}
