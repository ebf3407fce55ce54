//! Whether an address is free on a link (RFC 5227 section 2.1).
//!
//! A probe is an ARP question without a sender address, so that it spoils nobody's table. Who
//! answers it, or speaks for the address in any way, has it.
//!
//! The waits are shorter than the RFC's, which are made for a link that just came up. We ask after
//! an exchange with a server over the same link: it forwards already.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::Entropy;
use crate::net::wire::arp::{Operation, Packet};
use crate::types::Mac;

/// How often we ask.
const PROBES: u32 = 3;
/// The time between two probes, and its random part.
const SPACING: Duration = Duration::from_millis(200);
const JITTER: Duration = Duration::from_millis(100);
/// How long after the last one an answer may come.
const WAIT: Duration = Duration::from_millis(400);

/// One address being probed. The owner has the timer.
#[derive(Clone, Debug)]
pub struct ArpProbe {
    mac: Mac,
    address: Ipv4Addr,
    sent: u32,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeStep {
    /// Send this, and come back after the time.
    Ask(Packet, Duration),
    /// Nobody has the address.
    Free,
}

impl ArpProbe {
    /// Nothing was sent yet. `mac` is our own.
    pub fn new(mac: Mac, address: Ipv4Addr) -> Self {
        Self { mac, address, sent: 0 }
    }

    /// Call at once, and then each time that the last answer's time has passed.
    pub fn next_step(&mut self, entropy: &mut dyn Entropy) -> ProbeStep {
        if self.sent == PROBES {
            return ProbeStep::Free;
        }
        self.sent += 1;
        let wait = if self.sent == PROBES { WAIT } else { SPACING + entropy.below(JITTER) };
        let question = Packet {
            operation: Operation::Request,
            sender_mac: self.mac,
            sender: Ipv4Addr::UNSPECIFIED,
            target_mac: Mac([0; 6]),
            target: self.address,
        };
        ProbeStep::Ask(question, wait)
    }

    /// Who else has the address or is about to take it, as this packet shows.
    pub fn conflict(&self, packet: &Packet) -> Option<Mac> {
        let is_used = packet.sender == self.address;
        let is_probed = packet.operation == Operation::Request
            && packet.sender.is_unspecified()
            && packet.target == self.address;
        (packet.sender_mac != self.mac && (is_used || is_probed)).then_some(packet.sender_mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const OTHER: Mac = Mac([2, 0, 0, 0, 0, 2]);
    const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

    struct Zero;

    impl Entropy for Zero {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    fn packet(operation: Operation, sender_mac: Mac, sender: Ipv4Addr, target: Ipv4Addr) -> Packet {
        Packet { operation, sender_mac, sender, target_mac: Mac([0; 6]), target }
    }

    #[test]
    fn three_questions_without_a_sender_and_the_address_is_free() {
        let mut probe = ArpProbe::new(OURS, ADDRESS);
        let question = packet(Operation::Request, OURS, Ipv4Addr::UNSPECIFIED, ADDRESS);
        for wait in [SPACING, SPACING, WAIT] {
            assert_eq!(probe.next_step(&mut Zero), ProbeStep::Ask(question, wait));
        }
        assert_eq!(probe.next_step(&mut Zero), ProbeStep::Free);
    }

    #[test]
    fn a_conflict_is_an_owner_or_another_prober_but_never_we_ourselves() {
        let probe = ArpProbe::new(OURS, ADDRESS);
        let none = Ipv4Addr::UNSPECIFIED;
        let elsewhere = Ipv4Addr::new(192, 0, 2, 8);
        for (packet, conflict) in [
            (packet(Operation::Reply, OTHER, ADDRESS, none), Some(OTHER)),
            (packet(Operation::Request, OTHER, ADDRESS, elsewhere), Some(OTHER)),
            (packet(Operation::Request, OTHER, none, ADDRESS), Some(OTHER)),
            (packet(Operation::Request, OURS, none, ADDRESS), None),
            (packet(Operation::Request, OTHER, elsewhere, ADDRESS), None),
            (packet(Operation::Reply, OTHER, elsewhere, none), None),
        ] {
            assert_eq!(probe.conflict(&packet), conflict, "{packet:?}");
        }
    }
}
