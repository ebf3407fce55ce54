//! The table of results: medians, gates, and whether they are kept.

use std::process::ExitCode;
use std::time::Duration;

/// What a median must not exceed.
pub enum Gate {
    /// It is shown only.
    None,
    /// This time.
    AtMost(Duration),
    /// So many times this time.
    Ratio {
        /// The median of the smaller size.
        to: Duration,
        /// How many times it at most.
        most: f64,
    },
}

/// Prints row by row, and keeps whether all gates are kept.
#[derive(Default)]
pub struct Table {
    missed: usize,
}

impl Table {
    /// One measure: its median is judged.
    #[expect(clippy::disallowed_macros, reason = "the table is for the terminal")]
    pub fn row(&mut self, what: String, times: &[Duration], gate: Gate) {
        let median = median(times);
        let (kept, gate) = match gate {
            Gate::None => (true, String::new()),
            Gate::AtMost(most) => (median <= most, format!("at most {}", shown(most))),
            Gate::Ratio { to, most } => {
                let ratio = median.as_secs_f64() / to.as_secs_f64();
                (ratio <= most, format!("{ratio:.1} times, at most {most}"))
            }
        };
        let verdict = if gate.is_empty() {
            ""
        } else if kept {
            "pass"
        } else {
            "FAIL"
        };
        self.missed += usize::from(!kept);
        println!("{what:<58} {:>9}   {verdict:4} {gate}", shown(median));
    }

    /// The verdict on all.
    #[expect(clippy::disallowed_macros, reason = "the table is for the terminal")]
    pub fn end(self) -> ExitCode {
        match self.missed {
            0 => ExitCode::SUCCESS,
            missed => {
                println!("gates missed: {missed}");
                ExitCode::FAILURE
            }
        }
    }
}

/// The middle one.
pub fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
