//! `ip route`, `ipv6 route`: one line a gateway.

use std::fmt::Write;

use ipnet::IpNet;

use super::Page;
use crate::model::route::{Gateway, NextHop, Route};
use crate::types::Sourced;

pub(super) fn raise(page: &mut Page<'_>, routes: &[Sourced<Route>]) {
    for route in routes {
        for gateway in &route.gateways {
            let line = line(page, route, &gateway.next_hop);
            if page.line(gateway.origin, line) {
                lose_conditions(page, gateway);
            }
        }
    }
}

fn line(page: &Page<'_>, route: &Route, next_hop: &NextHop) -> String {
    let Route { prefix, distance, metric, gateways: _ } = route;
    let family = match prefix {
        IpNet::V4(_) => "ip",
        IpNet::V6(_) => "ipv6",
    };
    let prefix = if prefix.prefix_len() == 0 { "default".to_owned() } else { prefix.to_string() };
    let next_hop = match next_hop {
        NextHop::Router(gateway) => gateway.to_string(),
        NextHop::RouterOn(gateway, name) => format!("{gateway} {}", page.interface(*name)),
        NextHop::Interface(name) => page.interface(*name),
        NextHop::Dhcp(name) => format!("{} dhcp", page.interface(*name)),
        NextHop::Null => "Null0.0".to_owned(),
    };
    let mut line = format!("{family} route {prefix} {next_hop}");
    for (word, preference) in [("metric", *metric), ("distance", u32::from(*distance))] {
        if preference != 1 {
            // Writing into a string cannot fail.
            let _ = write!(line, " {word} {preference}");
        }
    }
    line
}

/// What an IX cannot say of a single gateway.
fn lose_conditions(page: &mut Page<'_>, gateway: &Sourced<Gateway>) {
    let Gateway { next_hop: _, weight, hide: _, keepalive, filter } = &gateway.value;
    if *weight != 1 {
        page.lose(gateway.origin, format!("routes of an IX share equally, wanted is weight {weight}"));
    }
    if let Some(number) = keepalive {
        page.lose(gateway.origin, format!("a route of an IX does not depend on a host, wanted is {number}"));
    }
    if filter.is_some() {
        page.lose(gateway.origin, "a route of an IX is for all packets");
    }
}
