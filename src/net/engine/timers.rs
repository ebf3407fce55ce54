//! The timer table of an engine: one slot a timer, so that none can be forgotten.

use std::time::Instant;

/// A fixed set of timers, indexed by a small enum.
///
/// A timer is known by its place in the list given to [`Timers::new`].
#[derive(Clone, Debug)]
pub struct Timers<K, const N: usize> {
    deadlines: [Option<Instant>; N],
    names: [(K, &'static str); N],
}

impl<K: Copy + PartialEq, const N: usize> Timers<K, N> {
    /// All timers stopped. `names` lists each with the name that logs show.
    pub fn new(names: [(K, &'static str); N]) -> Self {
        Self { deadlines: [None; N], names }
    }

    /// Starts a timer, or moves it.
    pub fn set(&mut self, timer: K, at: Instant) {
        if let Some(slot) = self.slot(timer) {
            *slot = Some(at);
        }
    }

    /// Stops a timer.
    pub fn stop(&mut self, timer: K) {
        if let Some(slot) = self.slot(timer) {
            *slot = None;
        }
    }

    /// Stops all timers.
    pub fn stop_all(&mut self) {
        self.deadlines = [None; N];
    }

    /// Takes the earliest timer that is due at `now` and stops it.
    pub fn take_due(&mut self, now: Instant) -> Option<K> {
        let (index, at) = self.earliest()?;
        if at > now {
            return None;
        }
        *self.deadlines.get_mut(index)? = None;
        self.names.get(index).map(|(timer, _)| *timer)
    }

    /// When the earliest timer fires, and its name.
    pub fn next(&self) -> Option<(Instant, &'static str)> {
        let (index, at) = self.earliest()?;
        self.names.get(index).map(|(_, name)| (at, *name))
    }

    fn earliest(&self) -> Option<(usize, Instant)> {
        let running = self.deadlines.iter().enumerate().filter_map(|(index, at)| at.map(|at| (index, at)));
        running.min_by_key(|(_, at)| *at)
    }

    fn slot(&mut self, timer: K) -> Option<&mut Option<Instant>> {
        let index = self.names.iter().position(|(named, _)| *named == timer)?;
        self.deadlines.get_mut(index)
    }
}
