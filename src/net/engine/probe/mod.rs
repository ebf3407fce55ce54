//! Whether a host lives: echo questions at intervals, and a verdict that one lost packet does not
//! change (RFC 792 and RFC 4443, section 4; every host must answer: RFC 1122, section 3.2.2.6).
//!
//! ```text
//!              down_count questions without answer, then down_wait without one
//!   alive ──────────────────────────────────────────────────────────────────► dead
//!         ◄──────────────────────────────────────────────────────────────────
//!              up_count answers in a row, then up_wait without a miss
//! ```

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Engine, Output, Timer, Timers};

/// How a host is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Before the first question.
    pub delay: Duration,
    /// Between two questions while the host is alive.
    pub interval: Duration,
    /// Between two questions while it is dead.
    pub interval_down: Duration,
    /// How long an answer may take; the next question ends the wait as well.
    pub timeout: Duration,
    /// Questions in a row without answer until it counts as dead.
    pub down_count: u32,
    /// Answers in a row until it counts as alive.
    pub up_count: u32,
    /// How long after that it must stay silent.
    pub down_wait: Duration,
    /// How long after that it must go on answering.
    pub up_wait: Duration,
}

/// An answer, by the sequence number of its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// That of the question.
    pub sequence: u16,
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its number; counts up, and wraps.
    pub sequence: u16,
}

/// What the owner asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Ask no more.
    Stop,
}

/// What the owner learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The host answered so fast.
    Answered(Duration),
    /// It did not answer in time; so many times in a row.
    Missed(u32),
    /// It counts as alive, or as dead, from now on.
    Changed {
        /// Alive.
        alive: bool,
    },
    /// The answer to [`Command::Stop`].
    Stopped,
}

/// One host under watch. It counts as alive until it is found dead.
#[derive(Debug)]
pub struct Prober {
    config: Config,
    alive: bool,
    sequence: u16,
    /// When the question was asked that waits for its answer.
    waiting: Option<Instant>,
    misses: u32,
    answers: u32,
    timers: Timers<ProbeTimer>,
    outputs: VecDeque<Output<Question, Event>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ProbeTimer {
    Timeout,
    Settle,
    Ask,
}

impl Timer for ProbeTimer {
    fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Settle => "settle",
            Self::Ask => "ask",
        }
    }
}

impl Prober {
    /// Asks for the first time after the delay, counted from `now`.
    pub fn new(config: Config, now: Instant) -> Self {
        let mut timers = Timers::new();
        timers.set(ProbeTimer::Ask, now + config.delay);
        Self {
            config,
            alive: true,
            sequence: 0,
            waiting: None,
            misses: 0,
            answers: 0,
            timers,
            outputs: VecDeque::new(),
        }
    }

    /// Whether the host counts as alive.
    pub fn is_alive(&self) -> bool {
        self.alive
    }

    fn ask(&mut self, now: Instant) {
        if self.waiting.is_some() {
            self.miss(now);
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.waiting = Some(now);
        self.outputs.push_back(Output::Transmit(Question { sequence: self.sequence }));
        self.timers.set(ProbeTimer::Timeout, now + self.config.timeout);
        let interval = if self.alive { self.config.interval } else { self.config.interval_down };
        // An interval of nothing would ask without end.
        self.timers.set(ProbeTimer::Ask, now + interval.max(Duration::from_millis(1)));
    }

    fn answer(&mut self, asked: Instant, now: Instant) {
        self.waiting = None;
        self.timers.stop(ProbeTimer::Timeout);
        self.misses = 0;
        self.answers = self.answers.saturating_add(1);
        self.tell(Event::Answered(now.saturating_duration_since(asked)));
        if self.alive {
            self.timers.stop(ProbeTimer::Settle);
        } else if self.answers >= self.config.up_count {
            self.settle(self.config.up_wait, now);
        }
    }

    fn miss(&mut self, now: Instant) {
        self.waiting = None;
        self.timers.stop(ProbeTimer::Timeout);
        self.answers = 0;
        self.misses = self.misses.saturating_add(1);
        self.tell(Event::Missed(self.misses));
        if !self.alive {
            self.timers.stop(ProbeTimer::Settle);
        } else if self.misses >= self.config.down_count {
            self.settle(self.config.down_wait, now);
        }
    }

    /// The verdict changes, at once or after a wait that runs already.
    fn settle(&mut self, wait: Duration, now: Instant) {
        if wait.is_zero() {
            self.change();
        } else if self.timers.deadline(ProbeTimer::Settle).is_none() {
            self.timers.set(ProbeTimer::Settle, now + wait);
        }
    }

    fn change(&mut self) {
        self.timers.stop(ProbeTimer::Settle);
        self.alive = !self.alive;
        (self.misses, self.answers) = (0, 0);
        self.tell(Event::Changed { alive: self.alive });
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

impl Engine for Prober {
    type Input<'a> = Answer;
    type Command = Command;
    type Transmit = Question;
    type Event = Event;

    fn handle_input(&mut self, Answer { sequence }: Answer, now: Instant) {
        if let Some(asked) = self.waiting.filter(|_| sequence == self.sequence) {
            self.answer(asked, now);
        }
    }

    fn handle_command(&mut self, Command::Stop: Command, _now: Instant) {
        self.timers.stop_all();
        self.waiting = None;
        self.tell(Event::Stopped);
    }

    fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.take_due(now) {
            match timer {
                ProbeTimer::Timeout => self.miss(now),
                ProbeTimer::Settle => self.change(),
                ProbeTimer::Ask => self.ask(now),
            }
        }
    }

    fn poll_output(&mut self) -> Option<Output<Question, Event>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        self.timers.next()
    }
}

#[cfg(test)]
mod tests;
