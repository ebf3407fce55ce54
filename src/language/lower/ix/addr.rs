//! `ip address`, `ipv6 address`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::addr::ipv4_of;
use crate::language::lower::args::{Network, claim};
use crate::model::addr::Ipv4Source;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_address => Some(address),
        Rule::ix_ip_address_secondary => Some(secondary),
        Rule::ix_ip_proxy_arp => Some(proxy_arp),
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
