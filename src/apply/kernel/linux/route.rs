//! Routes: `RTM_NEWROUTE`, `RTM_DELROUTE`, in the table `main` and in those of our rules, with our mark in `rtm_protocol`.
//!
//! The kernel would let `NLM_F_REPLACE` overwrite a route of another program that has the same
//! table, prefix and metric. So a run of routes first reads which keys are ours: those are replaced,
//! all others must be new. A run is sent in batches; where one of a batch is refused, what the
//! kernel did after it is taken back, so that a run always ends at its first refusal.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteNextHop, RouteProtocol, RouteScope,
    RouteType, RouteVia,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use nix::errno::Errno;

use super::socket::{Refusal, Request, Socket};
use super::{link, lookup};
use crate::apply::kernel::KernelError;
use crate::apply::state::{RouteKey, RouteTarget, Share};
use crate::types::{KERNEL_PROTOCOL, KernelName};

/// How many routes go to the kernel in one call: few enough that all refusals fit into the socket.
pub(super) const BATCH: usize = 256;

/// Our mark, as routes bear it.
const OURS: RouteProtocol = RouteProtocol::Other(KERNEL_PROTOCOL);

/// What shall become of one key: a target, or no route of ours.
pub(super) type Change<'a> = (&'a RouteKey, Option<&'a RouteTarget>);

/// A run of changes, with what it must know of the kernel.
pub(super) struct Run {
    /// The routes of ours as the run goes on.
    ours: BTreeMap<RouteKey, RouteTarget>,
    indices: BTreeMap<KernelName, u32>,
}

impl Run {
    /// Begins a run of these changes.
    pub(super) fn begin(socket: &mut Socket, changes: &[Change<'_>]) -> Result<Self, Refusal> {
        let links = link::all(socket)?;
        let name_of = |index| links.get(&index).map(|(name, _)| name.clone());
        let ours = lookup::routes(socket, changes.iter().map(|(key, _)| *key), name_of)?;
        let indices = links.into_iter().map(|(index, (name, _))| (name, index)).collect();
        Ok(Self { ours, indices })
    }

    /// Does the changes of one batch, up to the first that is refused: its index, and why.
    pub(super) fn batch(
        &mut self,
        socket: &mut Socket,
        changes: &[Change<'_>],
    ) -> Result<(), (usize, KernelError)> {
        let mut requests = Vec::with_capacity(changes.len());
        let mut before = Vec::with_capacity(changes.len());
        let mut outcome = Ok(());
        for &(key, target) in changes {
            match self.request(key, target) {
                Ok(request) => requests.push(request),
                Err(refusal) => {
                    outcome = Err((requests.len(), refusal.into()));
                    break;
                }
            }
            before.push(self.note(key, target.cloned()));
        }

        let refusals = socket.batch(requests).map_err(|refusal| (0, refusal.into()))?;
        let mut refused: BTreeMap<usize, Refusal> = refusals
            .into_iter()
            // A route that is gone is deleted already.
            .filter(|(index, refusal)| changes[*index].1.is_some() || refusal.errno != Errno::ESRCH)
            .collect();
        if let Some((first, refusal)) = refused.pop_first() {
            let done: Vec<bool> =
                (first..before.len()).map(|index| index != first && !refused.contains_key(&index)).collect();
            let mut error = KernelError::from(refusal);
            if let Err(refusal) = self.take_back(socket, &changes[first..], before.split_off(first), &done) {
                let why = KernelError::from(refusal);
                error.message = format!("{}; a later route was not taken back: {why}", error.message);
            }
            outcome = Err((first, error));
        }
        outcome
    }

    /// Brings back what the keys of `changes` led to `before`, where the kernel has `done` the change.
    fn take_back(
        &mut self,
        socket: &mut Socket,
        changes: &[Change<'_>],
        before: Vec<Option<RouteTarget>>,
        done: &[bool],
    ) -> Result<(), Refusal> {
        let mut requests = Vec::new();
        for ((&(key, _), old), done) in changes.iter().zip(before).zip(done).rev() {
            if *done {
                requests.push(self.request(key, old.as_ref())?);
            }
            self.note(key, old);
        }
        let refusals = socket.batch(requests)?;
        let left = refusals.into_iter().map(|(_, refusal)| refusal).find(|left| left.errno != Errno::ESRCH);
        left.map_or(Ok(()), Err)
    }

    /// Notes what a key leads to from now on; answers what it led to.
    fn note(&mut self, key: &RouteKey, target: Option<RouteTarget>) -> Option<RouteTarget> {
        match target {
            Some(target) => self.ours.insert(key.clone(), target),
            None => self.ours.remove(key),
        }
    }

    fn request(&self, key: &RouteKey, target: Option<&RouteTarget>) -> Result<Request, Refusal> {
        let Some(target) = target else {
            return Ok((RouteNetlinkMessage::DelRoute(deleted(key)), 0));
        };
        let flag = if self.ours.contains_key(key) { NLM_F_REPLACE } else { NLM_F_EXCL };
        Ok((RouteNetlinkMessage::NewRoute(self.message(key, target)?), NLM_F_CREATE | flag))
    }

    fn message(&self, key: &RouteKey, target: &RouteTarget) -> Result<RouteMessage, Refusal> {
        let mut message = bare(key);
        message.header.kind = RouteType::Unicast;
        match target {
            RouteTarget::Via { gateway, link } => {
                message.attributes.push(through(key, *gateway));
                if let Some(link) = link {
                    message.attributes.push(RouteAttribute::Oif(self.index(link)?));
                }
            }
            RouteTarget::Link(link) => {
                message.attributes.push(RouteAttribute::Oif(self.index(link)?));
                if key.prefix.addr().is_ipv4() {
                    message.header.scope = RouteScope::Link;
                }
            }
            RouteTarget::Shared(shares) => {
                let hops = shares.iter().map(|share| self.next_hop(key, share)).collect::<Result<_, _>>()?;
                message.attributes.push(RouteAttribute::MultiPath(hops));
            }
            RouteTarget::Blackhole => message.header.kind = RouteType::BlackHole,
        }
        Ok(message)
    }

    fn next_hop(&self, key: &RouteKey, share: &Share) -> Result<RouteNextHop, Refusal> {
        let mut hop = RouteNextHop::default();
        hop.interface_index = self.index(&share.link)?;
        // The kernel counts what a way has beyond the least weight.
        hop.hops = u8::try_from(share.weight.saturating_sub(1)).unwrap_or(u8::MAX);
        hop.attributes = share.gateway.map(|gateway| through(key, gateway)).into_iter().collect();
        Ok(hop)
    }

    fn index(&self, link: &KernelName) -> Result<u32, Refusal> {
        self.indices.get(link).copied().ok_or(Refusal { errno: Errno::ENODEV, sentence: None })
    }
}

fn through(key: &RouteKey, gateway: IpAddr) -> RouteAttribute {
    match (key.prefix, gateway) {
        (IpNet::V4(_), IpAddr::V6(gateway)) => RouteAttribute::Via(RouteVia::Inet6(gateway)),
        _ => RouteAttribute::Gateway(gateway.into()),
    }
}

/// The routes of all tables that bear our mark.
pub(super) fn all(
    socket: &mut Socket,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Result<BTreeMap<RouteKey, RouteTarget>, Refusal> {
    let mut routes = BTreeMap::new();
    for family in [AddressFamily::Inet, AddressFamily::Inet6] {
        let mut filter = RouteMessage::default();
        filter.header.address_family = family;
        filter.header.protocol = OURS;
        let messages = socket.dump(RouteNetlinkMessage::GetRoute(filter))?;
        routes.extend(messages.iter().filter_map(|message| match message {
            RouteNetlinkMessage::NewRoute(route) => parse(route, &name_of),
            _ => None,
        }));
    }
    Ok(routes)
}

/// The key and the target of a route of ours; `None` for all others.
pub(super) fn parse(
    message: &RouteMessage,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Option<(RouteKey, RouteTarget)> {
    if message.header.protocol != OURS {
        return None;
    }
    let (mut destination, mut priority, mut gateway, mut link, mut hops) = (None, 0, None, None, None);
    let mut table = u32::from(message.header.table);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(address) => destination = ip(address),
            RouteAttribute::Table(number) => table = *number,
            RouteAttribute::Priority(metric) => priority = *metric,
            RouteAttribute::Gateway(address) => gateway = ip(address),
            RouteAttribute::Via(RouteVia::Inet6(address)) => gateway = Some(IpAddr::V6(*address)),
            RouteAttribute::Oif(index) => link = name_of(*index),
            RouteAttribute::MultiPath(found) => hops = Some(found),
            _ => {}
        }
    }
    let destination = destination.unwrap_or_else(|| unspecified(message.header.address_family));
    let prefix = IpNet::new(destination, message.header.destination_prefix_length).ok()?;
    if let Some(hops) = hops {
        let mut shares = hops.iter().map(|hop| share(hop, &name_of)).collect::<Option<Vec<_>>>()?;
        shares.sort();
        return Some((RouteKey { prefix, priority, table }, RouteTarget::Shared(shares)));
    }
    let target = match (message.header.kind, gateway, link) {
        (RouteType::BlackHole, _, _) => RouteTarget::Blackhole,
        (RouteType::Unicast, Some(gateway), link) => RouteTarget::Via { gateway, link },
        (RouteType::Unicast, None, Some(link)) => RouteTarget::Link(link),
        _ => return None,
    };
    Some((RouteKey { prefix, priority, table }, target))
}

fn share(hop: &RouteNextHop, name_of: impl Fn(u32) -> Option<KernelName>) -> Option<Share> {
    let gateway = hop.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Gateway(address) => ip(address),
        RouteAttribute::Via(RouteVia::Inet6(address)) => Some(IpAddr::V6(*address)),
        _ => None,
    });
    let link = name_of(hop.interface_index)?;
    Some(Share { gateway, link, weight: u16::from(hop.hops) + 1 })
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some(IpAddr::V4(*address)),
        RouteAddress::Inet6(address) => Some(IpAddr::V6(*address)),
        _ => None,
    }
}

fn unspecified(family: AddressFamily) -> IpAddr {
    match family {
        AddressFamily::Inet6 => IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
        _ => IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
    }
}

/// A deletion by key and mark alone: it needs no link, and finds whatever target the key has.
fn deleted(key: &RouteKey) -> RouteMessage {
    let mut message = bare(key);
    message.header.scope = RouteScope::NoWhere;
    message
}

fn bare(key: &RouteKey) -> RouteMessage {
    let prefix = key.prefix.trunc();
    let mut message = RouteMessage::default();
    message.header.address_family = match prefix {
        IpNet::V4(_) => AddressFamily::Inet,
        IpNet::V6(_) => AddressFamily::Inet6,
    };
    // The attribute holds the whole number; the header has no room for it.
    message.header.table = u8::try_from(key.table).unwrap_or(RouteHeader::RT_TABLE_UNSPEC);
    message.header.protocol = OURS;
    message.header.destination_prefix_length = prefix.prefix_len();
    message.attributes = vec![
        RouteAttribute::Destination(prefix.addr().into()),
        RouteAttribute::Priority(key.priority),
        RouteAttribute::Table(key.table),
    ];
    message
}
