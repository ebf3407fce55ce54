//! `ip route`, `ipv6 route`: one route a line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::{Network, parse};
use crate::language::lower::route::Key;
use crate::model::route::{Gateway, NextHop};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_route => Some(ipv4),
        Rule::ix_ipv6_route => Some(ipv6),
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
    let key = Key {
        prefix,
        distance: args.optional("distance")?.unwrap_or(1),
        metric: args.optional("metric")?.unwrap_or(1),
    };
    draft.route.add(args, key, Gateway::plain(next_hop(args)?));
    Ok(())
}

fn next_hop(args: &Args<'_>) -> Result<NextHop, Refusal> {
    let interface = args.text("interface");
    Ok(match (args.optional("gateway")?, interface) {
        (Some(gateway), None) => NextHop::Router(gateway),
        (Some(gateway), Some(name)) => NextHop::RouterOn(gateway, parse(&name)?),
        (None, Some(name)) if name.to_ascii_lowercase().starts_with("null") => NextHop::Null,
        (None, Some(name)) if args.has("dhcp") => NextHop::Dhcp(parse(&name)?),
        (None, _) => NextHop::Interface(args.get("interface")?),
    })
}
