//! The table `inet tsuji`: filters and translations of all interfaces, as one value.
//!
//! The kernel takes the table in one transaction, so either all of it is in force or none. The
//! text form is nft's own; `kernel::linux` sends the same as JSON.
//!
//! Each rule is known by its *fingerprint*, a hash of what it says. It stands in the rule's
//! comment, so that reading the table back shows what is in force without having to understand
//! nft's way of printing it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::types::{KernelName, LineId};

/// All chains and counters of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firewall {
    /// Chains by name.
    pub chains: BTreeMap<String, Chain>,
    /// Named counters; one that stays in the next table keeps its value.
    pub counters: BTreeSet<String>,
}

/// A chain: a list of rules, reached from a hook of the kernel or by a jump.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// `None`: reached by a jump only.
    pub hook: Option<Hook>,
    /// In order.
    pub rules: Vec<Rule>,
}

/// Where the kernel enters a chain. The policy is always to accept: rules say what is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hook {
    /// Packets to the router itself.
    Input,
    /// Packets through the router.
    Forward,
    /// Packets of the router itself.
    Output,
    /// Translation of packets that leave (`type nat`).
    SourceNat,
}

/// One rule: all matches must hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// What the packet must be.
    pub matches: Vec<Match>,
    /// The named counter that counts what matches.
    pub counter: Option<String>,
    /// Whether a match is logged (by nflog group 116).
    pub log: bool,
    /// What happens then.
    pub verdict: Verdict,
    /// The configuration line behind it.
    pub origin: LineId,
}

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
}

/// The IP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// The end of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Through, as far as this hook is concerned.
    Accept,
    /// Gone.
    Drop,
    /// Back to the chain that jumped here.
    Return,
    /// On in another chain, and back.
    Jump(String),
    /// Source becomes the address of the link that the packet leaves by.
    Masquerade,
    /// Source becomes this address.
    SourceNat(Ipv4Addr),
}

impl Firewall {
    /// The fingerprints of all rules in order, by chain: what reading the table back must show.
    pub fn fingerprints(&self) -> BTreeMap<String, Vec<String>> {
        let of = |chain: &Chain| chain.rules.iter().map(Rule::fingerprint).collect();
        self.chains.iter().map(|(name, chain)| (name.clone(), of(chain))).collect()
    }
}

impl PartialEq for Rule {
    /// Equality looks at what the rule does, not at who asked.
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl Eq for Rule {}

impl Rule {
    /// A rule that neither counts nor logs.
    pub fn new(matches: Vec<Match>, verdict: Verdict, origin: LineId) -> Self {
        Self { matches, counter: None, log: false, verdict, origin }
    }

    /// Counts what matches, under a name made of the chain and of what the rule says: it stays
    /// the same across restarts, and when other rules come before it.
    pub fn counted(mut self, chain: &str) -> Self {
        self.counter = Some(format!("{chain}-{}", self.fingerprint().split_off(8)));
        self
    }

    /// A short hash of what the rule does, stable across restarts and releases of Rust.
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.to_string().as_bytes());
        digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Firewall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for counter in &self.counters {
            writeln!(f, "  counter {counter} {{ }}")?;
        }
        for (name, chain) in &self.chains {
            writeln!(f, "  chain {name} {{")?;
            if let Some(hook) = chain.hook {
                writeln!(f, "    {hook}")?;
            }
            for rule in &chain.rules {
                writeln!(f, "    {rule}")?;
            }
            writeln!(f, "  }}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "type filter hook input priority filter; policy accept;",
            Self::Forward => "type filter hook forward priority filter; policy accept;",
            Self::Output => "type filter hook output priority filter; policy accept;",
            Self::SourceNat => "type nat hook postrouting priority srcnat; policy accept;",
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.matches {
            write!(f, "{part} ")?;
        }
        if let Some(counter) = &self.counter {
            write!(f, "counter name {counter} ")?;
        }
        if self.log {
            f.write_str("log group 116 ")?;
        }
        write!(f, "{}", self.verdict)
    }
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
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept => f.write_str("accept"),
            Self::Drop => f.write_str("drop"),
            Self::Return => f.write_str("return"),
            Self::Jump(chain) => write!(f, "jump {chain}"),
            Self::Masquerade => f.write_str("masquerade"),
            Self::SourceNat(address) => write!(f, "snat ip to {address}"),
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
