//! Plays a recording of an engine again: the same calls at the same times must give the same outputs.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tsuji::net::engine::{Engine, Entropy, Output};

/// The randomness that a recorded engine drew, in order.
#[derive(Clone)]
pub struct RecordedEntropy(Arc<Mutex<VecDeque<u8>>>);

impl Entropy for RecordedEntropy {
    fn fill(&mut self, buffer: &mut [u8]) {
        let mut left = self.0.lock().unwrap();
        for byte in buffer {
            *byte = left.pop_front().expect("the engine draws more randomness than was recorded");
        }
    }
}

/// The lines of a recording after its header.
pub struct Recording {
    pub header: Value,
    lines: Vec<Value>,
    pub entropy: RecordedEntropy,
}

impl Recording {
    /// Reads JSON Lines.
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let header = lines.next().expect("a header");
        let (random, lines): (Vec<Value>, Vec<Value>) = lines.partition(|line| line["random"].is_string());
        let bytes = random.iter().flat_map(|line| hex(line["random"].as_str().unwrap())).collect();
        Self { header, lines, entropy: RecordedEntropy(Arc::new(Mutex::new(bytes))) }
    }

    /// Plays all lines. `feed` hands the engine an input that was recorded.
    pub fn play<E>(self, mut engine: E, feed: impl Fn(&mut E, Value, Instant))
    where
        E: Engine<
                Command: DeserializeOwned,
                Transmit: DeserializeOwned + Debug + PartialEq,
                Event: DeserializeOwned + Debug + PartialEq,
            >,
    {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock starts somewhere")]
        let start = Instant::now();
        for (number, line) in self.lines.into_iter().enumerate() {
            let Value::Object(mut line) = line else { panic!("line {number}: not an object") };
            let at = line.remove("at_ns").and_then(|at| at.as_u64()).expect("a time");
            let now = start + Duration::from_nanos(at);
            let (key, value) = line.into_iter().next().expect("a call or an output");
            match key.as_str() {
                "command" => engine.handle_command(serde_json::from_value(value).unwrap(), now),
                "input" => feed(&mut engine, value, now),
                "timeout" => engine.handle_timeout(now),
                "transmit" => {
                    let expected = Output::Transmit(serde_json::from_value(value).unwrap());
                    assert_eq!(engine.poll_output(), Some(expected), "line {number}");
                }
                "event" => {
                    let expected = Output::Event(serde_json::from_value(value).unwrap());
                    assert_eq!(engine.poll_output(), Some(expected), "line {number}");
                }
                other => panic!("line {number}: {other}"),
            }
        }
        assert_eq!(engine.poll_output(), None, "the engine says more than was recorded");
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
