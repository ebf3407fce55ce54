//! A DHCP client among hostile neighbours: no panic, no busy loop, no endless queue, silence after
//! goodbye, and never a lease that makes no sense.
//!
//! The input is a list of acts: a byte that names one, and the bytes that it takes.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use tsuji::net::engine::dhcp4::{Client, Command, Config, Event, Input, Lease, Transmit};
use tsuji::net::engine::{Engine, Entropy, Output};
use tsuji::net::wire::{arp, dhcp4, ethernet, ipv4, udp};
use tsuji::types::Mac;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const SERVER: Mac = Mac([2, 0, 0, 0, 0, 9]);

pub fn run(data: &[u8]) {
    decode(data);
    let mut bench = Bench::new();
    let mut acts = data;
    while let Some(act) = Act::take(&mut acts) {
        bench.act(act);
    }
    bench.act(Act::Stop);
    assert_eq!(bench.client.poll_timeout(), None, "something stirs after goodbye");
}

/// The same bytes as every kind of packet.
fn decode(data: &[u8]) {
    let _reply = dhcp4::Reply::parse(data);
    if let Ok(packet) = arp::Packet::parse(data) {
        let mut again = Vec::new();
        packet.emit(&mut again);
        assert_eq!(again, data[..arp::PACKET_LEN]);
    }
    let Ok(frame) = ethernet::Frame::new_checked(data) else { return };
    let Ok(packet) = ipv4::Packet::new_checked(frame.payload()) else { return };
    let (source, destination) = (packet.source(), packet.destination());
    let _datagram =
        udp::Datagram::new_checked(packet.payload(), source, destination, udp::ChecksumState::Pending);
}

/// Something that happens to a client.
enum Act<'a> {
    /// An answer to its last question: type, last byte of the address, further options.
    Reply(u8, u8, &'a [u8]),
    /// Any datagram.
    Raw(&'a [u8]),
    /// Nothing, until its next timer.
    Deadline,
    /// Nothing, for so many seconds.
    Wait(u16),
    /// An ARP packet after its preamble.
    Arp(&'a [u8]),
    Carrier,
    Stop,
    Start,
}

impl<'a> Act<'a> {
    fn take(acts: &mut &'a [u8]) -> Option<Self> {
        let [act] = *bytes(acts, 1)? else { return None };
        Some(match act % 8 {
            0 => {
                let [kind, host, length] = *bytes(acts, 3)? else { return None };
                Self::Reply(kind, host, bytes(acts, length.into())?)
            }
            1 => {
                let [length] = *bytes(acts, 1)? else { return None };
                Self::Raw(bytes(acts, length.into())?)
            }
            2 => Self::Deadline,
            3 => Self::Wait(u16::from_be_bytes(bytes(acts, 2)?.try_into().ok()?)),
            4 => Self::Arp(bytes(acts, 22)?),
            5 => Self::Carrier,
            6 => Self::Stop,
            _ => Self::Start,
        })
    }
}

fn bytes<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

struct Bench {
    client: Client,
    now: Instant,
    xid: [u8; 4],
    is_stopped: bool,
}

impl Bench {
    fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock starts somewhere")]
        let now = Instant::now();
        let config = Config { mac: OURS, hostname: None };
        let client = Client::new(config, Box::new(Count(0)));
        let mut bench = Self { client, now, xid: [0; 4], is_stopped: true };
        bench.act(Act::Start);
        bench
    }

    fn act(&mut self, act: Act<'_>) {
        match act {
            Act::Reply(kind, host, options) => {
                let message = self.reply(kind, host, options);
                self.hear(&message);
            }
            Act::Raw(message) => self.hear(message),
            Act::Deadline => {
                if let Some((at, _)) = self.client.poll_timeout() {
                    self.sleep_until(at);
                }
            }
            Act::Wait(seconds) => self.sleep_until(self.now + Duration::from_secs(seconds.into())),
            Act::Arp(body) => {
                let packet = arp::Packet::parse(&[&[0, 1, 8, 0, 6, 4], body].concat()).unwrap();
                self.client.handle_input(Input::Arp(packet), self.now);
            }
            Act::Carrier => self.client.handle_input(Input::Carrier, self.now),
            Act::Stop => self.client.handle_command(Command::Stop, self.now),
            Act::Start => {
                self.is_stopped = false;
                self.client.handle_command(Command::Start { previous: None }, self.now);
            }
        }
        self.drain();
    }

    fn hear(&mut self, message: &[u8]) {
        self.client.handle_input(Input::Dhcp { from: SERVER, message: Cow::Borrowed(message) }, self.now);
    }

    /// Jumps from deadline to deadline, as the driver does.
    fn sleep_until(&mut self, end: Instant) {
        while let Some((at, _)) = self.client.poll_timeout().filter(|(at, _)| *at <= end) {
            assert!(at >= self.now, "a deadline lies in the past");
            self.now = at;
            self.client.handle_timeout(self.now);
            let next = self.client.poll_timeout();
            assert!(next.is_none_or(|(next, _)| next > self.now), "it would spin");
            self.drain();
        }
        self.now = self.now.max(end);
    }

    fn drain(&mut self) {
        for count in 0.. {
            assert!(count < 16, "the queue has no end");
            match self.client.poll_output() {
                None => break,
                Some(Output::Transmit(Transmit::Dhcp { message, .. })) => {
                    assert!(!self.is_stopped, "it speaks after goodbye");
                    self.xid = message[4..8].try_into().unwrap();
                }
                Some(Output::Transmit(Transmit::Arp(_))) => assert!(!self.is_stopped),
                Some(Output::Event(Event::Bound { lease, .. })) => check(&lease),
                Some(Output::Event(Event::Stopped)) => self.is_stopped = true,
                Some(Output::Event(Event::Phase(_) | Event::Lost(_) | Event::Failed(_))) => {}
            }
        }
    }

    fn reply(&self, kind: u8, host: u8, options: &[u8]) -> Vec<u8> {
        let mut message = vec![0; 240];
        message[..4].copy_from_slice(&[2, 1, 6, 0]);
        message[4..8].copy_from_slice(&self.xid);
        message[16..20].copy_from_slice(&[192, 0, 2, host]);
        message[28..34].copy_from_slice(&OURS.0);
        message[236..].copy_from_slice(&[99, 130, 83, 99]);
        message.extend_from_slice(&[53, 1, kind, 54, 4, 192, 0, 2, 1]);
        message.extend_from_slice(options);
        message
    }
}

fn check(lease: &Lease) {
    let address = lease.address.addr();
    assert!(!address.is_unspecified() && !address.is_multicast() && !address.is_broadcast());
    assert!((8..=32).contains(&lease.address.prefix_len()));
    assert!(lease.routers.iter().all(|router| *router != address && !router.is_unspecified()));
    if let Some(times) = lease.times {
        assert!(!times.renew.is_zero() && times.renew <= times.rebind && times.rebind < times.expire);
    }
}

/// Numbers that never repeat.
struct Count(u32);

impl Entropy for Count {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0 = self.0.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        for (byte, random) in buffer.iter_mut().zip(self.0.to_be_bytes()) {
            *byte = random;
        }
    }
}
