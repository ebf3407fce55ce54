//! `ip address`, `ipv6 address`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::Network;
use crate::model::addr::Ipv4Source;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_address => Some(address),
        Rule::ix_ip_address_secondary => Some(secondary),
        Rule::ix_ipv6_enable => Some(ipv6_enable),
        Rule::ix_ipv6_address => Some(ipv6_address),
        _ => None,
    }
}

fn address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let source = match args.optional::<Network>("address")? {
        _ if args.is_negated() => None,
        Some(network) => Some(Ipv4Source::Static(network.ipv4()?)),
        None => Some(Ipv4Source::Dhcp { default_route: args.has("receive-default") }),
    };
    draft.addr.primary(args, interface(args)?, source)
}

fn secondary(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.addr.secondary(args, interface(args)?, args.get::<Network>("address")?.ipv4()?);
    Ok(())
}

fn ipv6_enable(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.addr.ipv6_enabled(interface(args)?);
    Ok(())
}

fn ipv6_address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.addr.ipv6(args, interface(args)?, args.get::<Network>("address")?.ipv6()?);
    Ok(())
}
