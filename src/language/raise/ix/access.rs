//! `ssh-server …`, `telnet-server …`, `http-server …`, `ntp … enable`.

use super::Page;
use crate::model::access::{Access, Service};

pub(super) fn raise(page: &mut Page<'_>, access: &Access) {
    let Access { ssh, telnet, http, time } = access;
    raise_service(page, "ntp", time);
    raise_service(page, "telnet-server", telnet);
    raise_service(page, "ssh-server", ssh);
    raise_service(page, "http-server", http);
}

fn raise_service(page: &mut Page<'_>, word: &str, service: &Service) {
    let Service { ipv4, ipv6, port, clients } = service;
    for (family, state) in [("ip", ipv4), ("ipv6", ipv6)] {
        if let Some(state) = state {
            page.line(state.origin, format_args!("{word} {family} enable"));
        }
    }
    if let Some(port) = port {
        page.line(port.origin, format_args!("{word} ip port {}", port.value));
    }
    if let Some(clients) = clients {
        page.lose(
            clients.origin,
            format!("who may come in is said by an access list: {word} ip access-list"),
        );
    }
}
