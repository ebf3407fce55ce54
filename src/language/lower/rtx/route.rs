//! `ip route`, `ipv6 route`: all gateways to a network in one line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::Network;
use crate::language::lower::route::Key;
use crate::model::route::{Gateway, NextHop};

/// The distance of gateways of weight 0: the others have 1, and go before them.
const FALLBACK_DISTANCE: u8 = 2;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_route
        | Rule::rtx_ip_route_host
        | Rule::rtx_ip_route_shared
        | Rule::rtx_ip_route_choice => Some(ipv4),
        Rule::rtx_ipv6_route | Rule::rtx_ipv6_route_shared | Rule::rtx_ipv6_route_choice => Some(ipv6),
        _ => None,
    }
}

fn ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    route(draft, args, Ipv4Addr::UNSPECIFIED.into())
}

fn ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    route(draft, args, Ipv6Addr::UNSPECIFIED.into())
}

fn route(draft: &mut Draft, args: &Args<'_>, any: IpAddr) -> Result<(), Refusal> {
    let prefix = match args.text("prefix") {
        Some(word) if word == "default" => IpNet::new_assert(any, 0),
        Some(_) | None => args.get::<Network>("prefix")?.0.trunc(),
    };
    for part in args.parts("gateway") {
        let weight = part.optional("weight")?.unwrap_or(1);
        let (distance, weight) = if weight == 0 { (FALLBACK_DISTANCE, 1) } else { (1, weight) };
        let key = Key { prefix, distance, metric: part.optional("metric")?.unwrap_or(1) };
        let (hide, keepalive) = (part.has("hide"), part.optional("keepalive")?);
        let gateway = Gateway { weight, hide, keepalive, ..Gateway::plain(next_hop(&part)?) };
        match part.all("filter")?.as_slice() {
            [] => draft.route.add(args, key, gateway),
            filters => draft.route.add_filtered(args, key, gateway, filters.to_vec()),
        }
    }
    Ok(())
}

fn next_hop(args: &Args<'_>) -> Result<NextHop, Refusal> {
    Ok(match args.text("gateway") {
        None => NextHop::Dhcp(args.get("interface")?),
        Some(word) if word == "null" => NextHop::Null,
        Some(_) => NextHop::Router(args.get("gateway")?),
    })
}
