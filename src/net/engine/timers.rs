//! The timer table of an engine: what is not in it cannot fire, so no timer is ever forgotten.

use std::collections::BTreeMap;
use std::time::Instant;

/// The timers of one engine: a small enum.
pub trait Timer: Copy + Ord {
    /// The name that logs and recordings show.
    fn name(self) -> &'static str;
}

/// The timers that run, each with its deadline. Of two that are due together, the smaller fires first.
#[derive(Clone, Debug)]
pub struct Timers<K> {
    running: BTreeMap<K, Instant>,
}

impl<K: Timer> Timers<K> {
    /// All timers stopped.
    pub fn new() -> Self {
        Self { running: BTreeMap::new() }
    }

    /// Starts a timer, or moves it.
    pub fn set(&mut self, timer: K, at: Instant) {
        self.running.insert(timer, at);
    }

    /// Stops a timer.
    pub fn stop(&mut self, timer: K) {
        self.running.remove(&timer);
    }

    /// Stops all timers.
    pub fn stop_all(&mut self) {
        self.running.clear();
    }

    /// When a timer fires; `None` if it does not run.
    pub fn deadline(&self, timer: K) -> Option<Instant> {
        self.running.get(&timer).copied()
    }

    /// Takes the earliest timer that is due at `now` and stops it.
    pub fn take_due(&mut self, now: Instant) -> Option<K> {
        let (timer, at) = self.earliest()?;
        if at > now {
            return None;
        }
        self.stop(timer);
        Some(timer)
    }

    /// When the earliest timer fires, and its name.
    pub fn next(&self) -> Option<(Instant, &'static str)> {
        self.earliest().map(|(timer, at)| (at, timer.name()))
    }

    fn earliest(&self) -> Option<(K, Instant)> {
        self.running.iter().map(|(timer, at)| (*timer, *at)).min_by_key(|(_, at)| *at)
    }
}

impl<K: Timer> Default for Timers<K> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Test {
        First,
        Second,
    }

    impl Timer for Test {
        fn name(self) -> &'static str {
            match self {
                Self::First => "first",
                Self::Second => "second",
            }
        }
    }

    /// A moment to count from; its value never matters.
    fn epoch() -> Instant {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock needs one real instant to start from")]
        Instant::now()
    }

    #[test]
    fn due_timers_come_in_the_order_of_their_deadlines_and_only_once() {
        let start = epoch();
        let mut timers = Timers::new();
        timers.set(Test::First, start + Duration::from_secs(2));
        timers.set(Test::Second, start + Duration::from_secs(1));
        assert_eq!(timers.next(), Some((start + Duration::from_secs(1), "second")));
        assert_eq!(timers.take_due(start), None);
        let late = start + Duration::from_secs(3);
        assert_eq!(timers.take_due(late), Some(Test::Second));
        assert_eq!(timers.take_due(late), Some(Test::First));
        assert_eq!(timers.take_due(late), None);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_timer_that_is_set_again_moves_and_one_that_is_stopped_is_gone() {
        let start = epoch();
        let mut timers = Timers::new();
        timers.set(Test::First, start);
        timers.set(Test::First, start + Duration::from_secs(5));
        assert_eq!(timers.deadline(Test::First), Some(start + Duration::from_secs(5)));
        timers.set(Test::Second, start);
        timers.stop(Test::Second);
        assert_eq!(timers.take_due(start), None);
        timers.stop_all();
        assert_eq!(timers.next(), None);
    }
}
