//! Protocol state machines without sockets, clock, tasks or randomness.
//!
//! The driver in `run::worker` owns all four. Tests own a virtual clock and a bad network instead.

mod entropy;
mod timers;

use std::time::Instant;

pub use entropy::{Entropy, SystemEntropy};
pub use timers::Timers;

/// A protocol state machine.
///
/// Call any `handle_*`, then take outputs until there are none. Taking them late is only late,
/// never wrong: outputs wait in order. `now` must not go backwards.
pub trait Engine {
    /// What the lower layer hands up: a frame, a datagram, a packet.
    type Input<'a>;
    /// What the owner asks for, and its answers to earlier events.
    type Command;
    /// What leaves for the lower layer.
    type Transmit;
    /// What the owner must know or do.
    type Event;

    /// Takes what arrived. Bad input is counted and dropped; it never ends in an error here.
    fn handle_input(&mut self, input: Self::Input<'_>, now: Instant);

    /// Takes what the owner asks.
    fn handle_command(&mut self, command: Self::Command, now: Instant);

    /// Fires every timer that is due at `now`; a call without one does nothing.
    fn handle_timeout(&mut self, now: Instant);

    /// The next output, oldest first.
    fn poll_output(&mut self) -> Option<Output<Self::Transmit, Self::Event>>;

    /// When `handle_timeout` is wanted next, and the name of the timer that wants it.
    ///
    /// The answer may change after any `handle_*`. Outputs that wait are not counted: take them first.
    fn poll_timeout(&self) -> Option<(Instant, &'static str)>;
}

/// Something that an engine puts out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output<T, E> {
    /// For the lower layer.
    Transmit(T),
    /// For the owner.
    Event(E),
}
