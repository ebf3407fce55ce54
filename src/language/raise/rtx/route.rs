//! `ip route`, `ipv6 route`: all gateways to a network in one line.
//!
//! What an IX says by distance, an RTX says by weight: a gateway of weight 0 is used when the others
//! cannot be. So of all distances to one network the best is said, and the next as weight 0.

use std::fmt::Write;

use ipnet::IpNet;

use super::Page;
use super::filter::{FilterNumbers, define};
use crate::model::route::{Gateway, NextHop, Route};
use crate::types::Sourced;

pub(super) fn raise(
    page: &mut Page<'_>,
    routes: &[Sourced<Route>],
    ipv4: &mut FilterNumbers,
    ipv6: &mut FilterNumbers,
) {
    for network in routes.chunk_by(|one, other| one.prefix == other.prefix) {
        let is_ipv4 = network.first().is_some_and(|route| route.prefix.addr().is_ipv4());
        raise_network(page, network, if is_ipv4 { &mut *ipv4 } else { &mut *ipv6 });
    }
}

/// The routes to one network, best first, as one line.
fn raise_network(page: &mut Page<'_>, routes: &[Sourced<Route>], numbers: &mut FilterNumbers) {
    let mut gateways = String::new();
    let mut said: Vec<&Sourced<Route>> = Vec::new();
    for route in routes {
        for gateway in &route.gateways {
            let is_new = said.last().is_none_or(|last| last.distance != route.distance);
            if is_new && said.len() == 2 {
                page.lose(
                    gateway.origin,
                    "an RTX knows the best gateways to a network and those of weight 0",
                );
                continue;
            }
            let is_best = said.first().is_none_or(|best| best.distance == route.distance);
            if let Some(words) = words(page, route, gateway, is_best, numbers) {
                gateways += &words;
                said.extend(is_new.then_some(route));
            }
        }
    }
    for (route, distance) in said.iter().zip(1..) {
        if route.distance != distance {
            let reason = format!("static routes of an RTX have no distance, wanted is {}", route.distance);
            page.lose(route.origin, reason);
        }
    }
    let Some(best) = said.first() else { return };
    let family = match best.prefix {
        IpNet::V4(_) => "ip",
        IpNet::V6(_) => "ipv6",
    };
    let prefix = if best.prefix.prefix_len() == 0 { "default".to_owned() } else { best.prefix.to_string() };
    page.line(best.origin, format_args!("{family} route {prefix}{gateways}"));
}

/// One gateway with its conditions, if there is a word for it.
fn words(
    page: &mut Page<'_>,
    route: &Route,
    gateway: &Sourced<Gateway>,
    is_best: bool,
    numbers: &mut FilterNumbers,
) -> Option<String> {
    let Gateway { next_hop, weight, hide, keepalive, filter } = &gateway.value;
    let way = match next_hop {
        NextHop::Router(gateway) => gateway.to_string(),
        NextHop::RouterOn(address, name) => {
            let reason = format!("an RTX finds the interface of {address} by its address, wanted is {name}");
            page.lose(gateway.origin, reason);
            address.to_string()
        }
        NextHop::Interface(name) => {
            page.lose(gateway.origin, format!("an RTX has no route out of {name} without a gateway"));
            return None;
        }
        NextHop::Dhcp(name) => format!("dhcp {}", page.interface(*name)),
        NextHop::Null => "null".to_owned(),
    };
    let family = if route.prefix.addr().is_ipv4() { "ip" } else { "ipv6" };
    let rules = filter.iter().flatten();
    let filters: Vec<usize> = rules.filter_map(|rule| define(page, family, numbers, rule)).collect();
    if filter.is_some() && filters.is_empty() {
        page.lose(gateway.origin, "the filters of this gateway match no packet");
        return None;
    }
    let mut words = format!(" gateway {way}");
    // Writing into a string cannot fail.
    if route.metric != 1 {
        let _ = write!(words, " metric {}", route.metric);
    }
    if !filters.is_empty() {
        let _ = write!(words, " filter");
    }
    for number in filters {
        let _ = write!(words, " {number}");
    }
    if *hide {
        words += " hide";
    }
    if !is_best {
        words += " weight 0";
    } else if *weight != 1 {
        let _ = write!(words, " weight {weight}");
    }
    if let Some(number) = keepalive {
        let _ = write!(words, " keepalive {number}");
    }
    Some(words)
}
