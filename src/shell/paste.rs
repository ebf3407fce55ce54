//! A burst of pasted lines: how many there were, and how many of them were refused.

use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

/// A burst is over when no line came for this long.
const QUIET: Duration = Duration::from_millis(400);

/// A burst of fewer lines fits on any screen and needs no summary.
const FEWEST: usize = 5;

/// Counts the lines of bursts.
pub struct Paste {
    lines: Sender<bool>,
}

impl Paste {
    /// Hands the summary of each burst with errors to `print`, on a thread of its own.
    pub fn new(mut print: impl FnMut(String) + Send + 'static) -> Self {
        let (lines, receiver) = mpsc::channel();
        thread::spawn(move || {
            while let Ok(first) = receiver.recv() {
                let mut burst = Burst::default();
                burst.line(first);
                while let Ok(next) = receiver.recv_timeout(QUIET) {
                    burst.line(next);
                }
                if burst.is_worth_it() {
                    print(burst.summary());
                }
            }
        });
        Self { lines }
    }

    /// One line went through.
    pub fn line(&self, ok: bool) {
        // The thread lives as long as this does.
        let _ = self.lines.send(ok);
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    lines: usize,
    refused: usize,
}

impl Burst {
    /// One line went through.
    pub fn line(&mut self, ok: bool) {
        self.lines += 1;
        self.refused += usize::from(!ok);
    }

    /// Whether there is something to say that the screen does not show anyway.
    pub fn is_worth_it(self) -> bool {
        self.lines >= FEWEST && self.refused > 0
    }

    /// One line, or nothing.
    pub fn summary(self) -> String {
        let Self { lines, refused } = self;
        match self.is_worth_it() {
            true => format!("% {refused} of {lines} pasted lines were refused, see above\n"),
            false => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_burst_with_errors_is_summed_up() {
        let summary = |lines, refused| Burst { lines, refused }.summary();
        assert_eq!(summary(200, 0), "");
        assert_eq!(summary(2, 1), "");
        assert_eq!(summary(200, 3), "% 3 of 200 pasted lines were refused, see above\n");
    }

    #[test]
    fn a_burst_ends_when_no_line_comes() {
        let (sender, summaries) = mpsc::channel();
        let paste = Paste::new(move |text| sender.send(text).unwrap());
        for number in 0..10 {
            paste.line(number % 2 == 0);
        }
        assert_eq!(summaries.recv().unwrap(), "% 5 of 10 pasted lines were refused, see above\n");
    }
}
