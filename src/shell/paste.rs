//! A burst of pasted lines: how many there were, and how many of them were refused.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// A burst is over when no line came for this long.
const QUIET: Duration = Duration::from_millis(400);

/// A burst of fewer lines fits on any screen and needs no summary.
const FEWEST: usize = 5;

/// Counts the lines of bursts.
pub struct Paste {
    lines: Sender<Line>,
}

struct Line {
    pasted: bool,
    ok: bool,
}

impl Paste {
    /// Hands the summary of each burst with errors to `print`, on a thread of its own.
    pub fn new(mut print: impl FnMut(String) + Send + 'static) -> Self {
        let (lines, receiver) = mpsc::channel::<Line>();
        thread::spawn(move || {
            while let Ok(first) = receiver.recv() {
                let (mut total, mut refused) = (1, usize::from(!first.ok));
                loop {
                    match receiver.recv_timeout(QUIET) {
                        Ok(line) if line.pasted => {
                            total += 1;
                            refused += usize::from(!line.ok);
                        }
                        Ok(line) => (total, refused) = (1, usize::from(!line.ok)),
                        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                    }
                }
                if let Some(text) = summary(total, refused) {
                    print(text);
                }
            }
        });
        Self { lines }
    }

    /// One line went through.
    pub fn line(&self, pasted: bool, ok: bool) {
        // The thread lives as long as this does.
        let _ = self.lines.send(Line { pasted, ok });
    }
}

/// `None` where nothing is worth saying.
fn summary(total: usize, refused: usize) -> Option<String> {
    let worth = total >= FEWEST && refused > 0;
    worth.then(|| format!("% {refused} of {total} pasted lines were refused, see above\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_burst_with_errors_is_summed_up() {
        assert_eq!(summary(200, 0), None);
        assert_eq!(summary(2, 1), None);
        assert_eq!(summary(200, 3).unwrap(), "% 3 of 200 pasted lines were refused, see above\n");
    }

    #[test]
    fn a_burst_ends_when_no_line_comes() {
        let (sender, summaries) = mpsc::channel();
        let paste = Paste::new(move |text| sender.send(text).unwrap());
        for number in 0..10 {
            paste.line(number > 0, number % 2 == 0);
        }
        assert_eq!(summaries.recv().unwrap(), "% 5 of 10 pasted lines were refused, see above\n");
    }
}
