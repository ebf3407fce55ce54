//! Protocol state machines without sockets, clock, tasks or randomness.
//!
//! The driver in `run::worker` owns all four. Tests own a virtual clock and a bad network instead.
//!
//! An engine that has parts of its own (DHCP probes an address by ARP) calls them inside its own
//! `handle_*` and translates their outputs at once. It never shows a part's queue to its owner.

mod backoff;
mod blame;
mod entropy;
mod hex;
mod timers;

pub mod arp_probe;
pub mod dhcp4;
pub mod ppp;
pub mod pppoe;
pub mod probe;

use std::time::Instant;

use serde::{Deserialize, Serialize};

pub use backoff::Backoff;
pub use blame::Blame;
pub use entropy::{Entropy, SystemEntropy};
pub use timers::{Timer, Timers};

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
    /// The answer may change after any `handle_*`. After `handle_timeout(now)` it is later than
    /// `now`. Outputs that wait are not counted: take them first.
    fn poll_timeout(&self) -> Option<(Instant, &'static str)>;
}

/// Something that an engine puts out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output<T, E> {
    /// For the lower layer.
    Transmit(T),
    /// For the owner.
    Event(E),
}
