//! What becomes of one packet: the way that Linux takes it through a [`State`], without Linux.
//!
//! ```text
//! received ─ Classify ─ DestinationNat ─ route ┬─ for the router ─ Input ─ delivered
//!                                              └─ through it ─ Forward ┐
//! own ─ route ─ ClassifyOwn ─ OwnDestinationNat ─ route ─ Output ──────┴ Remember ─ SourceNat ─ sent
//! ```
//!
//! A [`Walker`] knows one state; it is made once and walks any number of packets. A [`Journey`]
//! names whatever decided, with the configuration line behind it, and where the packet ends. So
//! `explain packet` can tell why, `commit check` which flows a candidate breaks, and the lockout
//! guard whether a session survives.
//!
//! [`breaks`] tells what becomes of a live flow on the way from one state to another.
//!
//! The walk knows what the state says and nothing else: no carriers, no neighbours, no other
//! program's routes or rules. The first packet of a connection is one whose `known` is `None`; whether its
//! answer comes back is another walk, with [`Packet::answer`].

mod packet;
mod replay;
mod route;
mod table;
#[cfg(test)]
mod tests;
mod translation;

use std::net::IpAddr;

use ipnet::IpNet;

pub use self::packet::{Known, Packet};
pub use self::replay::{Break, Cause, breaks};
use self::route::{Routes, Way};
use self::table::{Fate, Table};
use super::firewall::{Family, Hook, Rule, Verdict};
use super::state::{Address, RouteTarget, State, sysctl_of_link};
use crate::types::{KernelName, LineId};

/// One state, ready for packets.
pub struct Walker<'a> {
    state: &'a State,
    routes: Routes<'a>,
    table: Table<'a>,
}

/// What became of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey<'a> {
    /// Everything that decided, in order.
    pub decisions: Vec<Decision<'a>>,
    /// Where it ends.
    pub end: End<'a>,
    /// The packet as it is at its end: translated and marked.
    pub packet: Packet,
}

/// Something that decided on a packet's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// A rule of the table matched, and did more than lead to another chain.
    Rule {
        /// Where the kernel asked.
        hook: Hook,
        /// The chain that the rule stands in.
        chain: &'a str,
        /// The rule.
        rule: &'a Rule,
    },
    /// It is for an address of the router.
    Local,
    /// A network of one of our own addresses.
    Connected {
        /// The address and its link.
        address: &'a Address,
        /// The line that gives the address.
        origin: LineId,
    },
    /// A route.
    Route {
        /// Its destination.
        prefix: IpNet,
        /// The table that it stands in.
        table: u32,
        /// Where it leads: perhaps by several ways, of which the packet takes one.
        target: &'a RouteTarget,
        /// The line that asks for it.
        origin: LineId,
    },
}

/// The end of a packet's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<'a> {
    /// The router itself takes it.
    Delivered,
    /// It leaves.
    Sent {
        /// The link that it leaves by.
        link: &'a KernelName,
        /// The router that it is sent to; `None`: to its destination.
        gateway: Option<IpAddr>,
    },
    /// It is dropped, by the last of the decisions or for this reason.
    Dropped(Reason),
}

/// Why a packet is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A rule of the table says so.
    Rule,
    /// A route leads nowhere.
    Blackhole,
    /// No route leads there.
    NoRoute,
    /// The link that it arrived by is down, or not ours.
    LinkDown,
    /// The router does not forward packets of this IP version.
    NotForwarding,
    /// It claims to come from the router itself.
    OwnSource,
    /// No route leads back to its source, or by another link, where the configuration asks for one
    /// (reverse path filter).
    NoWayBack,
    /// Its source shall become an address of a link that has none.
    NoAddress,
}

impl<'a> Walker<'a> {
    /// Makes a state ready: reads its rules and routes once.
    pub fn new(state: &'a State) -> Self {
        Self { state, routes: Routes::new(state), table: Table::new(state.firewall.as_deref()) }
    }

    /// Takes a packet to its end.
    pub fn walk(&self, packet: Packet) -> Journey<'a> {
        let mut walk = Walk { walker: self, packet, decisions: Vec::new(), out_link: None };
        let end = match walk.packet.received_by.clone() {
            Some(link) => walk.received(&link),
            None => walk.own(),
        };
        let end = end.unwrap_or_else(End::Dropped);
        Journey { decisions: walk.decisions, end, packet: walk.packet }
    }

    /// The link by which packets to an address leave, unless marks lead them elsewhere; so packets
    /// from there are expected on it. `None`: it is our own, or nowhere.
    pub fn link_towards(&self, address: IpAddr) -> Option<&'a KernelName> {
        match self.routes.look_up(address, 0, None)? {
            (_, Way::Out { link, .. }) => Some(link),
            (_, Way::Local | Way::Nowhere) => None,
        }
    }

    /// The link that has this address.
    fn link_of(&self, address: IpAddr) -> Option<KernelName> {
        self.routes.own(address).map(|(own, _)| own.link.clone())
    }

    /// The line that gives the router this address.
    fn line_of(&self, address: IpAddr) -> Option<LineId> {
        self.routes.own(address).map(|(_, origin)| origin)
    }

    /// How many rules a packet may have to be compared with.
    pub fn rules(&self) -> usize {
        self.table.rules()
    }

    /// Whether an address is the router's own.
    pub fn is_own(&self, address: IpAddr) -> bool {
        self.routes.is_own(address)
    }
}

/// A packet on its way.
struct Walk<'w, 'a> {
    walker: &'w Walker<'a>,
    packet: Packet,
    decisions: Vec<Decision<'a>>,
    /// The link that it leaves by, as soon as that is known.
    out_link: Option<&'a KernelName>,
}

impl<'a> Walk<'_, 'a> {
    fn received(&mut self, link: &KernelName) -> Result<End<'a>, Reason> {
        let is_up = |link| self.walker.state.links.get(link).is_some_and(|link| link.up);
        if !is_up(link) {
            return Err(Reason::LinkDown);
        }
        self.hook(Hook::Classify)?;
        self.translate_destination(Hook::DestinationNat)?;
        if self.packet.family() == Family::Ipv4 && self.walker.is_own(self.packet.source) {
            return Err(Reason::OwnSource);
        }
        if !self.leads_back(link) {
            return Err(Reason::NoWayBack);
        }
        match self.route()? {
            Way::Local => {
                self.hook(Hook::Input)?;
                Ok(End::Delivered)
            }
            Way::Nowhere => Err(Reason::Blackhole),
            Way::Out { link, gateway } => {
                if !self.forwards() {
                    return Err(Reason::NotForwarding);
                }
                self.out_link = Some(link);
                self.hook(Hook::Adjust)?;
                self.hook(Hook::Forward)?;
                self.leave(link, gateway)
            }
        }
    }

    fn own(&mut self) -> Result<End<'a>, Reason> {
        // The first look-up gives the packet its source; what is decided is that of the second.
        let before = self.decisions.len();
        if let Way::Out { link, .. } = self.route()? {
            self.out_link = Some(link);
        }
        self.decisions.truncate(before);
        self.hook(Hook::ClassifyOwn)?;
        self.translate_destination(Hook::OwnDestinationNat)?;
        match self.route()? {
            Way::Local => Ok(End::Delivered),
            Way::Nowhere => Err(Reason::Blackhole),
            Way::Out { link, gateway } => {
                self.out_link = Some(link);
                self.hook(Hook::Output)?;
                self.leave(link, gateway)
            }
        }
    }

    fn leave(&mut self, link: &'a KernelName, gateway: Option<IpAddr>) -> Result<End<'a>, Reason> {
        self.hook(Hook::Remember)?;
        match self.packet.known {
            Some(known) => self.packet.set_source(known.source),
            None => {
                if let Some(verdict) = self.hook(Hook::SourceNat)? {
                    let near = gateway.unwrap_or(self.packet.destination);
                    let own = self.walker.routes.address_of(link, near);
                    translation::apply(verdict, own, &mut self.packet).ok_or(Reason::NoAddress)?;
                }
            }
        }
        Ok(End::Sent { link, gateway })
    }

    /// Asks the chain of a hook; a rule that drops ends the way. Answers a verdict that translates.
    fn hook(&mut self, hook: Hook) -> Result<Option<&'a Verdict>, Reason> {
        match self.walker.table.ask(hook, &mut self.packet, self.out_link, &mut self.decisions) {
            Fate::Goes => Ok(None),
            Fate::Translated(verdict) => Ok(Some(verdict)),
            Fate::Dropped => Err(Reason::Rule),
        }
    }

    /// Only the first packet of a connection asks for a translation; the others follow it.
    fn translate_destination(&mut self, hook: Hook) -> Result<(), Reason> {
        match self.packet.known {
            Some(known) => self.packet.set_destination(known.destination),
            None => {
                if let Some(verdict) = self.hook(hook)? {
                    let (link, near) = (self.packet.received_by.as_ref(), self.packet.source);
                    let own = link.and_then(|link| self.walker.routes.address_of(link, near));
                    translation::apply(verdict, own, &mut self.packet).ok_or(Reason::NoAddress)?;
                }
            }
        }
        Ok(())
    }

    fn route(&mut self) -> Result<Way<'a>, Reason> {
        let Packet { destination, mark, ref leaves_by, .. } = self.packet;
        let found = self.walker.routes.look_up(destination, mark, leaves_by.as_ref());
        let (decision, way) = found.ok_or(Reason::NoRoute)?;
        self.decisions.push(decision);
        Ok(way)
    }

    /// Whether a route leads back to the source, as far as the link asks for that.
    fn leads_back(&self, link: &KernelName) -> bool {
        let asked = self.walker.state.sysctls.get(&sysctl_of_link("ipv4", link, "rp_filter"));
        let asked = asked.filter(|_| self.packet.family() == Family::Ipv4).map(|asked| asked.value.as_str());
        match (asked, self.walker.link_towards(self.packet.source)) {
            (Some("1"), back) => back == Some(link),
            (Some("2"), back) => back.is_some(),
            (_, _) => true,
        }
    }

    /// Whether the configuration lets the router forward; where it says nothing, Linux may.
    fn forwards(&self) -> bool {
        let switch = match self.packet.family() {
            Family::Ipv4 => "net.ipv4.ip_forward",
            Family::Ipv6 => "net.ipv6.conf.all.forwarding",
        };
        self.walker.state.sysctls.get(switch).is_none_or(|value| value.value == "1")
    }
}

impl Decision<'_> {
    /// The configuration line behind it.
    pub fn origin(&self) -> LineId {
        match self {
            Self::Rule { rule, .. } => rule.origin,
            Self::Local => LineId::BUILT_IN,
            Self::Connected { origin, .. } | Self::Route { origin, .. } => *origin,
        }
    }
}

impl Journey<'_> {
    /// Whether it was dropped.
    pub fn is_dropped(&self) -> bool {
        matches!(self.end, End::Dropped(_))
    }
}
