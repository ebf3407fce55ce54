//! What a rule looks at.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::types::KernelName;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    /// Received by this link.
    InLink(KernelName),
    /// Leaves by this link.
    OutLink(KernelName),
    /// The address family.
    Family(Family),
    /// Source address in any of these (`192.0.2.0/24`, `192.0.2.1-192.0.2.9`), one family.
    Source(Family, Vec<String>),
    /// Destination address in any of these, one family.
    Destination(Family, Vec<String>),
    /// IP protocol, any of these.
    Protocol(Vec<u8>),
    /// Source port of TCP or UDP.
    SourcePort(Vec<RangeInclusive<u16>>),
    /// Destination port of TCP or UDP.
    DestinationPort(Vec<RangeInclusive<u16>>),
    /// ICMP or ICMPv6 type.
    IcmpType(Family, Vec<RangeInclusive<u16>>),
    /// ICMP or ICMPv6 code.
    IcmpCode(Family, Vec<RangeInclusive<u16>>),
    /// Belongs to a session that we let through, or is an error about one.
    Established,
    /// Its destination was translated by a static line of ours.
    DestinationTranslated,
    /// TCP flags.
    TcpFlags(TcpFlags),
    /// Differentiated services code point, any of these.
    Dscp(Family, Vec<RangeInclusive<u16>>),
    /// A part of a larger packet, but not its first.
    Fragment(Family),
    /// These bits of the connection's mark have this value (see [`mark`](super::mark)).
    ConnectionMark {
        /// The bits that are looked at.
        mask: u32,
        /// What stands in them.
        value: u32,
    },
    /// These bits of the packet's mark have this value.
    PacketMark {
        /// The bits that are looked at.
        mask: u32,
        /// What stands in them.
        value: u32,
    },
    /// The first packet of a connection.
    New,
    /// Goes the way of the first packet of its connection.
    Original,
    /// Goes back to where its connection came from.
    Reply,
    /// Its connection began with a packet to one of these IPv4 addresses, before any translation.
    OriginalDestination(Vec<String>),
    /// One packet in so many, by chance: those whose number below `of` is below `below`.
    Share {
        /// How many chances there are.
        below: u32,
        /// Out of so many.
        of: u32,
    },
    /// More than so many flows have met this rule and still live.
    FlowsOver(u32),
    /// More than so many flows of its source address live, as the named set counts them.
    FlowsOfHostOver(String, u32),
}

/// What the flags of a TCP header must be: those of `mask` are `value`, or anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpFlags {
    /// The bits that are looked at, of the 16 that hold data offset, reserved bits and flags.
    pub mask: u16,
    /// What stands in them.
    pub value: u16,
    /// Anything but `value` matches.
    pub differ: bool,
}

/// The IP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InLink(link) => write!(f, "iifname \"{link}\""),
            Self::OutLink(link) => write!(f, "oifname \"{link}\""),
            Self::Family(Family::Ipv4) => f.write_str("meta nfproto ipv4"),
            Self::Family(Family::Ipv6) => f.write_str("meta nfproto ipv6"),
            Self::Source(family, any) => write!(f, "{} saddr {{ {} }}", family.word(), any.join(", ")),
            Self::Destination(family, any) => write!(f, "{} daddr {{ {} }}", family.word(), any.join(", ")),
            Self::Protocol(any) => write!(f, "meta l4proto {}", set(any.iter())),
            Self::SourcePort(any) => write!(f, "th sport {}", ranges(any)),
            Self::DestinationPort(any) => write!(f, "th dport {}", ranges(any)),
            Self::IcmpType(family, any) => write!(f, "{} type {}", family.icmp(), ranges(any)),
            Self::IcmpCode(family, any) => write!(f, "{} code {}", family.icmp(), ranges(any)),
            Self::Established => f.write_str("ct state established,related"),
            Self::DestinationTranslated => f.write_str("ct status dnat"),
            Self::TcpFlags(TcpFlags { mask, value, differ }) => {
                let sign = if *differ { "!=" } else { "==" };
                write!(f, "@th,96,16 & {mask:#06x} {sign} {value:#06x}")
            }
            Self::Dscp(family, any) => write!(f, "{} dscp {}", family.word(), ranges(any)),
            Self::Fragment(Family::Ipv4) => f.write_str("ip frag-off & 0x1fff != 0"),
            Self::Fragment(Family::Ipv6) => f.write_str("frag frag-off != 0"),
            Self::ConnectionMark { mask, value } => write!(f, "ct mark & {mask:#010x} == {value:#010x}"),
            Self::PacketMark { mask, value } => write!(f, "meta mark & {mask:#010x} == {value:#010x}"),
            Self::New => f.write_str("ct state new"),
            Self::Original => f.write_str("ct direction original"),
            Self::Reply => f.write_str("ct direction reply"),
            Self::OriginalDestination(any) => write!(f, "ct original ip daddr {{ {} }}", any.join(", ")),
            Self::Share { below, of } => write!(f, "numgen random mod {of} 0-{}", below.saturating_sub(1)),
            Self::FlowsOver(count) => write!(f, "ct count over {count}"),
            Self::FlowsOfHostOver(set, count) => write!(f, "add @{set} {{ ip saddr ct count over {count} }}"),
        }
    }
}

impl Family {
    /// nft's word for the header: `ip`, `ip6`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ipv4 => "ip",
            Self::Ipv6 => "ip6",
        }
    }

    /// nft's word for its control messages: `icmp`, `icmpv6`.
    pub fn icmp(self) -> &'static str {
        match self {
            Self::Ipv4 => "icmp",
            Self::Ipv6 => "icmpv6",
        }
    }
}

fn set(items: impl Iterator<Item = impl fmt::Display>) -> String {
    format!("{{ {} }}", items.map(|item| item.to_string()).collect::<Vec<_>>().join(", "))
}

fn ranges(any: &[RangeInclusive<u16>]) -> String {
    set(any.iter().map(|range| match range {
        range if range.start() == range.end() => range.start().to_string(),
        range => format!("{}-{}", range.start(), range.end()),
    }))
}
