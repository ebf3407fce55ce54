//! The access concentrator: offers a service, and keeps a session for each client that asks.
//!
//! It remembers nothing of a client before the client brings its cookie back: a keyed hash of the
//! client's address and of the time. So a flood of PADI costs an answer each, and no memory.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use ring::hmac;

use super::super::{Engine, Entropy, Output, ppp};
use super::{ConcentratorEvent, Frame, Input, OVERHEAD, PLAIN_PAYLOAD, Stage};
use crate::net::wire::Malformed;
use crate::net::wire::pppoe::{Code, Header, Packet, Tag, parse_tags};
use crate::types::Mac;

/// How long a cookie is good.
const COOKIE_LIFE: Duration = Duration::from_secs(60);
/// The longest tag of a client that is sent back: a question must not make a longer answer.
const LONGEST_ECHO: usize = 256;

/// What a concentrator is told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcentratorConfig {
    /// Its name.
    pub name: String,
    /// The services that it offers; any is offered too.
    pub services: Vec<String>,
    /// Sessions at most.
    pub max_sessions: usize,
    /// Sessions of one client at most.
    pub max_sessions_per_client: usize,
    /// The longest frame of the port without its header, in bytes.
    pub port_mtu: u16,
    /// The addresses that clients get, each to one session at a time.
    pub pool: Vec<Ipv4Addr>,
    /// The link of each session. The address of its client comes from the pool.
    pub ppp: ppp::Config,
}

/// Randomness for the link of a new session.
pub type NewEntropy = Box<dyn FnMut() -> Box<dyn Entropy> + Send>;

/// A concentrator on one port.
pub struct Concentrator {
    config: ConcentratorConfig,
    new_entropy: NewEntropy,
    entropy: Box<dyn Entropy>,
    cookie_key: hmac::Key,
    /// The time that cookies count from.
    epoch: Option<Instant>,
    sessions: BTreeMap<u16, Session>,
    dropped: u64,
    outputs: VecDeque<Output<Frame, ConcentratorEvent>>,
}

struct Session {
    client: Mac,
    address: Option<Ipv4Addr>,
    /// What the client asked with, to know a question that is repeated.
    request: Vec<u8>,
    ppp: ppp::Ppp,
}

/// What the owner asks of a concentrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Say goodbye to one client.
    Close(u16),
    /// Say goodbye to all.
    CloseAll,
}

impl Concentrator {
    /// A concentrator that answers from now on.
    pub fn new(config: ConcentratorConfig, mut entropy: Box<dyn Entropy>, new_entropy: NewEntropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self {
            config,
            new_entropy,
            entropy,
            cookie_key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            epoch: None,
            sessions: BTreeMap::new(),
            dropped: 0,
            outputs: VecDeque::new(),
        }
    }

    /// The sessions and their clients.
    pub fn sessions(&self) -> impl Iterator<Item = (u16, Mac)> {
        self.sessions.iter().map(|(number, session)| (*number, session.client))
    }

    /// The link of a session.
    pub fn ppp(&self, session: u16) -> Option<&ppp::Ppp> {
        self.sessions.get(&session).map(|session| &session.ppp)
    }

    /// How many frames were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn receive(&mut self, input: &Input<'_>, now: Instant) -> Result<(), Malformed> {
        let packet = Packet::new_checked(&input.packet)?;
        match (input.stage, packet.code()) {
            (Stage::Session, Code::Session) => self.receive_session(input.from, &packet, now),
            (Stage::Discovery, Code::Initiation) => {
                self.offer(input.from, &parse_tags(packet.payload())?, now)
            }
            (Stage::Discovery, Code::Request) => {
                let tags = parse_tags(packet.payload())?;
                self.confirm(input.from, packet.payload(), &tags, now);
            }
            (Stage::Discovery, Code::Terminate) if self.is_of(input.from, packet.session()) => {
                if let Some(session) = self.sessions.get_mut(&packet.session()) {
                    session.ppp.handle_command(ppp::Command::LowerDown, now);
                }
                self.follow(packet.session(), false);
            }
            _ => self.dropped += 1,
        }
        Ok(())
    }

    /// Answers who asks for access.
    fn offer(&mut self, client: Mac, tags: &[Tag], now: Instant) {
        let minute = self.minute(now);
        let Some(service) = self.service(tags) else {
            self.dropped += 1; // For another concentrator.
            return;
        };
        let cookie = Tag::AcCookie(self.cookie(client, minute));
        let own = [service, Tag::AcName(self.config.name.as_bytes().to_vec()), cookie];
        let answer: Vec<Tag> = own.into_iter().chain(self.sent_back(tags)).collect();
        self.send(client, Stage::Discovery, Header { code: Code::Offer, session: 0 }.emit_tags(&answer));
    }

    /// Answers who asks for a session.
    fn confirm(&mut self, client: Mac, request: &[u8], tags: &[Tag], now: Instant) {
        let repeated =
            self.sessions.iter().find(|(_, session)| session.client == client && session.request == request);
        if let Some((number, _)) = repeated {
            return self.answer_request(client, *number, tags); // The answer was lost.
        }
        let name = Tag::AcName(self.config.name.as_bytes().to_vec());
        if self.service(tags).is_none() {
            let error = Tag::ServiceNameError(b"no such service".to_vec());
            return self.refuse(client, "it asks for another service", [name, error], tags);
        }
        if !self.is_good_cookie(client, tags, now) {
            self.dropped += 1;
            let problem = "it brings no cookie of ours, or an old one";
            return self.tell(ConcentratorEvent::Refused { client, problem });
        }
        let of_client = self.sessions.values().filter(|session| session.client == client).count();
        let is_full = self.sessions.len() >= self.config.max_sessions;
        let address = self.free_address();
        if is_full || of_client >= self.config.max_sessions_per_client || address.is_none() {
            let error = Tag::AcSystemError(b"too many sessions".to_vec());
            return self.refuse(client, "too many sessions", [name, error], tags);
        }
        let Some(number) = self.free_number() else { return };
        let ppp = self.new_link(address, tags);
        self.sessions.insert(number, Session { client, address, request: request.to_owned(), ppp });
        self.answer_request(client, number, tags);
        self.tell(ConcentratorEvent::Opened { session: number, client });
        if let Some(session) = self.sessions.get_mut(&number) {
            session.ppp.handle_command(ppp::Command::Open, now);
        }
        self.follow(number, true);
    }

    fn answer_request(&mut self, client: Mac, session: u16, tags: &[Tag]) {
        let service = self.service(tags).unwrap_or(Tag::ServiceName(Vec::new()));
        let own = [service, Tag::AcName(self.config.name.as_bytes().to_vec())];
        let answer: Vec<Tag> = own.into_iter().chain(self.sent_back(tags)).collect();
        self.send(client, Stage::Discovery, Header { code: Code::Confirmation, session }.emit_tags(&answer));
    }

    fn refuse(&mut self, client: Mac, problem: &'static str, own: [Tag; 2], tags: &[Tag]) {
        let answer: Vec<Tag> = own.into_iter().chain(self.sent_back(tags)).collect();
        self.send(
            client,
            Stage::Discovery,
            Header { code: Code::Confirmation, session: 0 }.emit_tags(&answer),
        );
        self.tell(ConcentratorEvent::Refused { client, problem });
    }

    fn new_link(&mut self, address: Option<Ipv4Addr>, tags: &[Tag]) -> ppp::Ppp {
        let mut config = self.config.ppp.clone();
        if let Some(ipcp) = &mut config.ipcp {
            ipcp.remote = address;
        }
        let mut ppp = ppp::Ppp::new(config, (self.new_entropy)());
        ppp.set_largest(self.max_payload(tags).unwrap_or(PLAIN_PAYLOAD));
        ppp
    }

    fn receive_session(&mut self, from: Mac, packet: &Packet<'_>, now: Instant) {
        let number = packet.session();
        if !self.is_of(from, number) {
            self.dropped += 1;
            return;
        }
        if let Some(session) = self.sessions.get_mut(&number) {
            session.ppp.handle_input(ppp::Input { packet: packet.payload().into() }, now);
        }
        self.follow(number, true);
    }

    /// Takes what a session's link puts out. When it is over, so is the session.
    fn follow(&mut self, number: u16, says_goodbye: bool) {
        let Some(session) = self.sessions.get_mut(&number) else { return };
        let (client, mut is_over) = (session.client, false);
        let mut outputs = Vec::new();
        while let Some(output) = session.ppp.poll_output() {
            outputs.push(output);
        }
        for output in outputs {
            match output {
                Output::Transmit(transmit) => {
                    let packet = Header { code: Code::Session, session: number }.emit(&transmit.packet);
                    self.send(client, Stage::Session, packet);
                }
                Output::Event(event) => {
                    is_over |= matches!(event, ppp::Event::Closed { .. });
                    self.tell(ConcentratorEvent::Ppp { session: number, event });
                }
            }
        }
        if is_over {
            self.sessions.remove(&number);
            if says_goodbye {
                let packet = Header { code: Code::Terminate, session: number }.emit_tags(&[]);
                self.send(client, Stage::Discovery, packet);
            }
            self.tell(ConcentratorEvent::Ended { session: number });
        }
    }

    fn is_of(&self, client: Mac, number: u16) -> bool {
        self.sessions.get(&number).is_some_and(|session| session.client == client)
    }

    /// The service that is asked for, if it is one of ours.
    fn service(&self, tags: &[Tag]) -> Option<Tag> {
        let asked = tags.iter().find_map(|tag| match tag {
            Tag::ServiceName(name) => Some(name),
            _ => None,
        })?;
        let is_ours = asked.is_empty() || self.config.services.iter().any(|ours| ours.as_bytes() == asked);
        is_ours.then(|| Tag::ServiceName(asked.clone()))
    }

    /// The client's tags that an answer has to bring back.
    fn sent_back(&self, tags: &[Tag]) -> Vec<Tag> {
        let mut back: Vec<Tag> = Vec::new();
        for tag in tags {
            if let Tag::HostUniq(value) | Tag::RelaySessionId(value) = tag
                && value.len() <= LONGEST_ECHO
                && back.len() < 2
            {
                back.push(tag.clone());
            }
        }
        back.extend(self.max_payload(tags).map(Tag::PppMaxPayload));
        back
    }

    /// The longest packet that both can carry, if the client asks for more than the usual.
    fn max_payload(&self, tags: &[Tag]) -> Option<u16> {
        let ours = self.config.port_mtu.saturating_sub(OVERHEAD);
        let asked = tags.iter().find_map(|tag| match tag {
            Tag::PppMaxPayload(most) => Some(*most),
            _ => None,
        })?;
        Some(asked.min(ours)).filter(|most| *most > PLAIN_PAYLOAD)
    }

    fn cookie(&self, client: Mac, minute: u32) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.cookie_key);
        context.update(&client.0);
        context.update(&minute.to_be_bytes());
        context.sign().as_ref().get(..16).unwrap_or_default().to_vec()
    }

    /// A cookie of this minute, or of the one before.
    fn is_good_cookie(&mut self, client: Mac, tags: &[Tag], now: Instant) -> bool {
        let minute = self.minute(now);
        let good = [Some(minute), minute.checked_sub(1)].into_iter().flatten();
        good.map(|minute| Tag::AcCookie(self.cookie(client, minute))).any(|cookie| tags.contains(&cookie))
    }

    fn minute(&mut self, now: Instant) -> u32 {
        let epoch = *self.epoch.get_or_insert(now);
        let passed = now.saturating_duration_since(epoch).as_secs() / COOKIE_LIFE.as_secs();
        u32::try_from(passed).unwrap_or(u32::MAX)
    }

    fn free_address(&self) -> Option<Ipv4Addr> {
        let is_free =
            |address: &&Ipv4Addr| !self.sessions.values().any(|session| session.address == Some(**address));
        self.config.pool.iter().find(is_free).copied()
    }

    /// Random, so that a late packet of an old session does not meet a new one.
    fn free_number(&mut self) -> Option<u16> {
        let is_usable = |number: &u16| !matches!(number, 0 | 0xffff);
        let [high, low, ..] = self.entropy.next_u32().to_be_bytes();
        let first = u16::from_be_bytes([high, low]);
        (0..=u16::MAX)
            .map(|step| first.wrapping_add(step))
            .filter(is_usable)
            .find(|number| !self.sessions.contains_key(number))
    }

    fn send(&mut self, to: Mac, stage: Stage, packet: Vec<u8>) {
        self.outputs.push_back(Output::Transmit(Frame { to, stage, packet }));
    }

    fn tell(&mut self, event: ConcentratorEvent) {
        self.outputs.push_back(Output::Event(event));
    }
}

impl Engine for Concentrator {
    type Input<'a> = Input<'a>;
    type Command = Command;
    type Transmit = Frame;
    type Event = ConcentratorEvent;

    fn handle_input(&mut self, input: Input<'_>, now: Instant) {
        if self.receive(&input, now).is_err() {
            self.dropped += 1;
        }
    }

    fn handle_command(&mut self, command: Command, now: Instant) {
        let numbers: Vec<u16> = match command {
            Command::Close(number) => vec![number],
            Command::CloseAll => self.sessions.keys().copied().collect(),
        };
        for number in numbers {
            if let Some(session) = self.sessions.get_mut(&number) {
                session.ppp.handle_command(ppp::Command::Close, now);
            }
            self.follow(number, true);
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        let numbers: Vec<u16> = self.sessions.keys().copied().collect();
        for number in numbers {
            if let Some(session) = self.sessions.get_mut(&number) {
                session.ppp.handle_timeout(now);
            }
            self.follow(number, true);
        }
    }

    fn poll_output(&mut self) -> Option<Output<Frame, ConcentratorEvent>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        self.sessions.values().filter_map(|session| session.ppp.poll_timeout()).min_by_key(|(at, _)| *at)
    }
}
