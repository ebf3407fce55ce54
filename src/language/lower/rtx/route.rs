//! `ip route`, `ipv6 route`: all routes to a network in one line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::Network;
use crate::model::route::{NextHop, Route};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_route | Rule::rtx_ip_route_host => Some(ipv4),
        Rule::rtx_ipv6_route => Some(ipv6),
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
    let next_hop = match args.text("gateway") {
        None => NextHop::Dhcp(args.get("interface")?),
        Some(word) if word == "null" => NextHop::Null,
        Some(_) => NextHop::Router(args.get("gateway")?),
    };
    let metric = args.optional("metric")?.unwrap_or(1);
    draft.route.add(args, Route { prefix, distance: 1, metric, next_hop });
    Ok(())
}
