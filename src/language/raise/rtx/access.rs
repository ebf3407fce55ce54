//! `sshd …`, `telnetd …`, `httpd …`, `sntpd …`; and who may use a service.

use super::Page;
use crate::model::access::{Access, Client, Clients, Hosts, Service};
use crate::types::LineId;

pub(super) fn raise(page: &mut Page<'_>, access: &Access) {
    let Access { ssh, telnet, http, time } = access;
    raise_service(page, "sshd", ssh, false);
    raise_service(page, "telnetd", telnet, true);
    raise_service(page, "httpd", http, true);
    raise_service(page, "sntpd", time, true);
}

/// `offered`: the appliance offers it unless a line says otherwise.
fn raise_service(page: &mut Page<'_>, word: &str, service: &Service, offered: bool) {
    let Service { ipv4, ipv6, port, clients } = service;
    match (ipv4, ipv6) {
        (None, None) => {
            if offered && page.is_foreign() {
                page.line(LineId::BUILT_IN, format_args!("{word} service off"));
            }
        }
        (Some(on), other) | (other @ None, Some(on)) => {
            page.line(on.origin, format_args!("{word} service on"));
            if other.is_none() {
                page.lose(on.origin, "an RTX offers it over IPv4 and over IPv6");
            }
        }
    }
    if let Some(port) = port {
        page.line(port.origin, format_args!("{word} listen {}", port.value));
    }
    if let Some(clients) = clients {
        let who = clients_text(page, clients);
        page.line(clients.origin, format_args!("{word} host {who}"));
    }
}

/// The words for those who may use a service.
pub(super) fn clients_text(page: &Page<'_>, clients: &Clients) -> String {
    match clients {
        Clients::Any => "any".to_owned(),
        Clients::Lan => "lan".to_owned(),
        Clients::Only(only) if only.is_empty() => "none".to_owned(),
        Clients::Only(only) => {
            only.iter().map(|client| client_text(page, client)).collect::<Vec<_>>().join(" ")
        }
    }
}

fn client_text(page: &Page<'_>, client: &Client) -> String {
    match client {
        Client::Hosts(Hosts::Network(network)) => network.addr().to_string(),
        Client::Hosts(Hosts::Range(first, last)) => format!("{first}-{last}"),
        Client::Interface(name) => page.interface(*name),
    }
}
