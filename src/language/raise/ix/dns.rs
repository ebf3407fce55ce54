//! `proxy-dns …`, `dns …`, `ip name-server`, `ip domain-name`.

use super::Page;
use crate::model::dns::{Asked, Dns, From, Kind, Record, Rule, Server};
use crate::types::{LineId, Sourced};

pub(super) fn raise(page: &mut Page<'_>, dns: &Dns) {
    let Dns {
        ipv4,
        ipv6,
        clients,
        servers,
        rules,
        records,
        hides_private,
        hides_ipv6,
        cache,
        resolvers,
        domain,
    } = dns;
    for (family, state) in [("ip", ipv4), ("ipv6", ipv6)] {
        if let Some(state) = state {
            page.line(state.origin, format_args!("proxy-dns {family} enable"));
        }
    }
    if let Some(clients) = clients {
        page.lose(
            clients.origin,
            "whose questions are answered is said by an access list: proxy-dns ip access-list",
        );
    }
    raise_servers(page, servers);
    rules.iter().for_each(|rule| raise_rule(page, rule));
    records.iter().for_each(|record| raise_record(page, record));
    for hides in [hides_private, hides_ipv6].into_iter().flatten() {
        page.lose(hides.origin, "an IX passes all questions on");
    }
    if let Some(cache) = cache {
        page.line(cache.origin, "dns cache enable");
        page.line(cache.origin, format_args!("dns cache max-records {}", cache.value));
    }
    for resolver in resolvers {
        let family = if resolver.is_ipv4() { "ip" } else { "ipv6" };
        page.line(resolver.origin, format_args!("{family} name-server {}", resolver.value));
    }
    if let Some(domain) = domain {
        let name = page.word(domain);
        page.line(domain.origin, format_args!("ip domain-name {name}"));
    }
}

/// The priority of the first of several servers.
const PRIORITY: usize = 255;

fn raise_servers(page: &mut Page<'_>, servers: &[Sourced<Server>]) {
    for (index, server) in servers.iter().enumerate() {
        let priority = PRIORITY.saturating_sub(index);
        let priority = if servers.len() > 1 { format!(" priority {priority}") } else { String::new() };
        let which = which(page, server.origin, server);
        page.line(server.origin, format_args!("proxy-dns {which}{priority}"));
    }
}

fn which(page: &mut Page<'_>, line: LineId, server: &Server) -> String {
    if server.edns {
        page.lose(line, "an IX decides by itself about EDNS");
    }
    match server.from {
        From::Address(address) => format!("server {address}"),
        From::Interface(name) => format!("interface {}", page.interface(name)),
    }
}

fn raise_rule(page: &mut Page<'_>, rule: &Sourced<Rule>) {
    let Sourced { value: Rule { kind, asked, asker, servers }, origin } = rule;
    let (None, Asked::Ending(domain), None, false) = (kind, asked, asker, servers.is_empty()) else {
        return page.lose(*origin, "an IX chooses servers by the end of a name only");
    };
    let domain = page.word(domain);
    for (index, server) in servers.iter().enumerate() {
        let which = which(page, *origin, server);
        let priority = PRIORITY.saturating_sub(index);
        let priority = if servers.len() > 1 { format!(" priority {priority}") } else { String::new() };
        page.line(*origin, format_args!("proxy-dns {which} domain {domain}{priority}"));
    }
}

fn raise_record(page: &mut Page<'_>, record: &Sourced<Record>) {
    let Sourced { value: Record { kind, name, value, seconds }, origin } = record;
    if *seconds != 1 {
        page.lose(*origin, "an IX does not say how long an answer is good");
    }
    let family = match kind {
        Kind::A => "ip",
        Kind::Aaaa => "ipv6",
        Kind::Ptr | Kind::Mx | Kind::Ns | Kind::Cname => {
            return page.lose(*origin, "an IX answers for addresses of names only");
        }
    };
    let name = page.word(name);
    page.line(*origin, format_args!("dns host {name} {family} {value}"));
}
