//! `route-map`, `ip policy route-map`, `ip local policy route-map`, and the same for IPv6.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::policy::{Entry, FIRST_SEQUENCE, sequence_of};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_route_map => Some(route_map),
        Rule::ix_route_map_match_ip_address_access_list => Some(match_ipv4),
        Rule::ix_route_map_match_ipv6_address_access_list => Some(match_ipv6),
        // An entry that asks for more than is built must not take what it does not mean.
        Rule::ix_route_map_match_length | Rule::ix_route_map_match_ip_url_offload => Some(beyond),
        Rule::ix_route_map_set_interface => Some(set_interface),
        Rule::ix_route_map_set_default_interface => Some(set_default_interface),
        Rule::ix_route_map_set_ip_next_hop | Rule::ix_route_map_set_ipv6_next_hop => Some(set_next_hop),
        Rule::ix_route_map_set_ip_default_next_hop | Rule::ix_route_map_set_ipv6_default_next_hop => {
            Some(set_default_next_hop)
        }
        Rule::ix_ip_policy_route_map => Some(ipv4),
        Rule::ix_ipv6_policy => Some(ipv6),
        Rule::ix_ip_local_policy_route_map => Some(own_ipv4),
        Rule::ix_ipv6_local_policy_route_map => Some(own_ipv6),
        _ => None,
    }
}

fn route_map(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let permits = args.text("action").is_none_or(|action| action == "permit");
    draft.policy.entry(args, args.get("list")?, sequence_of(args)?).permits = permits;
    Ok(())
}

/// The entry in whose context the line stands.
fn entry<'a>(draft: &'a mut Draft, args: &Args<'_>) -> Result<&'a mut Entry, Refusal> {
    let sequence = args.context("sequence").unwrap_or(FIRST_SEQUENCE);
    Ok(draft.policy.entry(args, args.context("list")?, sequence))
}

fn match_ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.ipv4_lists.push(args.get("list")?);
    Ok(())
}

fn match_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.ipv6_lists.push(args.get("list")?);
    Ok(())
}

fn beyond(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.is_beyond = true;
    Ok(())
}

fn set_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.interfaces.append(&mut args.all("interface")?);
    Ok(())
}

fn set_default_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.default_interfaces.append(&mut args.all("interface")?);
    Ok(())
}

fn set_next_hop(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.routers.append(&mut args.all("router")?);
    Ok(())
}

fn set_default_next_hop(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    entry(draft, args)?.default_routers.append(&mut args.all("router")?);
    Ok(())
}

fn ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let place = interface(args)?;
    draft.policy.use_map(args, Some(place), false, args.get("list")?);
    Ok(())
}

fn ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let place = interface(args)?;
    draft.policy.use_map(args, Some(place), true, args.get("list")?);
    Ok(())
}

fn own_ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.policy.use_map(args, None, false, args.get("list")?);
    Ok(())
}

fn own_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.policy.use_map(args, None, true, args.get("list")?);
    Ok(())
}
