//! `ip lanN address`, `ipv6 lanN address`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::Network;
use crate::model::addr::Ipv4Source;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_address => Some(address),
        Rule::rtx_ip_secondary_address => Some(secondary),
        Rule::rtx_ipv6_address => Some(ipv6_address),
        _ => None,
    }
}

fn address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let source = match args.optional::<Network>("address")? {
        Some(network) => Ipv4Source::Static(network.ipv4()?),
        // Yamaha always takes the default route that comes with the address.
        None => Ipv4Source::Dhcp { default_route: true },
    };
    let interface = interface(draft, args)?;
    draft.addr.primary(args, interface, Some(source))
}

fn secondary(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interface = interface(draft, args)?;
    draft.addr.secondary(args, interface, args.get::<Network>("address")?.ipv4()?);
    Ok(())
}

fn ipv6_address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interface = interface(draft, args)?;
    draft.addr.ipv6_enabled(interface);
    draft.addr.ipv6(args, interface, args.get::<Network>("address")?.ipv6()?);
    Ok(())
}
