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

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use layer::LogLayer;
pub use record::Record;

use crate::types::Severity;

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

/// What the log keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of text that it may hold.
    pub capacity: usize,
    /// The severities that are logged.
    pub severities: BTreeSet<Severity>,
    /// The same for single subsystems, by their names in small letters.
    pub subsystems: BTreeMap<String, BTreeSet<Severity>>,
}

impl Default for Settings {
    /// Everything but single exchanges with peers.
    fn default() -> Self {
        Self {
            capacity: Log::DEFAULT_CAPACITY,
            severities: Severity::ALL.into_iter().filter(|&severity| severity != Severity::Debug).collect(),
            subsystems: BTreeMap::new(),
        }
    }
}

impl Settings {
    fn admit(&self, subsystem: &str, severity: Severity) -> bool {
        let own = self.subsystems.get(&subsystem.to_ascii_lowercase());
        own.unwrap_or(&self.severities).contains(&severity)
    }
}

#[derive(Debug)]
struct Ring {
    settings: Settings,
    used: usize,
    first: u64,
    records: VecDeque<Record>,
}

impl Log {
    /// The size that an IX has unless `logging buffered` says otherwise, in bytes.
    pub const DEFAULT_CAPACITY: usize = 131_072;

    /// An empty log that holds up to `capacity` bytes of text.
    pub fn new(capacity: usize) -> Self {
        let settings = Settings { capacity, ..Settings::default() };
        Self(Arc::new(Mutex::new(Ring { settings, used: 0, first: 1, records: VecDeque::new() })))
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

    /// Changes what the log keeps. Records that it has stay as long as there is room.
    pub fn configure(&self, settings: Settings) {
        let mut ring = self.ring();
        ring.settings = settings;
        ring.shrink();
    }

    /// Whether records of a subsystem are logged at this severity.
    pub fn admits(&self, subsystem: &str, severity: Severity) -> bool {
        self.ring().settings.admit(subsystem, severity)
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
            capacity: ring.settings.capacity,
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
        while self.used > self.settings.capacity {
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

        log.configure(Settings { capacity: record("12345").size(), ..Settings::default() });
        assert_eq!(log.snapshot().records.len(), 1);
        log.clear();
        assert_eq!((log.snapshot().first, log.snapshot().used), (5, 0));
    }

    #[test]
    fn a_subsystem_may_have_severities_of_its_own() {
        let log = Log::default();
        assert!(log.admits("CNFG", Severity::Info) && !log.admits("CNFG", Severity::Debug));
        log.configure(Settings {
            severities: [Severity::Error].into(),
            subsystems: [("dhc".to_owned(), Severity::ALL.into())].into(),
            ..Settings::default()
        });
        assert!(log.admits("DHC", Severity::Debug) && !log.admits("CNFG", Severity::Info));
    }
}
