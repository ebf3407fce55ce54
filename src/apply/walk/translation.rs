//! What a verdict writes into the first packet of a connection.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;

use super::Packet;
use crate::apply::firewall::{AddressPairs, PortChange, Verdict};

/// Translates a packet. `own` is the router's address on the link that the packet left or arrived
/// by; `None` comes back where a verdict needs it and there is none. Of several addresses or ports
/// that the kernel may choose from, the packet gets the first.
pub(super) fn apply(verdict: &Verdict, own: Option<IpAddr>, packet: &mut Packet) -> Option<()> {
    match verdict {
        Verdict::Masquerade(ports) => packet.set_source((own?, port(ports.as_ref(), packet))),
        Verdict::SourceNat(addresses, ports) => {
            packet.set_source((addresses.first.into(), port(ports.as_ref(), packet)));
        }
        Verdict::SourceNatEach(pairs) => {
            if let Some(source) = counterpart(pairs, packet.source) {
                packet.set_source((source, None));
            }
        }
        Verdict::DestinationNat(address, change) => {
            packet.set_destination((IpAddr::V4(*address), changed(change, packet.destination_port())));
        }
        Verdict::DestinationNatEach(pairs) => {
            if let Some(destination) = counterpart(pairs, packet.destination) {
                packet.set_destination((destination, None));
            }
        }
        Verdict::Redirect(port) => {
            let itself = if packet.received_by.is_none() { Some(Ipv4Addr::LOCALHOST.into()) } else { own };
            packet.set_destination((itself?, Some(*port)));
        }
        Verdict::Continue
        | Verdict::Accept
        | Verdict::Drop
        | Verdict::Return
        | Verdict::Offload
        | Verdict::Jump(_)
        | Verdict::Goto(_)
        | Verdict::Reset => {}
    }
    Some(())
}

/// The kernel keeps a port that is in the range.
fn port(range: Option<&RangeInclusive<u16>>, packet: &Packet) -> Option<u16> {
    let (range, port) = (range?, packet.source_port()?);
    if range.contains(&port) { None } else { Some(*range.start()) }
}

fn changed(change: &PortChange, port: Option<u16>) -> Option<u16> {
    match change {
        PortChange::Keep => None,
        PortChange::To(port) => Some(*port),
        PortChange::Shift(range, first) => {
            let mut each = PortChange::shifted(range, *first);
            each.find(|(from, _)| Some(*from) == port).map(|(_, to)| to)
        }
    }
}

fn counterpart(pairs: &AddressPairs, address: IpAddr) -> Option<IpAddr> {
    pairs.iter().find(|(from, _)| IpAddr::V4(*from) == address).map(|(_, to)| IpAddr::V4(to))
}
