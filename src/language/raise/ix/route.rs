//! `ip route`, `ipv6 route`: one line a route.

use std::fmt::Write;

use ipnet::IpNet;

use super::Page;
use crate::model::route::{NextHop, Route};
use crate::types::Sourced;

pub(super) fn raise(page: &mut Page<'_>, routes: &[Sourced<Route>]) {
    for route in routes {
        page.line(route.origin, line(page, route));
    }
}

fn line(page: &Page<'_>, route: &Route) -> String {
    let Route { prefix, distance, metric, next_hop } = route;
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
