//! The words of the NEC IX command line, one file an area.

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
mod prefix_list;
mod route;
mod system;
mod time;
mod user;

use super::page::Page;
use crate::model::{Interface, Model};
use crate::types::{InterfaceName, LineId};

/// What the names of lists and maps for the router's own packets begin with.
const OWN: &str = "own";

pub(super) fn raise(page: &mut Page<'_>, model: &Model) {
    let Model {
        system,
        users,
        log,
        time,
        access,
        dhcp,
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
    dhcp::raise(page, dhcp);
    link::raise_bridges(page, interfaces);
    route::raise(page, routes);
    prefix_list::raise(page, prefix_lists);
    for (&name, interface) in interfaces {
        addr::raise_neighbours(page, name, &interface.addr);
        filter::raise_lists(page, "ip", name, &interface.filter);
        filter::raise_lists(page, "ipv6", name, &interface.ipv6_filter);
        nat::raise_lists(page, name, &interface.nat);
        let base = page.counterpart(name).kernel_name();
        policy::raise_maps(page, base.as_str(), &interface.policy);
    }
    policy::raise_maps(page, OWN, own_policy);
    policy::raise_uses(page, OWN, "local ", own_policy);
    monitor::raise(page, monitors);
    link::raise_ports(page, ports);
    for (&name, interface) in interfaces {
        let Interface { link, addr, filter, ipv6_filter, nat, mss, policy } = interface;
        if let (InterfaceName::Sub(..), None) = (name, &link.tag) {
            let origin = link.enabled.map_or(LineId::BUILT_IN, |enabled| enabled.origin);
            page.lose(origin, format!("no line says which tag the frames of {name} bear"));
            continue;
        }
        page.enter(LineId::BUILT_IN, format_args!("interface {}", page.interface(name)));
        addr::raise(page, addr);
        dhcp::raise_binding(page, name, dhcp);
        filter::raise_uses(page, "ip", name, filter);
        filter::raise_uses(page, "ipv6", name, ipv6_filter);
        mss::raise(page, *mss);
        nat::raise(page, name, nat);
        let base = page.counterpart(name).kernel_name();
        policy::raise_uses(page, base.as_str(), "", policy);
        link::raise(page, link);
    }
    page.leave();
}
