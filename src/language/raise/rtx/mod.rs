//! The words of the Yamaha RTX command line, one file an area.

mod access;
mod addr;
mod ddns;
mod dhcp;
mod dns;
mod filter;
mod link;
mod log;
mod monitor;
mod mss;
mod nat;
mod policy;
mod route;
mod system;
mod time;
mod user;

use std::collections::BTreeMap;

use super::page::Page;
use crate::model::prefix_list::PrefixLists;
use crate::model::{Interface, Model};

pub(super) fn raise(page: &mut Page<'_>, model: &Model) {
    let Model {
        system,
        users,
        log,
        time,
        access,
        dhcp: _,
        dns,
        ddns,
        ports,
        interfaces,
        routes,
        own_policy,
        prefix_lists,
        monitors,
    } = model;
    system::raise(page, system);
    user::raise(page, users);
    log::raise(page, log);
    time::raise(page, time);
    access::raise(page, access);
    dns::raise(page, dns);
    ddns::raise(page, ddns);
    dhcp::raise(page, model);
    link::raise_ports(page, ports);
    link::raise_bridges(page, interfaces);
    let (mut numbers, mut ipv6_numbers, mut descriptors) =
        (filter::FilterNumbers::default(), filter::FilterNumbers::default(), Numbers::default());
    let mut transfers = Numbers::default();
    lose_prefix_lists(page, prefix_lists);
    route::raise(page, routes, &mut numbers, &mut ipv6_numbers);
    monitor::raise(page, monitors);
    let home = nat::home(model);
    for (&name, interface) in interfaces {
        let Interface { link, addr, filter, ipv6_filter, nat, mss, policy } = interface;
        link::raise(page, name, interface);
        page.withhold(link::shut(name, link));
        addr::raise(page, name, addr);
        filter::raise(page, "ip", &mut numbers, name, filter);
        filter::raise(page, "ipv6", &mut ipv6_numbers, name, ipv6_filter);
        mss::raise(page, name, *mss);
        policy::raise(page, &mut numbers, &mut transfers, Some(name), policy);
        nat::raise(page, &mut descriptors, name, nat, home);
        page.withhold(None);
    }
    policy::raise(page, &mut numbers, &mut transfers, None, own_policy);
}

/// Numbers for definitions that interfaces use, from 1 by first use: one for each text.
#[derive(Debug, Default)]
struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    /// The number of a text. A new text is defined first; if that fails it has none.
    fn of(&mut self, text: &str, define: impl FnOnce(usize) -> bool) -> Option<usize> {
        if let Some(&number) = self.0.get(text) {
            return Some(number);
        }
        let number = self.0.len() + 1;
        define(number).then(|| {
            self.0.insert(text.to_owned(), number);
            number
        })
    }
}

/// An RTX filters the routes of a protocol by lines of that protocol.
fn lose_prefix_lists(page: &mut Page<'_>, lists: &PrefixLists) {
    for entry in lists.ipv4.values().chain(lists.ipv6.values()).flat_map(|list| list.values()) {
        page.lose(entry.origin, "an RTX has no lists of prefixes");
    }
}
