//! The DHCP client (RFC 2131 sections 3 and 4.4).
//!
//! ```text
//!  Init ──► Selecting ──► Requesting ──► Probing ──► Bound ──T1──► Renewing ──T2──► Rebinding
//!   ▲  Discover    Offer        Request, Ack   ARP     ▲   Request      │   Request      │
//!   │                                                  └─────Ack────────┴──────Ack───────┤
//!   └──────────────────── refused (Nak), in use (Decline), expired ◄─────────────────────┘
//! ```
//!
//! *Rebooting* (INIT-REBOOT) comes before all that where an earlier client of the same link left a
//! lease, or the cable was out: it asks whether the lease is still good. If nobody answers, the
//! client looks for a server and keeps the lease until it expires.
//!
//! One file a task: `send` what is asked in each state, `receive` what an answer changes,
//! `timeout` what silence changes, `lease` which answers make sense.

mod lease;
mod message;
mod reason;
mod receive;
mod send;
mod timeout;

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

pub use lease::{Lease, Times};
pub use message::{Command, Event, Input, Phase, Previous, Transmit};
pub use reason::Reason;
use serde::{Deserialize, Serialize};

use super::arp_probe::ArpProbe;
use super::{Backoff, Engine, Entropy, Output, Timer, Timers};
use crate::types::Mac;

/// What a client is told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Our address on the link.
    pub mac: Mac,
    /// The name that servers are told (option 12), if any.
    pub hostname: Option<String>,
}

/// A DHCP client of one link.
pub struct Client {
    config: Config,
    entropy: Box<dyn Entropy>,
    state: State,
    /// What the owner was told to use. It outlives a state that looks for something better.
    held: Option<Held>,
    timers: Timers<ClientTimer>,
    /// The pause before starting over, longer each time that a server refuses.
    restart: Backoff,
    /// What was wrong with the last bad answer of this exchange.
    complaint: Option<Reason>,
    counters: Counters,
    outputs: VecDeque<Output<Transmit, Event>>,
}

/// Answers that changed nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// For other clients, or for exchanges that are over.
    pub foreign: u64,
    /// For us, and malformed.
    pub malformed: u64,
    /// For us, well formed, and without sense.
    pub misbehaved: u64,
}

/// Where the client stands, and what it needs to know there.
enum State {
    Stopped,
    Init,
    Selecting(Exchange),
    Requesting(Exchange, Lease),
    Rebooting(Exchange),
    Probing(ArpProbe, Held),
    Bound,
    Renewing(Exchange),
    Rebinding(Exchange),
}

/// Questions and the answer that they wait for.
struct Exchange {
    xid: u32,
    /// The first question, of all transaction numbers.
    began: Instant,
    /// The first question under this number: what the answer lends counts from there.
    since: Instant,
    backoff: Backoff,
    /// Answers are to be broadcast.
    broadcast: bool,
}

/// A lease that a server acknowledged.
#[derive(Clone, Debug)]
struct Held {
    lease: Lease,
    /// When we asked for it: its times count from there.
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ClientTimer {
    Expire,
    Rebind,
    Renew,
    Resend,
    Probe,
    Start,
}

impl Timer for ClientTimer {
    fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Rebind => "rebind",
            Self::Renew => "renew",
            Self::Resend => "resend",
            Self::Probe => "probe",
            Self::Start => "start",
        }
    }
}

impl Client {
    /// A client that waits for [`Command::Start`].
    pub fn new(config: Config, entropy: Box<dyn Entropy>) -> Self {
        const RESTART: Backoff =
            Backoff::new(Duration::from_secs(1), Duration::from_secs(64), Duration::ZERO);
        Self {
            config,
            entropy,
            state: State::Stopped,
            held: None,
            timers: Timers::new(),
            restart: RESTART,
            complaint: None,
            counters: Counters::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Where the client stands.
    pub fn phase(&self) -> Phase {
        match self.state {
            State::Stopped => Phase::Stopped,
            State::Init => Phase::Init,
            State::Selecting(_) => Phase::Selecting,
            State::Requesting(..) => Phase::Requesting,
            State::Rebooting(_) => Phase::Rebooting,
            State::Probing(..) => Phase::Probing,
            State::Bound => Phase::Bound,
            State::Renewing(_) => Phase::Renewing,
            State::Rebinding(_) => Phase::Rebinding,
        }
    }

    /// The lease that may be used now.
    pub fn lease(&self) -> Option<&Lease> {
        self.held.as_ref().map(|held| &held.lease)
    }

    /// What was dropped so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn start(&mut self, previous: Option<Previous>, now: Instant) {
        if !matches!(self.state, State::Stopped) {
            return;
        }
        let was_bound = previous.is_some();
        self.held = previous.and_then(|previous| previous.held(now)).filter(|held| !held.is_over(now));
        if was_bound && self.held.is_none() {
            self.tell(Event::Lost(Reason::Expired));
        }
        if let Some(expiry) = self.held.as_ref().and_then(Held::expiry) {
            self.timers.set(ClientTimer::Expire, expiry);
        }
        self.begin(now);
    }

    /// Asks anew, wherever it stood (RFC 2131 section 3.7). What is held is kept meanwhile.
    fn look_around(&mut self, now: Instant) {
        if !matches!(self.state, State::Stopped) {
            self.begin(now);
        }
    }

    fn begin(&mut self, now: Instant) {
        match self.held {
            Some(_) => self.reboot(now),
            None => self.discover(now),
        }
    }

    /// Gives back what we have or were about to have.
    fn stop(&mut self) {
        if let State::Probing(_, held) = &self.state {
            let lease = held.lease.clone();
            self.release(&lease);
        }
        if let Some(held) = self.held.take() {
            self.release(&held.lease);
            self.tell(Event::Lost(Reason::Released));
        }
        self.timers.stop_all();
        self.enter(State::Stopped);
        self.tell(Event::Stopped);
    }

    /// Moves to another state, where the timers of questions and probes start anew.
    fn enter(&mut self, state: State) {
        self.timers.stop(ClientTimer::Resend);
        self.timers.stop(ClientTimer::Probe);
        self.timers.stop(ClientTimer::Start);
        let before = self.phase();
        self.state = state;
        if self.phase() != before {
            self.tell(Event::Phase(self.phase()));
        }
    }

    /// What is held may be used no more.
    fn lose(&mut self, reason: Reason) {
        self.held = None;
        self.timers.stop_all();
        self.tell(Event::Lost(reason));
    }

    /// Starts over after a pause.
    fn restart(&mut self, pause: Duration, now: Instant) {
        let delay = self.restart.next_delay(self.entropy.as_mut()).max(pause);
        self.enter(State::Init);
        self.timers.set(ClientTimer::Start, now + delay);
    }

    fn exchange(&mut self, now: Instant, backoff: Backoff) -> Exchange {
        self.complaint = None;
        Exchange { xid: self.entropy.next_u32(), began: now, since: now, backoff, broadcast: false }
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

impl Engine for Client {
    type Input<'a> = Input<'a>;
    type Command = Command;
    type Transmit = Transmit;
    type Event = Event;

    fn handle_input(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::Dhcp { from, message } => self.receive(from, &message, now),
            Input::Arp(packet) => self.receive_arp(&packet, now),
            Input::Carrier => self.look_around(now),
        }
    }

    fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Start { previous } => self.start(previous, now),
            Command::Stop => self.stop(),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.take_due(now) {
            self.fire(timer, now);
        }
    }

    fn poll_output(&mut self) -> Option<Output<Transmit, Event>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        self.timers.next()
    }
}

impl Held {
    fn address(&self) -> Ipv4Addr {
        self.lease.address.addr()
    }

    /// When it ends; `None` if never.
    fn expiry(&self) -> Option<Instant> {
        self.lease.times.map(|times| self.since + times.expire)
    }

    fn is_over(&self, now: Instant) -> bool {
        self.expiry().is_some_and(|expiry| expiry <= now)
    }
}
