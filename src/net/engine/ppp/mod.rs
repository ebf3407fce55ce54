//! One PPP link, either end (RFC 1661).
//!
//! ```text
//!  Dead ──► Establish ──► Authenticate ──► Network ──► Terminate ──► Dead
//!             LCP          PAP, CHAP     IPCP, IPV6CP     LCP
//! ```
//!
//! One file a task: `automaton` the table of the RFC, `control` a control protocol around it, `lcp`
//! `ipcp` `ipv6cp` what each agrees on, `auth` the proofs, `receive` what a packet changes, `follow`
//! from phase to phase, `echo` whether the peer lives.

mod auth;
mod automaton;
mod config;
mod control;
mod echo;
mod follow;
mod ipcp;
mod ipv6cp;
mod lcp;
mod message;
mod reason;
mod receive;

use std::collections::VecDeque;
use std::time::Instant;

use auth::{Prover, Verifier};
pub use automaton::State;
pub use config::{
    Account, AuthenticationConfig, Config, Credentials, EchoConfig, IpcpConfig, Ipv6cpConfig, LcpConfig,
    LocalAddress, Method, Patience, Retry,
};
use control::{Control, Effect};
use echo::Echo;
use ipcp::Ipcp;
pub use ipcp::Ipv4Link;
use ipv6cp::Ipv6cp;
pub use ipv6cp::{Identifier, Ipv6Link};
use lcp::Lcp;
pub use message::{Addresses, Command, Event, Input, Network, Phase, Transmit};
pub use reason::{Layer, Reason};

use super::{Engine, Entropy, Output, Timer, Timers};
use crate::net::wire::ppp::{Framing, Protocol};

/// One end of a link.
pub struct Ppp {
    config: Config,
    entropy: Box<dyn Entropy>,
    phase: Phase,
    lcp: Control<Lcp>,
    ipcp: Option<Control<Ipcp>>,
    ipv6cp: Option<Control<Ipv6cp>>,
    prover: Option<Prover>,
    verifier: Option<Verifier>,
    echo: Echo,
    /// Why the link ends, and where that began; the first cause counts.
    cause: Option<(Layer, Reason)>,
    timers: Timers<PppTimer>,
    counters: Counters,
    outputs: VecDeque<Output<Transmit, Event>>,
}

/// Packets that changed nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// They broke a format.
    pub malformed: u64,
    /// They came before their time, or after it.
    pub untimely: u64,
    /// Of protocols that we do not speak.
    pub unknown: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PppTimer {
    Lcp,
    Prove,
    Verify,
    Authentication,
    Ipcp,
    Ipv6cp,
    Echo,
}

impl Timer for PppTimer {
    fn name(self) -> &'static str {
        match self {
            Self::Lcp => "lcp-restart",
            Self::Prove => "prove",
            Self::Verify => "verify",
            Self::Authentication => "authentication",
            Self::Ipcp => "ipcp-restart",
            Self::Ipv6cp => "ipv6cp-restart",
            Self::Echo => "echo",
        }
    }
}

impl Ppp {
    /// A link that waits for [`Command::Open`].
    pub fn new(config: Config, entropy: Box<dyn Entropy>) -> Self {
        let lcp = Lcp::new(config.lcp.clone(), config.authentication.clone());
        let ipv6cp =
            |config: &Ipv6cpConfig| Control::new(Ipv6cp::new(config.clone()), config.patience, false);
        Self {
            entropy,
            phase: Phase::Dead,
            lcp: Control::new(lcp, config.lcp.patience, config.lcp.silent),
            ipcp: config.ipcp.as_ref().map(new_ipcp),
            ipv6cp: config.ipv6cp.as_ref().map(ipv6cp),
            prover: None,
            verifier: None,
            echo: Echo::new(config.lcp.echo),
            cause: None,
            timers: Timers::new(),
            counters: Counters::default(),
            outputs: VecDeque::new(),
            config,
        }
    }

    /// Where the link stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What was dropped so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Whether packets of a network protocol may pass now, in both directions. The data path asks
    /// before it forwards: nothing passes before the proofs and the protocol's own agreement.
    pub fn carries(&self, protocol: Protocol) -> bool {
        self.phase == Phase::Network
            && match protocol {
                Protocol::Ipv4 => self.ipcp.as_ref().is_some_and(Control::is_opened),
                Protocol::Ipv6 => self.ipv6cp.as_ref().is_some_and(Control::is_opened),
                _ => false,
            }
    }

    /// How packets of a network protocol are to be written.
    pub fn framing(&self) -> Framing {
        let peer = &self.lcp.negotiator.peer;
        let is_agreed = self.lcp.is_opened();
        Framing {
            address_and_control: self.config.address_and_control && !(is_agreed && peer.acfc),
            short_protocol: is_agreed && peer.pfc,
        }
    }

    /// What the lower layer can carry from now on ([`Config::largest`]). It counts from the next
    /// [`Command::Open`].
    pub(in super::super) fn set_largest(&mut self, largest: u16) {
        self.config.largest = largest;
        self.lcp.negotiator.set_largest(largest);
    }

    /// The longest packet that may be sent, in bytes.
    pub fn mtu(&self) -> u16 {
        self.lcp.negotiator.peer.mru.min(self.config.largest)
    }

    /// The longest packet that the peer was told it may send, in bytes.
    pub fn mru(&self) -> u16 {
        self.lcp.negotiator.local_mru()
    }

    /// Where the control protocols stand, LCP first; `None` for those that are refused.
    pub fn states(&self) -> [Option<State>; 3] {
        let (ipcp, ipv6cp) = (self.ipcp.as_ref(), self.ipv6cp.as_ref());
        [Some(self.lcp.state()), ipcp.map(Control::state), ipv6cp.map(Control::state)]
    }

    fn open(&mut self, now: Instant) {
        if self.phase != Phase::Dead {
            return;
        }
        self.cause = None;
        // The peer of before may have had an address of its own.
        self.ipcp = self.config.ipcp.as_ref().map(new_ipcp);
        self.enter(Phase::Establish);
        self.lcp.open(now, self.entropy.as_mut());
        self.settle(now);
    }

    fn close(&mut self, layer: Layer, reason: Reason, now: Instant) {
        if matches!(self.phase, Phase::Dead) {
            return;
        }
        self.cause.get_or_insert((layer, reason.clone()));
        self.lcp.close(reason, now);
        if self.phase != Phase::Terminate && self.phase != Phase::Dead {
            self.enter(Phase::Terminate);
        }
        self.settle(now);
        if matches!(self.lcp.state(), State::Initial | State::Closed) {
            self.finish(); // Nothing was said yet, so there is no goodbye to wait for.
        }
    }

    fn lower_down(&mut self, now: Instant) {
        if self.phase == Phase::Dead {
            return;
        }
        self.cause.get_or_insert((Layer::Lcp, Reason::LowerDown));
        self.lcp.lower_down(Reason::LowerDown, now);
        self.lcp.effects.retain(|effect| !matches!(effect, Effect::Send(_)));
        self.settle(now);
        self.finish();
    }

    fn finish(&mut self) {
        if self.phase == Phase::Dead {
            return;
        }
        self.timers.stop_all();
        self.lcp.restart_at = None;
        let (layer, reason) = self.cause.clone().unwrap_or((Layer::Lcp, Reason::Closed));
        self.enter(Phase::Dead);
        self.tell(Event::Closed { layer, reason });
    }

    /// All network protocols were tried, and none is up.
    fn is_pointless(&self) -> bool {
        let is_over = |state: Option<State>| {
            state.is_none_or(|state| matches!(state, State::Initial | State::Closed | State::Stopped))
        };
        let [_, ipcp, ipv6cp] = self.states();
        is_over(ipcp) && is_over(ipv6cp)
    }

    fn set_timers(&mut self) {
        let ipcp = self.ipcp.as_ref().and_then(|ipcp| ipcp.restart_at);
        let ipv6cp = self.ipv6cp.as_ref().and_then(|ipv6cp| ipv6cp.restart_at);
        for (timer, at) in [
            (PppTimer::Lcp, self.lcp.restart_at),
            (PppTimer::Prove, self.prover.as_ref().and_then(|prover| prover.deadline)),
            (PppTimer::Verify, self.verifier.as_ref().and_then(|verifier| verifier.deadline)),
            (PppTimer::Ipcp, ipcp),
            (PppTimer::Ipv6cp, ipv6cp),
            (PppTimer::Echo, self.echo.deadline()),
        ] {
            match at {
                Some(at) if self.phase != Phase::Dead => self.timers.set(timer, at),
                _ => self.timers.stop(timer),
            }
        }
    }

    fn fire(&mut self, timer: PppTimer, now: Instant) {
        match timer {
            PppTimer::Lcp => self.lcp.timeout(now),
            PppTimer::Prove => {
                let steps = self.prover.as_mut().map(|prover| prover.timeout(now));
                self.follow_steps(steps.unwrap_or_default(), now);
            }
            PppTimer::Verify => {
                let steps = self.verifier.as_mut().map(|verifier| verifier.timeout(now));
                self.follow_steps(steps.unwrap_or_default(), now);
            }
            PppTimer::Authentication => self.close(Layer::Authentication, Reason::NoAnswer, now),
            PppTimer::Ipcp => {
                if let Some(ipcp) = &mut self.ipcp {
                    ipcp.timeout(now);
                }
            }
            PppTimer::Ipv6cp => {
                if let Some(ipv6cp) = &mut self.ipv6cp {
                    ipv6cp.timeout(now);
                }
            }
            PppTimer::Echo => self.ask_echo(now),
        }
        self.settle(now);
    }

    fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.tell(Event::Phase(phase));
        }
    }

    /// Control packets are short: they fit whatever the peer takes. LCP is never compressed.
    fn send(&mut self, protocol: Protocol, information: &[u8]) {
        let framing = match protocol {
            Protocol::Lcp => {
                let address_and_control = self.config.address_and_control;
                Framing { address_and_control, short_protocol: false }
            }
            _ => self.framing(),
        };
        let mut packet = Vec::new();
        framing.emit(protocol, &mut packet);
        packet.extend_from_slice(information);
        self.outputs.push_back(Output::Transmit(Transmit { packet }));
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

impl Engine for Ppp {
    type Input<'a> = Input<'a>;
    type Command = Command;
    type Transmit = Transmit;
    type Event = Event;

    fn handle_input(&mut self, input: Input<'_>, now: Instant) {
        self.receive(&input.packet, now);
        self.settle(now);
    }

    fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Open => self.open(now),
            Command::Close => self.close(Layer::Lcp, Reason::Closed, now),
            Command::LowerDown => self.lower_down(now),
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

fn new_ipcp(config: &IpcpConfig) -> Control<Ipcp> {
    Control::new(Ipcp::new(config.clone()), config.patience, false)
}
