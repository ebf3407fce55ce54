//! `ip lanN address`, `ipv6 lanN address`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::addr::ipv4_of;
use crate::language::lower::args::{Network, claim};
use crate::model::addr::Ipv4Source;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_address | Rule::rtx_ip_loopback_address => Some(address),
        Rule::rtx_ip_arp_static => Some(arp_static),
        Rule::rtx_ip_dhcp_auto_default => Some(default_route),
        Rule::rtx_ip_secondary_address => Some(secondary),
        Rule::rtx_ip_proxyarp => Some(proxy_arp),
        Rule::rtx_ipv6_address => Some(ipv6_address),
        _ => None,
    }
}

fn address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    let source = match args.optional::<Network>("address")? {
        Some(network) => Ipv4Source::Static(network.ipv4()?),
        // A Yamaha takes the default route that comes with the address, unless told otherwise.
        None => Ipv4Source::Dhcp { default_route: true },
    };
    claim(&mut draft.interface(name).addr.ipv4, args.sourced(source), || ipv4_of(name))
}

fn default_route(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    if args.text("state").is_some_and(|state| state == "off") {
        draft.addr.without_default_route(name);
    }
    Ok(())
}

fn secondary(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    let address = args.sourced(args.get::<Network>("address")?.ipv4()?);
    draft.interface(name).addr.ipv4_secondary.push(address);
    Ok(())
}

fn proxy_arp(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    if args.has("on") {
        draft.interface(name).addr.proxy_arp = Some(args.sourced(()));
    }
    Ok(())
}

fn arp_static(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    let (address, mac) = (args.get("address")?, args.sourced(args.get("mac")?));
    draft.interface(name).addr.neighbours.insert(address, mac);
    Ok(())
}

fn ipv6_address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    let address = args.sourced(args.get::<Network>("address")?.ipv6()?);
    draft.addr.ipv6_enabled(name);
    draft.interface(name).addr.ipv6.push(address);
    Ok(())
}
