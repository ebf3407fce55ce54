//! Both ends of PPPoE and a hostile neighbour: no panic, no busy loop, no endless queue, and never
//! more sessions than the limit.
//!
//! The input is a list of acts: a byte that names one, a length, and so many bytes.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use tsuji::net::engine::ppp::{self, IpcpConfig, LcpConfig, Retry};
use tsuji::net::engine::pppoe::{
    Client, ClientConfig, Command, Concentrator, ConcentratorConfig, Frame, Input, Phase, Stage,
};
use tsuji::net::engine::{Engine, Entropy, Output};
use tsuji::net::wire::pppoe::{Header, Packet, parse_tags};
use tsuji::types::Mac;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const CONCENTRATOR: Mac = Mac([2, 0, 0, 0, 0, 9]);
const MAX_SESSIONS: usize = 2;

pub fn run(data: &[u8]) {
    decode(data);
    let mut bench = Bench::new();
    let mut acts = data;
    while let Some((act, rest)) = acts.split_first() {
        let (length, rest) = rest.split_first().unwrap_or((&0, &[]));
        let (bytes, rest) = rest.split_at_checked((*length).into()).unwrap_or((rest, &[]));
        bench.act(*act, *length, bytes);
        acts = rest;
    }
    bench.client.handle_command(Command::Stop, bench.now);
    bench.wait(Duration::from_secs(60));
    assert_eq!((bench.client.phase(), bench.client.poll_timeout()), (Phase::Stopped, None));
}

/// What is read is written again.
fn decode(data: &[u8]) {
    let Ok(packet) = Packet::new_checked(data) else { return };
    let header = Header::parse(&packet);
    assert_eq!(header.emit(packet.payload()), data[..6 + packet.payload().len()]);
    if let Ok(tags) = parse_tags(packet.payload()) {
        let again = header.emit_tags(&tags);
        assert_eq!(parse_tags(Packet::new_checked(&again).unwrap().payload()).unwrap(), tags);
    }
}

struct Bench {
    client: Client,
    concentrator: Concentrator,
    now: Instant,
    /// What each end sent last: to the client, to the concentrator.
    last: [Option<Frame>; 2],
}

impl Bench {
    fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock starts somewhere")]
        let now = Instant::now();
        let client = Client::new(client(), Box::new(Count(0)), Box::new(Count(1)));
        let concentrator =
            Concentrator::new(concentrator(), Box::new(Count(2)), Box::new(|| Box::new(Count(3)) as Box<_>));
        let mut bench = Self { client, concentrator, now, last: [None, None] };
        bench.client.handle_command(Command::Start { previous: None }, now);
        bench.drain();
        bench
    }

    fn act(&mut self, act: u8, length: u8, bytes: &[u8]) {
        let stage = if act & 0x80 == 0 { Stage::Discovery } else { Stage::Session };
        match act % 8 {
            0 => self.client_hears(stage, bytes),
            1 => self.concentrator_hears(stage, bytes),
            // The last frame arrives, as it was or with bytes changed.
            2 => self.deliver(0, bytes),
            3 => self.deliver(1, bytes),
            4 => self.client.handle_command(Command::Stop, self.now),
            5 => self.client.handle_command(Command::Start { previous: None }, self.now),
            _ => self.wait(Duration::from_secs(length.into())),
        }
        self.drain();
    }

    fn deliver(&mut self, end: usize, changes: &[u8]) {
        let Some(mut frame) = self.last[end].clone() else { return };
        for change in changes.chunks_exact(2) {
            let at = usize::from(change[0]) % frame.packet.len().max(1);
            frame.packet[at] = change[1];
        }
        match end {
            0 => self.client_hears(frame.stage, &frame.packet),
            _ => self.concentrator_hears(frame.stage, &frame.packet),
        }
    }

    fn client_hears(&mut self, stage: Stage, packet: &[u8]) {
        let input = Input { from: CONCENTRATOR, stage, packet: Cow::Borrowed(packet) };
        self.client.handle_input(input, self.now);
    }

    fn concentrator_hears(&mut self, stage: Stage, packet: &[u8]) {
        let input = Input { from: OURS, stage, packet: Cow::Borrowed(packet) };
        self.concentrator.handle_input(input, self.now);
        assert!(self.concentrator.sessions().count() <= MAX_SESSIONS);
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let deadlines = [self.client.poll_timeout(), self.concentrator.poll_timeout()];
            let next = deadlines.into_iter().flatten().map(|(at, _)| at).min();
            let Some(at) = next.filter(|at| *at <= end) else { break };
            assert!(at >= self.now, "a deadline lies in the past");
            self.now = at;
            self.client.handle_timeout(at);
            self.concentrator.handle_timeout(at);
            assert!(self.client.poll_timeout().is_none_or(|(next, _)| next > at), "it would spin");
            assert!(self.concentrator.poll_timeout().is_none_or(|(next, _)| next > at), "it would spin");
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        for count in 0.. {
            assert!(count < 64, "the queue has no end");
            match self.client.poll_output() {
                None => break,
                Some(Output::Transmit(frame)) => self.last[1] = Some(frame),
                Some(Output::Event(_)) => {}
            }
        }
        for count in 0.. {
            assert!(count < 64, "the queue has no end");
            match self.concentrator.poll_output() {
                None => break,
                Some(Output::Transmit(frame)) => self.last[0] = Some(frame),
                Some(Output::Event(_)) => {}
            }
        }
    }
}

fn link() -> ppp::Config {
    ppp::Config {
        address_and_control: false,
        largest: 1492,
        lcp: LcpConfig { mru: Some(1454), ..LcpConfig::default() },
        authentication: ppp::AuthenticationConfig::default(),
        ipcp: Some(IpcpConfig::default()),
        ipv6cp: None,
    }
}

fn client() -> ClientConfig {
    let retry = Retry { restart: Duration::from_secs(3), tries: 5 };
    ClientConfig {
        service_name: String::new(),
        ac_name: None,
        padi: retry,
        padr: retry,
        port_mtu: 1508,
        closes_foreign_sessions: true,
        ppp: link(),
    }
}

fn concentrator() -> ConcentratorConfig {
    ConcentratorConfig {
        name: "BRAS".to_owned(),
        services: Vec::new(),
        max_sessions: MAX_SESSIONS,
        max_sessions_per_client: MAX_SESSIONS,
        port_mtu: 1508,
        pool: vec![[192, 0, 2, 2].into(), [192, 0, 2, 3].into(), [192, 0, 2, 4].into()],
        ppp: link(),
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
