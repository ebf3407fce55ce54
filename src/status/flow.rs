//! Flows that the kernel keeps track of: connections, and exchanges of protocols without any.
//!
//! A flow has two tuples. The original one is what its first packet said on arrival; the reply one
//! is what the packets of the other side say. Without translation one is the other turned round;
//! where they differ, addresses or ports are translated.

use std::net::IpAddr;
use std::time::Duration;

/// One flow, as it is at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// IP protocol number.
    pub protocol: u8,
    /// What packets of the side that began say.
    pub original: Tuple,
    /// What packets of the other side say.
    pub reply: Tuple,
    /// How far it has come.
    pub status: FlowStatus,
    /// State of the connection (RFC 9293 section 3.3.2), for TCP.
    pub tcp: Option<TcpState>,
    /// The mark of its connection; ours are `0x74000000/0xff000000`.
    pub mark: u32,
    /// After how much silence it is forgotten.
    pub timeout: Duration,
    /// Packets and bytes of the side that began; zero where the kernel does not count.
    pub sent: Traffic,
    /// Packets and bytes of the other side.
    pub received: Traffic,
    /// The conntrack zone, 0 unless somebody made others.
    pub zone: u16,
}

/// What the packets of one side say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple {
    /// Source address.
    pub source: IpAddr,
    /// Destination address, of the same family.
    pub destination: IpAddr,
    /// What tells flows between two hosts apart.
    pub detail: Detail,
}

/// What tells flows of one protocol between two hosts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Source and destination port of TCP, UDP and their like; for GRE the keys.
    Ports {
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// ICMP and ICMPv6.
    Icmp {
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
        /// Identifier of an echo.
        id: u16,
    },
    /// Nothing: one flow between two hosts.
    None,
}

/// How far a flow has come (`enum ip_conntrack_status`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowStatus(pub u32);

/// Packets and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many packets.
    pub packets: u64,
    /// How many bytes, IP headers included.
    pub bytes: u64,
}

/// State of a TCP connection, as the kernel follows it (`enum tcp_conntrack`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpState {
    /// The first SYN was seen, from one side or from both.
    SynSent,
    /// Its answer was seen.
    SynReceived,
    /// Open.
    Established,
    /// One side or both said that they are done.
    Closing,
    /// Over, by FIN or by RST.
    Closed,
}

impl Flow {
    /// Whether the source of its first packet was changed.
    pub fn is_source_translated(&self) -> bool {
        self.reply.destination != self.original.source
            || self.reply.destination_port() != self.original.source_port()
    }

    /// Whether the destination of its first packet was changed.
    pub fn is_destination_translated(&self) -> bool {
        self.reply.source != self.original.destination
            || self.reply.source_port() != self.original.destination_port()
    }
}

impl FlowStatus {
    /// The other side has answered.
    pub fn is_answered(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    /// It is old enough to be spared when there is no room for new ones.
    pub fn is_assured(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// It takes the short way past the firewall (a flowtable).
    pub fn is_offloaded(self) -> bool {
        self.0 & 1 << 14 != 0
    }
}

impl Tuple {
    /// The source port; the identifier of an echo, which takes its part in translation.
    pub fn source_port(&self) -> Option<u16> {
        match self.detail {
            Detail::Ports { source, .. } => Some(source),
            Detail::Icmp { id, .. } => Some(id),
            Detail::None => None,
        }
    }

    /// The destination port; the identifier of an echo.
    pub fn destination_port(&self) -> Option<u16> {
        match self.detail {
            Detail::Ports { destination, .. } => Some(destination),
            Detail::Icmp { id, .. } => Some(id),
            Detail::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(source: &str, source_port: u16, destination: &str, destination_port: u16) -> Tuple {
        let detail = Detail::Ports { source: source_port, destination: destination_port };
        Tuple { source: source.parse().unwrap(), destination: destination.parse().unwrap(), detail }
    }

    #[test]
    fn a_translation_is_what_makes_the_tuples_differ() {
        let flow = |reply| Flow {
            protocol: 6,
            original: tuple("192.168.0.1", 4000, "203.0.113.80", 80),
            reply,
            status: FlowStatus::default(),
            tcp: None,
            mark: 0,
            timeout: Duration::ZERO,
            sent: Traffic::default(),
            received: Traffic::default(),
            zone: 0,
        };
        for (reply, source, destination) in [
            (tuple("203.0.113.80", 80, "192.168.0.1", 4000), false, false),
            (tuple("203.0.113.80", 80, "192.0.2.1", 4000), true, false),
            (tuple("203.0.113.80", 80, "192.168.0.1", 4001), true, false),
            (tuple("192.168.0.2", 80, "192.168.0.1", 4000), false, true),
            (tuple("203.0.113.80", 8080, "192.0.2.1", 4000), true, true),
        ] {
            let flow = flow(reply);
            assert_eq!(flow.is_source_translated(), source, "{flow:?}");
            assert_eq!(flow.is_destination_translated(), destination, "{flow:?}");
        }
    }
}
