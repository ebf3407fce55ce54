//! The client: finds a concentrator, keeps a session, and dials again when it ends.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::super::{Backoff, Engine, Entropy, Output, Timer, Timers, ppp};
use super::{ClientEvent, Frame, Input, OVERHEAD, PLAIN_PAYLOAD, Phase, Reason, Stage};
use crate::net::wire::pppoe::{Code, Header, Packet, Tag, parse_tags};
use crate::net::wire::{Malformed, printable};
use crate::types::Mac;

/// Sessions of others that speak to us are ended at most this often.
const FOREIGN_PAUSE: Duration = Duration::from_secs(1);
/// The pause before dialling again, longer each time until the line was up.
const REDIAL: Backoff =
    Backoff::new(Duration::from_secs(1), Duration::from_secs(60), Duration::from_millis(500));

/// What a client is told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// The service (RTX `pppoe service-name`, IX `pppoe service-name`); empty is any.
    pub service_name: String,
    /// The concentrator (RTX `pppoe access concentrator`, IX `pppoe ac-name`); `None` is any.
    pub ac_name: Option<String>,
    /// Questions for offers (RTX `pppoe padi restart`, `pppoe padi maxretry`).
    pub padi: ppp::Retry,
    /// Questions for a session (RTX `pppoe padr restart`, `pppoe padr maxretry`).
    pub padr: ppp::Retry,
    /// The longest frame of the port without its header, in bytes: from 1508 on, RFC 4638 is tried.
    pub port_mtu: u16,
    /// End sessions that a concentrator still has and we do not (RTX `pppoe invalid-session forced close`).
    pub closes_foreign_sessions: bool,
    /// The link inside. Its lower layer's limit follows from the session.
    pub ppp: ppp::Config,
}

/// What the owner asks of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Dial, and keep the line up. A session that an earlier client left is ended first.
    Start {
        /// The concentrator and the number of the old session.
        previous: Option<(Mac, u16)>,
    },
    /// Say goodbye, and end with [`ClientEvent::Stopped`].
    Stop,
}

/// A client of one port.
pub struct Client {
    config: ClientConfig,
    entropy: Box<dyn Entropy>,
    state: State,
    ppp: ppp::Ppp,
    timers: Timers<ClientTimer>,
    redial: Backoff,
    /// What was wrong with the last answer that was no use.
    complaint: Option<Reason>,
    is_stopping: bool,
    foreign_until: Option<Instant>,
    dropped: u64,
    outputs: VecDeque<Output<Frame, ClientEvent>>,
}

enum State {
    Stopped,
    Waiting,
    Discovering { uniq: [u8; 8], tries: u32 },
    Requesting { uniq: [u8; 8], tries: u32, offer: Offer },
    Session { concentrator: Mac, session: u16 },
    Leaving { concentrator: Mac, session: u16 },
}

/// What a concentrator offered, and wants to see again.
#[derive(Clone)]
struct Offer {
    concentrator: Mac,
    name: String,
    brought_back: Vec<Tag>,
    max_payload: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ClientTimer {
    Resend,
    Redial,
}

impl Timer for ClientTimer {
    fn name(self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::Redial => "redial",
        }
    }
}

impl Client {
    /// A client that waits for [`Command::Start`]. Both sources of randomness are its own.
    pub fn new(config: ClientConfig, entropy: Box<dyn Entropy>, ppp_entropy: Box<dyn Entropy>) -> Self {
        let ppp = ppp::Ppp::new(config.ppp.clone(), ppp_entropy);
        Self {
            config,
            entropy,
            state: State::Stopped,
            ppp,
            timers: Timers::new(),
            redial: REDIAL,
            complaint: None,
            is_stopping: false,
            foreign_until: None,
            dropped: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Where the client stands.
    pub fn phase(&self) -> Phase {
        match self.state {
            State::Stopped => Phase::Stopped,
            State::Waiting => Phase::Waiting,
            State::Discovering { .. } => Phase::Discovering,
            State::Requesting { .. } => Phase::Requesting,
            State::Session { .. } => Phase::Session,
            State::Leaving { .. } => Phase::Leaving,
        }
    }

    /// The concentrator and the number of the present session.
    pub fn session(&self) -> Option<(Mac, u16)> {
        match self.state {
            State::Session { concentrator, session } | State::Leaving { concentrator, session } => {
                Some((concentrator, session))
            }
            State::Stopped | State::Waiting | State::Discovering { .. } | State::Requesting { .. } => None,
        }
    }

    /// The link inside.
    pub fn ppp(&self) -> &ppp::Ppp {
        &self.ppp
    }

    /// How many frames were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn start(&mut self, previous: Option<(Mac, u16)>, now: Instant) {
        if !matches!(self.state, State::Stopped) {
            return;
        }
        if let Some((concentrator, session)) = previous {
            self.terminate(concentrator, session);
        }
        self.is_stopping = false;
        self.redial.reset();
        self.discover(now);
    }

    fn stop(&mut self, now: Instant) {
        self.is_stopping = true;
        match self.state {
            State::Stopped => {}
            State::Session { concentrator, session } => {
                self.enter(State::Leaving { concentrator, session });
                self.ppp.handle_command(ppp::Command::Close, now);
                self.follow_ppp(now);
            }
            State::Leaving { .. } => {}
            State::Waiting | State::Discovering { .. } | State::Requesting { .. } => self.stopped(),
        }
    }

    fn stopped(&mut self) {
        self.timers.stop_all();
        self.enter(State::Stopped);
        self.tell(ClientEvent::Stopped);
    }

    fn discover(&mut self, now: Instant) {
        let mut uniq = [0; 8];
        self.entropy.fill(&mut uniq);
        self.complaint = None;
        self.enter(State::Discovering { uniq, tries: 0 });
        self.ask(now);
    }

    /// Sends the question of the present state, or gives up.
    fn ask(&mut self, now: Instant) {
        let (padi, padr) = (self.config.padi, self.config.padr);
        let service = Tag::ServiceName(self.config.service_name.as_bytes().to_vec());
        let max_payload = self.config.port_mtu.saturating_sub(OVERHEAD);
        let max_payload = (max_payload > PLAIN_PAYLOAD).then_some(Tag::PppMaxPayload(max_payload));
        let (to, code, tags, wait) = match &mut self.state {
            State::Discovering { tries, .. } if *tries >= padi.tries => {
                return self.fail(Reason::NoOffer, now);
            }
            State::Requesting { tries, .. } if *tries >= padr.tries => {
                return self.fail(Reason::NoConfirmation, now);
            }
            State::Discovering { uniq, tries } => {
                *tries += 1;
                let tags = [service, Tag::HostUniq(uniq.to_vec())];
                (Mac::BROADCAST, Code::Initiation, tags.to_vec(), padi.restart)
            }
            State::Requesting { uniq, tries, offer } => {
                *tries += 1;
                let mut tags = vec![service, Tag::HostUniq(uniq.to_vec())];
                tags.extend(offer.brought_back.iter().cloned());
                (offer.concentrator, Code::Request, tags, padr.restart)
            }
            State::Stopped | State::Waiting | State::Session { .. } | State::Leaving { .. } => return,
        };
        let tags: Vec<Tag> = tags.into_iter().chain(max_payload).collect();
        self.timers.set(ClientTimer::Resend, now + wait);
        let packet = Header { code, session: 0 }.emit_tags(&tags);
        self.send(to, Stage::Discovery, packet);
    }

    /// An attempt or a session is over: dial again after a while, or not at all.
    fn fail(&mut self, reason: Reason, now: Instant) {
        let reason = match reason {
            silence @ (Reason::NoOffer | Reason::NoConfirmation) => self.complaint.take().unwrap_or(silence),
            other => other,
        };
        self.timers.stop(ClientTimer::Resend);
        if self.is_stopping {
            return self.stopped();
        }
        self.tell(ClientEvent::Failed(reason));
        let pause = self.redial.next_delay(self.entropy.as_mut());
        self.enter(State::Waiting);
        self.timers.set(ClientTimer::Redial, now + pause);
    }

    fn receive(&mut self, input: &Input<'_>, now: Instant) -> Result<(), Malformed> {
        let packet = Packet::new_checked(&input.packet)?;
        match (input.stage, packet.code()) {
            (Stage::Session, Code::Session) => self.receive_session(input.from, &packet, now),
            (Stage::Discovery, Code::Offer) => {
                self.receive_offer(input.from, &parse_tags(packet.payload())?, now)
            }
            (Stage::Discovery, Code::Confirmation) => {
                self.receive_confirmation(input.from, packet.session(), &parse_tags(packet.payload())?, now);
            }
            (Stage::Discovery, Code::Terminate) => self.receive_terminate(input.from, packet.session(), now),
            _ => self.dropped += 1,
        }
        Ok(())
    }

    fn receive_offer(&mut self, from: Mac, tags: &[Tag], now: Instant) {
        let State::Discovering { uniq, .. } = self.state else {
            self.dropped += 1; // A second offer: the first one was taken.
            return;
        };
        if !tags.contains(&Tag::HostUniq(uniq.to_vec())) {
            self.dropped += 1;
            return;
        }
        if let Some(message) = error_in(tags) {
            self.complaint = Some(Reason::Refused { message });
            return;
        }
        let name = tags.iter().find_map(|tag| match tag {
            Tag::AcName(name) => Some(name.clone()),
            _ => None,
        });
        let name = name.unwrap_or_default();
        let wanted_service = Tag::ServiceName(self.config.service_name.as_bytes().to_vec());
        let has_service = self.config.service_name.is_empty() || tags.contains(&wanted_service);
        let is_wanted = self.config.ac_name.as_ref().is_none_or(|wanted| wanted.as_bytes() == name);
        if !is_wanted || !has_service {
            self.complaint = Some(Reason::OtherConcentrator { name: printable(&name) });
            return;
        }
        let keep = |tag: &&Tag| matches!(tag, Tag::AcCookie(_) | Tag::RelaySessionId(_));
        let brought_back = tags.iter().filter(keep).cloned().collect();
        let offer = Offer {
            concentrator: from,
            name: printable(&name),
            brought_back,
            max_payload: max_payload(tags),
        };
        self.complaint = None;
        self.enter(State::Requesting { uniq, tries: 0, offer });
        self.ask(now);
    }

    fn receive_confirmation(&mut self, from: Mac, session: u16, tags: &[Tag], now: Instant) {
        let State::Requesting { uniq, offer, .. } = &self.state else {
            self.dropped += 1;
            return;
        };
        if from != offer.concentrator || !tags.contains(&Tag::HostUniq(uniq.to_vec())) {
            self.dropped += 1;
            return;
        }
        let offer = offer.clone();
        if let Some(message) = error_in(tags) {
            return self.fail(Reason::Refused { message }, now);
        }
        if session == 0 {
            self.dropped += 1;
            return;
        }
        let largest = max_payload(tags).or(offer.max_payload).filter(|most| *most > PLAIN_PAYLOAD);
        let ours = self.config.port_mtu.saturating_sub(OVERHEAD);
        self.timers.stop(ClientTimer::Resend);
        self.enter(State::Session { concentrator: from, session });
        self.tell(ClientEvent::Established { concentrator: from, name: offer.name, session });
        self.ppp.set_largest(largest.unwrap_or(PLAIN_PAYLOAD).min(ours));
        self.ppp.handle_command(ppp::Command::Open, now);
        self.follow_ppp(now);
    }

    fn receive_session(&mut self, from: Mac, packet: &Packet<'_>, now: Instant) {
        if self.session() == Some((from, packet.session())) {
            let packet = packet.payload().into();
            self.ppp.handle_input(ppp::Input { packet }, now);
            return self.follow_ppp(now);
        }
        self.dropped += 1;
        let may_speak = self.foreign_until.is_none_or(|until| until <= now);
        let is_ours = self.session().is_some_and(|(concentrator, _)| concentrator == from);
        if self.config.closes_foreign_sessions
            && may_speak
            && !is_ours
            && !matches!(self.state, State::Stopped)
        {
            self.foreign_until = Some(now + FOREIGN_PAUSE);
            self.terminate(from, packet.session());
        }
    }

    fn receive_terminate(&mut self, from: Mac, session: u16, now: Instant) {
        if self.session() != Some((from, session)) {
            self.dropped += 1;
            return;
        }
        self.ppp.handle_command(ppp::Command::LowerDown, now);
        self.drain_ppp(from, session);
        self.fail(Reason::Terminated, now);
    }

    /// Takes what the link puts out. When it is over, so is the session.
    fn follow_ppp(&mut self, now: Instant) {
        let Some((concentrator, session)) = self.session() else { return };
        if let Some((layer, reason)) = self.drain_ppp(concentrator, session) {
            self.terminate(concentrator, session);
            self.fail(Reason::Ppp { layer, reason }, now);
        }
    }

    fn drain_ppp(&mut self, concentrator: Mac, session: u16) -> Option<(ppp::Layer, ppp::Reason)> {
        let mut closed = None;
        while let Some(output) = self.ppp.poll_output() {
            match output {
                Output::Transmit(transmit) => {
                    let header = Header { code: Code::Session, session };
                    self.send(concentrator, Stage::Session, header.emit(&transmit.packet));
                }
                Output::Event(event) => {
                    if let ppp::Event::Up(_) = event {
                        self.redial.reset();
                    }
                    if let ppp::Event::Closed { layer, reason } = &event {
                        closed = Some((*layer, reason.clone()));
                    }
                    self.tell(ClientEvent::Ppp(event));
                }
            }
        }
        closed
    }

    fn terminate(&mut self, to: Mac, session: u16) {
        self.send(to, Stage::Discovery, Header { code: Code::Terminate, session }.emit_tags(&[]));
    }

    fn enter(&mut self, state: State) {
        let before = self.phase();
        self.state = state;
        if self.phase() != before {
            self.tell(ClientEvent::Phase(self.phase()));
        }
    }

    fn send(&mut self, to: Mac, stage: Stage, packet: Vec<u8>) {
        self.outputs.push_back(Output::Transmit(Frame { to, stage, packet }));
    }

    fn tell(&mut self, event: ClientEvent) {
        self.outputs.push_back(Output::Event(event));
    }
}

impl Engine for Client {
    type Input<'a> = Input<'a>;
    type Command = Command;
    type Transmit = Frame;
    type Event = ClientEvent;

    fn handle_input(&mut self, input: Input<'_>, now: Instant) {
        if self.receive(&input, now).is_err() {
            self.dropped += 1;
        }
    }

    fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Start { previous } => self.start(previous, now),
            Command::Stop => self.stop(now),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.take_due(now) {
            match timer {
                ClientTimer::Resend => self.ask(now),
                ClientTimer::Redial => self.discover(now),
            }
        }
        self.ppp.handle_timeout(now);
        self.follow_ppp(now);
    }

    fn poll_output(&mut self) -> Option<Output<Frame, ClientEvent>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        [self.timers.next(), self.ppp.poll_timeout()].into_iter().flatten().min_by_key(|(at, _)| *at)
    }
}

/// What the sender of the tags says went wrong.
fn error_in(tags: &[Tag]) -> Option<String> {
    tags.iter().find_map(|tag| match tag {
        Tag::ServiceNameError(text) => Some(format!("unknown service: {}", printable(text))),
        Tag::AcSystemError(text) | Tag::GenericError(text) => Some(printable(text)),
        _ => None,
    })
}

fn max_payload(tags: &[Tag]) -> Option<u16> {
    tags.iter().find_map(|tag| match tag {
        Tag::PppMaxPayload(most) => Some(*most),
        _ => None,
    })
}
