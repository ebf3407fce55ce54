//! The router's own log: a ring in memory, filled through `tracing`.
//!
//! Every room logs with `tracing` macros. [`Log::layer`] turns an event of ours into a
//! [`Record`]; the oldest records make room for new ones. `show logging` and `show log` print
//! the records in the vendors' forms ([`Record::line`]).
//!
//! Levels: a packet is trace, an exchange debug, a change that a user sees info, trouble that
//! needs a person warn. Texts hold no secret: a [`Secret`](crate::types::Secret) prints as `***`.

mod layer;
mod record;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use layer::LogLayer;
pub use record::{Record, Severity};

/// The log that every room writes and every session reads. Clones share one ring.
#[derive(Clone, Debug)]
pub struct Log(Arc<Mutex<Ring>>);

/// What `show logging` needs: the records and how full the ring is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSnapshot {
    /// Bytes that the ring may hold.
    pub capacity: usize,
    /// Bytes that it holds.
    pub used: usize,
    /// The number of the first record in it; records count from 1.
    pub first: u64,
    /// Oldest first.
    pub records: Vec<Record>,
}

#[derive(Debug)]
struct Ring {
    capacity: usize,
    used: usize,
    first: u64,
    records: VecDeque<Record>,
}

impl Log {
    /// The size that an IX has unless `logging buffered` says otherwise, in bytes.
    pub const DEFAULT_CAPACITY: usize = 131_072;

    /// An empty log that holds up to `capacity` bytes of text.
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Ring { capacity, used: 0, first: 1, records: VecDeque::new() })))
    }

    /// The end that `tracing` writes into.
    pub fn layer(&self) -> LogLayer {
        LogLayer::new(self.clone())
    }

    /// Adds a record; the oldest go if it does not fit.
    pub fn push(&self, record: Record) {
        let mut ring = self.ring();
        ring.used += record.size();
        ring.records.push_back(record);
        ring.shrink();
    }

    /// Changes how many bytes the log may hold.
    pub fn set_capacity(&self, capacity: usize) {
        let mut ring = self.ring();
        ring.capacity = capacity;
        ring.shrink();
    }

    /// Forgets all records; numbering goes on.
    pub fn clear(&self) {
        let mut ring = self.ring();
        ring.first += ring.records.len() as u64;
        ring.used = 0;
        ring.records.clear();
    }

    /// What it holds now.
    pub fn snapshot(&self) -> LogSnapshot {
        let ring = self.ring();
        LogSnapshot {
            capacity: ring.capacity,
            used: ring.used,
            first: ring.first,
            records: ring.records.iter().cloned().collect(),
        }
    }

    /// A thread that panicked while it logged leaves a whole ring behind: records go in whole.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new(Self::DEFAULT_CAPACITY)
    }
}

impl Ring {
    fn shrink(&mut self) {
        while self.used > self.capacity {
            let Some(oldest) = self.records.pop_front() else { break };
            self.used -= oldest.size();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Timestamp;

    fn record(text: &str) -> Record {
        Record {
            time: Timestamp(1_767_225_600),
            severity: Severity::Info,
            subsystem: "CNFG",
            number: 3,
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_oldest_records_make_room() {
        let log = Log::new(3 * record("12345").size());
        for text in ["11111", "22222", "33333", "44444"] {
            log.push(record(text));
        }
        let snapshot = log.snapshot();
        assert_eq!(snapshot.first, 2);
        let texts: Vec<&str> = snapshot.records.iter().map(|record| record.text.as_str()).collect();
        assert_eq!(texts, ["22222", "33333", "44444"]);

        log.set_capacity(record("12345").size());
        assert_eq!(log.snapshot().records.len(), 1);
        log.clear();
        assert_eq!((log.snapshot().first, log.snapshot().used), (5, 0));
    }
}
