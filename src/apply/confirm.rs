//! `commit confirmed`: a commit that takes itself back unless somebody says that it shall stay.
//!
//! ```text
//!           confirmed commit           time is up
//!   idle ───────────────────► waiting ───────────► rolling back ──► idle
//!    ▲                        │     ▲ │                │   ▲
//!    └──── plain commit ──────┘     └─┘ confirmed      └───┘ rollback failed:
//!                                       commit again         again a minute later
//! ```
//!
//! Pure: the daemon tells the time, keeps the rollback point on the disk and carries out the
//! rollback. A commit that failed is no event here, so that nothing is armed by it and the clock
//! of an earlier one goes on.

use std::time::{Duration, Instant};

/// How long to wait after a rollback that failed.
const RETRY: Duration = Duration::from_secs(60);

/// Whether somebody has yet to say that the running configuration shall stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirm {
    waiting: Option<Waiting>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    deadline: Instant,
    /// The configuration to go back to, as text.
    rollback: String,
}

/// What the owner does with the rollback point on its disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// Nothing.
    Unchanged,
    /// Write this text; a start that finds it uses it instead of the startup configuration.
    Keep(String),
    /// Remove it.
    Forget,
}

impl Confirm {
    /// A commit that must be confirmed within `wait` has succeeded, and was verified.
    ///
    /// `before` is the text of the configuration before it. It becomes the rollback point only
    /// if nothing else waits: the point is the last configuration that somebody wanted to keep.
    pub fn committed_for(&mut self, wait: Duration, before: &str, now: Instant) -> Point {
        let deadline = now + wait;
        match &mut self.waiting {
            Some(waiting) => {
                waiting.deadline = deadline;
                Point::Unchanged
            }
            None => {
                self.waiting = Some(Waiting { deadline, rollback: before.to_owned() });
                Point::Keep(before.to_owned())
            }
        }
    }

    /// A plain commit has succeeded, or the word `confirm` was said: what runs now stays.
    pub fn confirmed(&mut self) -> Point {
        match self.waiting.take() {
            Some(_) => Point::Forget,
            None => Point::Unchanged,
        }
    }

    /// The text to go back to, if time is up. Unless [`Confirm::rolled_back`] is called, it is
    /// asked for again a minute later.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<&str> {
        let waiting = self.waiting.as_mut().filter(|waiting| waiting.deadline <= now)?;
        waiting.deadline = now + RETRY;
        Some(&waiting.rollback)
    }

    /// The rollback has succeeded.
    pub fn rolled_back(&mut self) -> Point {
        self.confirmed()
    }

    /// When `handle_timeout` is wanted.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|waiting| waiting.deadline)
    }

    /// How long somebody has left to confirm; `None` if nothing waits.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        self.poll_timeout().map(|deadline| deadline.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[expect(clippy::disallowed_methods, reason = "any instant will do as the beginning of a test")]
    fn beginning() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_plain_commit_in_time_keeps_what_runs() {
        let (now, mut confirm) = (beginning(), Confirm::default());
        assert_eq!(confirm.committed_for(2 * MINUTE, "old", now), Point::Keep("old".into()));
        assert_eq!(confirm.poll_timeout(), Some(now + 2 * MINUTE));
        assert_eq!(confirm.confirmed(), Point::Forget);
        assert_eq!(confirm.poll_timeout(), None);
        assert_eq!(confirm.handle_timeout(now + 3 * MINUTE), None);
        assert_eq!(confirm.confirmed(), Point::Unchanged);
    }

    #[test]
    fn the_first_unconfirmed_commit_sets_the_rollback_point() {
        let (now, mut confirm) = (beginning(), Confirm::default());
        confirm.committed_for(2 * MINUTE, "wanted", now);
        assert_eq!(confirm.committed_for(5 * MINUTE, "tried", now + MINUTE), Point::Unchanged);
        assert_eq!(confirm.remaining(now + 2 * MINUTE), Some(4 * MINUTE));
        assert_eq!(confirm.handle_timeout(now + 6 * MINUTE - Duration::from_nanos(1)), None);
        assert_eq!(confirm.handle_timeout(now + 6 * MINUTE), Some("wanted"));
        assert_eq!(confirm.rolled_back(), Point::Forget);
        assert_eq!(confirm.poll_timeout(), None);
    }

    #[test]
    fn a_rollback_that_failed_is_tried_again() {
        let (now, mut confirm) = (beginning(), Confirm::default());
        confirm.committed_for(MINUTE, "old", now);
        assert_eq!(confirm.handle_timeout(now + MINUTE), Some("old"));
        assert_eq!(confirm.handle_timeout(now + MINUTE), None);
        assert_eq!(confirm.poll_timeout(), Some(now + 2 * MINUTE));
        assert_eq!(confirm.handle_timeout(now + 2 * MINUTE), Some("old"));
    }
}
