//! `ip route`, `ipv6 route`.
//!
//! The routes of the model are in the order of their preference, so of several to one network the
//! best gets the line.

use ipnet::IpNet;

use super::Page;
use crate::model::route::{NextHop, Route};
use crate::types::Sourced;

pub(super) fn raise(page: &mut Page<'_>, routes: &[Sourced<Route>]) {
    for route in routes {
        raise_route(page, route);
    }
}

fn raise_route(page: &mut Page<'_>, route: &Sourced<Route>) {
    let Route { prefix, distance, metric, next_hop } = &route.value;
    let gateway = match next_hop {
        NextHop::Router(gateway) => gateway.to_string(),
        NextHop::RouterOn(gateway, name) => {
            let reason = format!("an RTX finds the interface of {gateway} by its address, wanted is {name}");
            page.lose(route.origin, reason);
            gateway.to_string()
        }
        NextHop::Interface(name) => {
            page.lose(route.origin, format!("an RTX has no route out of {name} without a gateway"));
            return;
        }
        NextHop::Dhcp(name) => format!("dhcp {}", page.interface(*name)),
        NextHop::Null => "null".to_owned(),
    };
    if *distance != 1 {
        page.lose(route.origin, format!("static routes of an RTX have no distance, wanted is {distance}"));
    }
    let family = match prefix {
        IpNet::V4(_) => "ip",
        IpNet::V6(_) => "ipv6",
    };
    let prefix = if prefix.prefix_len() == 0 { "default".to_owned() } else { prefix.to_string() };
    let metric = if *metric == 1 { String::new() } else { format!(" metric {metric}") };
    page.line(route.origin, format_args!("{family} route {prefix} gateway {gateway}{metric}"));
}
