//! Where a setting was written, carried from the line to the kernel and back in every error.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// The identity of one configuration line, given by the tree when the line enters it.
///
/// A candidate is a copy of the running tree, so a line keeps its identity through a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(pub u32);

impl LineId {
    /// Stands for what no line asked for: built-in rules, what a peer announced before any line.
    pub const BUILT_IN: Self = Self(0);
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A value and the line that set it.
///
/// Equality and order look at the value only: moving a line never changes what the router does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// What the line says.
    pub value: T,
    /// The line that says it.
    pub origin: LineId,
}

impl<T> Sourced<T> {
    /// `value`, as said by `origin`.
    pub fn new(value: T, origin: LineId) -> Self {
        Self { value, origin }
    }

    /// The same origin with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}

impl<T> Deref for Sourced<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Sourced<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Sourced<T> {}

impl<T: PartialOrd> PartialOrd for Sourced<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Sourced<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}
