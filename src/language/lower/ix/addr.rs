//! `ip address`, `ipv6 address`.

use std::net::Ipv6Addr;

use ipnet::Ipv6Net;

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::addr::ipv4_of;
use crate::language::lower::args::{Network, any_mac, claim};
use crate::model::addr::Ipv4Source;
use crate::types::InterfaceName;

/// RFC 4291, section 2.5.6.
const LINK_LOCAL_LENGTH: u8 = 64;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_address => Some(address),
        Rule::ix_ip_address_secondary => Some(secondary),
        Rule::ix_ip_proxy_arp => Some(proxy_arp),
        Rule::ix_ip_unnumbered => Some(unnumbered),
        Rule::ix_arp_entry => Some(arp_entry),
        Rule::ix_ipv6_address_link_local => Some(link_local),
        Rule::ix_ipv6_enable => Some(ipv6_enable),
        Rule::ix_ipv6_address => Some(ipv6_address),
        _ => None,
    }
}

fn address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(args)?;
    if args.is_negated() {
        draft.addr.without_ipv4(args, name);
        return Ok(());
    }
    let source = match args.optional::<Network>("address")? {
        Some(network) => Ipv4Source::Static(network.ipv4()?),
        None => Ipv4Source::Dhcp { default_route: args.has("receive-default") },
    };
    claim(&mut draft.interface(name).addr.ipv4, args.sourced(source), || ipv4_of(name))
}

fn secondary(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let address = args.sourced(args.get::<Network>("address")?.ipv4()?);
    draft.interface(interface(args)?).addr.ipv4_secondary.push(address);
    Ok(())
}

fn unnumbered(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (name, of): (_, InterfaceName) = (interface(args)?, args.get("interface")?);
    if of == name {
        return Err(Refusal::Says(format!("{name} cannot borrow its own address")));
    }
    let source = args.sourced(Ipv4Source::Unnumbered(of));
    claim(&mut draft.interface(name).addr.ipv4, source, || ipv4_of(name))
}

fn arp_entry(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let mac = args.sourced(any_mac(&args.text("host").unwrap_or_default())?);
    let address = args.get("address")?;
    match args.optional("interface")? {
        Some(name) => drop(draft.interface(name).addr.neighbours.insert(address, mac)),
        None => draft.addr.neighbour(address, mac),
    }
    Ok(())
}

fn link_local(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let address: Ipv6Addr = args.get("address")?;
    if !address.is_unicast_link_local() {
        return Err(Refusal::Says(format!("{address} is no link-local address: these begin with fe80::")));
    }
    let network = args.sourced(Ipv6Net::new_assert(address, LINK_LOCAL_LENGTH));
    draft.interface(interface(args)?).addr.ipv6.push(network);
    Ok(())
}

fn proxy_arp(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.interface(interface(args)?).addr.proxy_arp = Some(args.sourced(()));
    Ok(())
}

fn ipv6_enable(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.addr.ipv6_enabled(interface(args)?);
    Ok(())
}

fn ipv6_address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let address = args.sourced(args.get::<Network>("address")?.ipv6()?);
    draft.interface(interface(args)?).addr.ipv6.push(address);
    Ok(())
}
