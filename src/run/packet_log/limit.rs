//! How many packets of a second get a line of the log.

use std::time::{Duration, Instant};

/// The lines of one second.
const LINES: u32 = 20;

const SECOND: Duration = Duration::from_secs(1);

/// Counts the packets of the second that is under way. It begins with a packet.
#[derive(Debug, Default)]
pub(super) struct Limit {
    end: Option<Instant>,
    lines: u32,
    more: u64,
}

impl Limit {
    /// Whether a packet gets a line. Call [`Limit::settle`] before.
    pub(super) fn admit(&mut self, now: Instant) -> bool {
        self.begin(now);
        let admitted = self.lines < LINES;
        self.lines += u32::from(admitted);
        admitted
    }

    /// Takes note of a packet that got no line.
    pub(super) fn pass_over(&mut self, now: Instant) {
        self.begin(now);
        self.more += 1;
    }

    /// When to call [`Limit::settle`].
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.end
    }

    /// At the end of a second: how many packets got no line, if any.
    pub(super) fn settle(&mut self, now: Instant) -> Option<u64> {
        if self.end.is_none_or(|end| now < end) {
            return None;
        }
        let more = self.more;
        *self = Self::default();
        Some(more).filter(|more| *more > 0)
    }

    fn begin(&mut self, now: Instant) {
        self.end = self.end.or(Some(now + SECOND));
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a beginning for a clock that the test moves itself")]
mod tests {
    use super::*;

    /// Offers packets at one moment; answers how many got a line.
    fn offer(limit: &mut Limit, count: u32, now: Instant) -> u32 {
        let mut lines = 0;
        for _ in 0..count {
            match limit.admit(now) {
                true => lines += 1,
                false => limit.pass_over(now),
            }
        }
        lines
    }

    #[test]
    fn a_flood_is_twenty_lines_a_second_and_the_number_of_the_rest() {
        let start = Instant::now();
        let mut limit = Limit::default();
        assert_eq!(limit.poll_timeout(), None);
        assert_eq!(offer(&mut limit, 50, start), 20);
        assert_eq!(offer(&mut limit, 5, start + SECOND / 2), 0);
        assert_eq!(limit.settle(start + SECOND / 2), None);

        let next = start + SECOND;
        assert_eq!(limit.poll_timeout(), Some(next));
        assert_eq!(limit.settle(next), Some(35));
        assert_eq!(offer(&mut limit, 20, next), 20);
        assert_eq!(limit.settle(next + SECOND), None, "all had their line");
        assert_eq!(limit.poll_timeout(), None);
    }

    #[test]
    fn what_the_kernel_lost_counts_too() {
        let start = Instant::now();
        let mut limit = Limit::default();
        limit.pass_over(start);
        assert_eq!(limit.settle(start + SECOND), Some(1));
    }
}
