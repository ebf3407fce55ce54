//! Writes down all that goes in and out of an engine, so that a test can play it again.
//!
//! A recording is JSON Lines. The first names the engine and its configuration; then come, in
//! order, `random` (what the engine drew), and with the nanoseconds since the start as `at_ns`:
//! `command`, `input`, `timeout`, `transmit`, `event`.
//!
//! Randomness is in it, so an engine whose randomness is secret must not be given
//! [`Recorder::entropy`]. Secrets themselves never serialise.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};

use crate::net::engine::{Engine, Entropy, Output};

/// A recording that is being written. Clones write to the same.
#[derive(Clone)]
pub(super) struct Recorder(Arc<Mutex<Writing>>);

struct Writing {
    file: File,
    start: Option<Instant>,
}

impl Recorder {
    /// Begins a recording, over any older one of this name. Only the owner may read it.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(path)?;
        Ok(Self(Arc::new(Mutex::new(Writing { file, start: None }))))
    }

    /// Writes the first line.
    pub(super) fn header(&self, engine: &str, config: &impl Serialize) {
        self.line(&json!({ "engine": engine, "config": config }));
    }

    /// A source of randomness that is written down too.
    pub(super) fn entropy<T: Entropy>(&self, source: T) -> impl Entropy + use<T> {
        RecordedEntropy { source, recorder: self.clone() }
    }

    fn entry(&self, key: &str, value: &impl Serialize, now: Instant) {
        let start = *self.0.lock().unwrap_or_else(PoisonError::into_inner).start.get_or_insert(now);
        let at = u64::try_from(now.saturating_duration_since(start).as_nanos()).unwrap_or(u64::MAX);
        self.line(&json!({ "at_ns": at, key: value }));
    }

    /// A recording is a help, never a reason to fail: a full disk only ends it.
    fn line(&self, line: &Value) {
        let mut writing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writeln!(writing.file, "{line}") {
            tracing::debug!(%error, "recording");
        }
    }
}

/// An engine that is recorded. It does what the engine inside does.
pub(super) struct Recorded<E> {
    engine: E,
    recorder: Recorder,
    /// When the engine was called last: outputs are its answer to that.
    now: Option<Instant>,
}

impl<E> Recorded<E> {
    /// Records all from now on.
    pub(super) fn new(engine: E, recorder: Recorder) -> Self {
        Self { engine, recorder, now: None }
    }

    fn record(&mut self, key: &str, value: &impl Serialize, now: Instant) {
        self.now = Some(now);
        self.recorder.entry(key, value, now);
    }
}

impl<E> Engine for Recorded<E>
where
    E: Engine<Command: Serialize, Transmit: Serialize, Event: Serialize>,
    for<'a> E::Input<'a>: Serialize,
{
    type Input<'a> = E::Input<'a>;
    type Command = E::Command;
    type Transmit = E::Transmit;
    type Event = E::Event;

    fn handle_input(&mut self, input: E::Input<'_>, now: Instant) {
        self.record("input", &input, now);
        self.engine.handle_input(input, now);
    }

    fn handle_command(&mut self, command: E::Command, now: Instant) {
        self.record("command", &command, now);
        self.engine.handle_command(command, now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        let due = self.engine.poll_timeout().filter(|(at, _)| *at <= now).map(|(_, name)| name);
        self.record("timeout", &due, now);
        self.engine.handle_timeout(now);
    }

    fn poll_output(&mut self) -> Option<Output<E::Transmit, E::Event>> {
        let output = self.engine.poll_output()?;
        if let Some(now) = self.now {
            match &output {
                Output::Transmit(transmit) => self.recorder.entry("transmit", transmit, now),
                Output::Event(event) => self.recorder.entry("event", event, now),
            }
        }
        Some(output)
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        self.engine.poll_timeout()
    }
}

struct RecordedEntropy<T> {
    source: T,
    recorder: Recorder,
}

impl<T: Entropy> Entropy for RecordedEntropy<T> {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.source.fill(buffer);
        let text: String = buffer.iter().map(|byte| format!("{byte:02x}")).collect();
        self.recorder.line(&json!({ "random": text }));
    }
}
