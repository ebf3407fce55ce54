//! A PPP link and a hostile peer: no panic, no busy loop, no endless queue, silence after goodbye,
//! and nothing passes without a proof.
//!
//! The first byte chooses the role; then a list of acts: a byte that names one, and what it takes.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use tsuji::net::engine::ppp::{
    Account, AuthenticationConfig, Command, Config, Credentials, Input, IpcpConfig, Ipv6cpConfig, LcpConfig,
    Method, Patience, Phase, Ppp,
};
use tsuji::net::engine::{Engine, Entropy, Output};
use tsuji::net::wire::ppp::control::{self, Code};
use tsuji::net::wire::ppp::{Frame, Protocol, ccp, chap, ipcp, ipv6cp, lcp, pap};
use tsuji::types::Secret;

pub fn run(data: &[u8]) {
    decode(data);
    let Some((role, mut acts)) = data.split_first() else { return };
    let mut bench = Bench::new(role & 1 == 1);
    while let Some((act, rest)) = acts.split_first() {
        let (length, rest) = rest.split_first().unwrap_or((&0, &[]));
        let (bytes, rest) = rest.split_at_checked((*length).into()).unwrap_or((rest, &[]));
        bench.act(*act, *length, bytes);
        acts = rest;
    }
    bench.ppp.handle_command(Command::Close, bench.now);
    bench.wait(Duration::from_secs(60));
    assert_eq!((bench.ppp.phase(), bench.ppp.poll_timeout()), (Phase::Dead, None));
}

/// The same bytes as every kind of packet.
fn decode(data: &[u8]) {
    let _frame = Frame::new_checked(data);
    if let Ok(packet) = control::Packet::new_checked(data, "lcp") {
        let options = packet.data();
        options_survive::<lcp::LcpOption>(options);
        options_survive::<ipcp::IpcpOption>(options);
        options_survive::<ipv6cp::Ipv6cpOption>(options);
        options_survive::<ccp::CcpOption>(options);
    }
    if let Ok((identifier, packet)) = chap::Packet::parse(data) {
        assert_eq!(chap::Packet::parse(&packet.emit(identifier)).unwrap(), (identifier, packet));
    }
    if let Ok((identifier, packet)) = pap::Packet::parse(data) {
        assert_eq!(pap::Packet::parse(&packet.emit(identifier)).unwrap(), (identifier, packet));
    }
}

fn options_survive<O: control::ConfigurationOption>(data: &[u8]) {
    if let Ok(options) = control::parse_options::<O>(data, "test") {
        assert_eq!(control::emit_options(&options), data);
    }
}

struct Bench {
    ppp: Ppp,
    now: Instant,
    /// Our last Configure-Requests: LCP, IPCP, IPV6CP.
    asked: [Vec<u8>; 3],
    proven: bool,
    is_server: bool,
}

const PROTOCOLS: [Protocol; 3] = [Protocol::Lcp, Protocol::Ipcp, Protocol::Ipv6cp];

impl Bench {
    fn new(is_server: bool) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock starts somewhere")]
        let now = Instant::now();
        let ppp = Ppp::new(config(is_server), Box::new(Count(0)));
        let mut bench = Self { ppp, now, asked: Default::default(), proven: false, is_server };
        bench.ppp.handle_command(Command::Open, now);
        bench.drain();
        bench
    }

    fn act(&mut self, act: u8, length: u8, bytes: &[u8]) {
        match act % 8 {
            0 => self.hear(bytes),
            at @ 1..=3 => {
                let protocol = PROTOCOLS[usize::from(at) - 1];
                self.hear(&[&u16::from(protocol).to_be_bytes()[..], bytes].concat());
            }
            // The peer agrees to what we asked.
            at @ 4..=6 => {
                let at = usize::from(at) - 4;
                let mut answer = self.asked[at].clone();
                if let Some(code) = answer.get_mut(2) {
                    *code = Code::ConfigureAck.into();
                    self.hear(&answer);
                }
            }
            _ => self.wait(Duration::from_secs(length.into())),
        }
    }

    fn hear(&mut self, packet: &[u8]) {
        self.ppp.handle_input(Input { packet: Cow::Borrowed(packet) }, self.now);
        self.drain();
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some((at, _)) = self.ppp.poll_timeout().filter(|(at, _)| *at <= end) {
            assert!(at >= self.now, "a deadline lies in the past");
            self.now = at;
            self.ppp.handle_timeout(at);
            assert!(self.ppp.poll_timeout().is_none_or(|(next, _)| next > at), "it would spin");
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        use tsuji::net::engine::ppp::Event;
        for count in 0.. {
            assert!(count < 32, "the queue has no end");
            match self.ppp.poll_output() {
                None => break,
                Some(Output::Transmit(transmit)) => {
                    let frame = Frame::new_checked(&transmit.packet).unwrap();
                    let packet = control::Packet::new_checked(frame.information(), "ours").unwrap();
                    let at = PROTOCOLS.iter().position(|protocol| *protocol == frame.protocol());
                    if let Some(at) = at.filter(|_| Code::from(packet.code()) == Code::ConfigureRequest) {
                        self.asked[at] = transmit.packet;
                    }
                }
                Some(Output::Event(Event::Authenticated { .. })) => self.proven = true,
                Some(Output::Event(Event::Up(_))) => assert!(self.proven || !self.is_server, "no proof"),
                Some(Output::Event(Event::Phase(Phase::Establish))) => self.proven = false,
                Some(Output::Event(Event::Phase(_) | Event::Down { .. } | Event::Closed { .. })) => {}
            }
        }
    }
}

fn config(is_server: bool) -> Config {
    let secret = || Secret::new("password".to_owned());
    let account = Account { name: "user".to_owned(), secret: secret(), address: None, delay: Duration::ZERO };
    let own = Credentials { name: "user".to_owned(), secret: secret() };
    let methods = vec![Method::Chap, Method::MsChapV2, Method::MsChapV1, Method::Pap];
    Config {
        address_and_control: false,
        largest: 1492,
        lcp: LcpConfig { mru: Some(1454), echo: Some(Default::default()), ..LcpConfig::default() },
        authentication: AuthenticationConfig {
            accept: methods.clone(),
            own: Some(own),
            request: if is_server { methods } else { Vec::new() },
            accounts: vec![account],
            ..AuthenticationConfig::default()
        },
        ipcp: Some(IpcpConfig {
            remote: is_server.then_some([192, 0, 2, 2].into()),
            ..IpcpConfig::default()
        }),
        ipv6cp: Some(Ipv6cpConfig { identifier: None, patience: Patience::default() }),
    }
}

/// Numbers that never repeat.
struct Count(u32);

impl Entropy for Count {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}
