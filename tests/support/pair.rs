//! Two ends on a virtual clock, with a bad network between them.
//!
//! Nothing ticks: the clock jumps to the next deadline or delivery, exactly. So an engine that
//! names its deadline wrongly hangs or spins here, where it would only be slow in the field.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::seed::Seed;

/// One end: an engine, or a model of a peer.
pub trait End {
    /// What travels between the ends.
    type Packet: Clone;

    /// Takes what arrived.
    fn receive(&mut self, packet: &Self::Packet, now: Instant);

    /// Fires what is due.
    fn timeout(&mut self, now: Instant);

    /// The next packet to send. All of them are taken before the clock moves.
    fn next_packet(&mut self, now: Instant) -> Option<Self::Packet>;

    /// When `timeout` is wanted.
    fn deadline(&self) -> Option<Instant>;
}

/// What the network does to packets.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Lost, in percent.
    pub loss: u64,
    /// Delivered twice, in percent.
    pub duplicates: u64,
    /// The shortest way through.
    pub latency: Duration,
    /// What may come on top, for each packet anew: so packets overtake each other.
    pub jitter: Duration,
}

impl Weather {
    /// Everything arrives once, in order, after a millisecond.
    pub const FAIR: Self =
        Self { loss: 0, duplicates: 0, latency: Duration::from_millis(1), jitter: Duration::ZERO };

    /// A third is lost, a fifth comes twice, and the order means nothing.
    pub const FOUL: Self = Self {
        loss: 30,
        duplicates: 20,
        latency: Duration::from_millis(5),
        jitter: Duration::from_millis(800),
    };
}

/// Two ends and the network between them.
pub struct Pair<A: End, B: End<Packet = A::Packet>> {
    pub a: A,
    pub b: B,
    pub now: Instant,
    pub weather: Weather,
    seed: Seed,
    /// Packets under way, by arrival and by a number that keeps them apart.
    wire: BTreeMap<(Instant, u64), (Side, A::Packet)>,
    sent: u64,
}

/// An end of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    A,
    B,
}

impl<A: End, B: End<Packet = A::Packet>> Pair<A, B> {
    /// Starts the clock.
    pub fn new(a: A, b: B, weather: Weather, seed: u64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock starts somewhere")]
        let now = Instant::now();
        Self { a, b, now, weather, seed: Seed(seed), wire: BTreeMap::new(), sent: 0 }
    }

    /// Lets the time pass.
    pub fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        self.run(end, |_| false);
        self.now = end;
    }

    /// Runs until something holds; answers false when the time is over first.
    pub fn run_until(&mut self, within: Duration, holds: impl FnMut(&mut Self) -> bool) -> bool {
        let end = self.now + within;
        self.run(end, holds)
    }

    /// Hands a packet to `a` at once, as somebody else on the link might.
    pub fn inject(&mut self, packet: &A::Packet) {
        self.a.receive(packet, self.now);
        self.drain();
    }

    fn run(&mut self, end: Instant, mut holds: impl FnMut(&mut Self) -> bool) -> bool {
        self.drain();
        loop {
            if holds(self) {
                return true;
            }
            let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
            let next = [arrival, self.a.deadline(), self.b.deadline()].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else { return false };
            self.now = self.now.max(next);
            self.step();
            self.drain();
        }
    }

    /// Does what is due now.
    fn step(&mut self) {
        while let Some(entry) = self.wire.first_entry().filter(|entry| entry.key().0 <= self.now) {
            match entry.remove() {
                (Side::A, packet) => self.a.receive(&packet, self.now),
                (Side::B, packet) => self.b.receive(&packet, self.now),
            }
        }
        self.a.timeout(self.now);
        self.b.timeout(self.now);
        for deadline in [self.a.deadline(), self.b.deadline()].into_iter().flatten() {
            assert!(deadline > self.now, "an end wants to be woken at a time that has passed: it would spin");
        }
    }

    /// Takes all that the ends send.
    fn drain(&mut self) {
        while let Some(packet) = self.a.next_packet(self.now) {
            self.send(Side::B, packet);
        }
        while let Some(packet) = self.b.next_packet(self.now) {
            self.send(Side::A, packet);
        }
    }

    fn send(&mut self, to: Side, packet: A::Packet) {
        let copies = if self.seed.percent(self.weather.duplicates) { 2 } else { 1 };
        for _ in 0..copies {
            if self.seed.percent(self.weather.loss) {
                continue;
            }
            let jitter = self.seed.below(self.weather.jitter.as_micros() as u64);
            let arrival = self.now + self.weather.latency + Duration::from_micros(jitter);
            self.sent += 1;
            self.wire.insert((arrival, self.sent), (to, packet.clone()));
        }
    }
}
