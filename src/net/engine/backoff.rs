//! How long to wait before asking again: doubling, with a ceiling, never in step with others.

use std::time::Duration;

use super::Entropy;

/// Doubling delays.
///
/// Each delay is `first · 2ⁿ`, at most `cap`, moved by up to `jitter` either way so that routers
/// that lost power together do not ask together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
    jitter: Duration,
    tries: u32,
}

impl Backoff {
    /// No delay was taken yet. `jitter` must not be longer than `first`.
    pub const fn new(first: Duration, cap: Duration, jitter: Duration) -> Self {
        Self { first, cap, jitter, tries: 0 }
    }

    /// How many delays were taken since the start or the last reset.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// The delay before the next try.
    pub fn next_delay(&mut self, entropy: &mut dyn Entropy) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(self.tries));
        self.tries = self.tries.saturating_add(1);
        (doubled.min(self.cap) + entropy.below(self.jitter * 2)).saturating_sub(self.jitter)
    }

    /// Starts over: what was tried succeeded.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Always the same bytes.
    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn ladder(byte: u8, tries: usize) -> Vec<u64> {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::new(4 * second, 64 * second, second);
        (0..tries).map(|_| backoff.next_delay(&mut Fixed(byte)).as_millis() as u64).collect()
    }

    #[test]
    fn delays_double_up_to_the_cap_and_jitter_stays_within_a_second() {
        assert_eq!(ladder(0, 6), [3000, 7000, 15000, 31000, 63000, 63000]);
        assert_eq!(ladder(0xff, 6), [4999, 8999, 16999, 32999, 64999, 64999]);
    }

    #[test]
    fn a_backoff_that_went_on_for_years_does_not_overflow() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(64), Duration::ZERO);
        for _ in 0..10_000 {
            backoff.next_delay(&mut Fixed(7));
        }
        assert_eq!(backoff.next_delay(&mut Fixed(7)), Duration::from_secs(64));
        backoff.reset();
        assert_eq!((backoff.tries(), backoff.next_delay(&mut Fixed(7))), (0, Duration::from_secs(1)));
    }
}
