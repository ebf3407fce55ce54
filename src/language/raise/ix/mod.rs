//! The words of the NEC IX command line, one file an area.

mod addr;
mod filter;
mod link;
mod nat;
mod route;
mod system;

use super::page::Page;
use crate::model::{Interface, Model};
use crate::types::LineId;

pub(super) fn raise(page: &mut Page<'_>, model: &Model) {
    let Model { system, ports, interfaces, routes } = model;
    system::raise(page, system);
    route::raise(page, routes);
    for (&name, interface) in interfaces {
        filter::raise_lists(page, name, &interface.filter);
    }
    link::raise_ports(page, ports);
    for (&name, interface) in interfaces {
        let Interface { link, addr, filter, nat } = interface;
        page.enter(LineId::BUILT_IN, format_args!("interface {}", page.interface(name)));
        addr::raise(page, addr);
        filter::raise_uses(page, name, filter);
        nat::raise(page, nat);
        link::raise(page, link);
    }
    page.leave();
}
