//! `dns …`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Page;
use super::access::clients_text;
use crate::model::access::Hosts;
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
    raise_service(page, *ipv4, *ipv6);
    if let Some(clients) = clients {
        let who = clients_text(page, clients);
        page.line(clients.origin, format_args!("dns host {who}"));
    }
    raise_servers(page, servers, resolvers);
    for (index, rule) in rules.iter().enumerate() {
        raise_rule(page, index + 1, rule);
    }
    records.iter().for_each(|record| raise_record(page, record));
    if let Some(hides) = hides_private {
        page.line(hides.origin, "dns private address spoof on");
    }
    if let Some(hides) = hides_ipv6 {
        page.line(hides.origin, "dns service aaaa filter on");
    }
    if let Some(domain) = domain {
        let name = page.word(domain);
        page.line(domain.origin, format_args!("dns domain {name}"));
    }
    raise_cache(page, cache.as_ref(), ipv4.or(*ipv6).map(|on| on.origin));
    // Whatever is said of the DNS switches it on.
    let speaks = clients.is_some() || !servers.is_empty() || !rules.is_empty() || !records.is_empty();
    if ipv4.is_none()
        && ipv6.is_none()
        && (speaks || hides_private.is_some() || hides_ipv6.is_some() || page.is_foreign())
    {
        page.line(LineId::BUILT_IN, "dns service off");
    }
}

/// An RTX that answers remembers 256 answers unless it is told otherwise.
fn raise_cache(page: &mut Page<'_>, cache: Option<&Sourced<u32>>, answers: Option<LineId>) {
    match (cache, answers) {
        (Some(cache), None) => page.lose(cache.origin, "an RTX remembers only what it has answered"),
        (Some(cache), Some(_)) if cache.value != 256 => {
            page.line(cache.origin, format_args!("dns cache max entry {}", cache.value));
        }
        (None, Some(line)) => {
            page.line(line, "dns cache use off");
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn raise_service(page: &mut Page<'_>, ipv4: Option<Sourced<()>>, ipv6: Option<Sourced<()>>) {
    let Some(on) = ipv4.or(ipv6) else { return };
    page.line(on.origin, "dns service recursive");
    if ipv4.is_none() || ipv6.is_none() {
        page.lose(on.origin, "an RTX answers over IPv4 and over IPv6");
    }
}

/// The servers with addresses are also asked by the router itself.
fn raise_servers(page: &mut Page<'_>, servers: &[Sourced<Server>], resolvers: &[Sourced<IpAddr>]) {
    let mut named = Vec::new();
    let mut learnt: Vec<&Sourced<Server>> = Vec::new();
    for server in servers {
        match server.from {
            From::Address(address) => {
                if !learnt.is_empty() {
                    page.lose(server.origin, "an RTX asks servers that it has learnt after all others");
                }
                named.push((server, address));
            }
            From::Interface(_) => learnt.push(server),
        }
    }
    let own: BTreeSet<IpAddr> = resolvers.iter().map(|resolver| resolver.value).collect();
    if let Some((first, _)) = named.first() {
        let words: Vec<String> = named.iter().map(|(server, _)| words(page, server)).collect();
        page.line(first.origin, format_args!("dns server {}", words.join(" ")));
        for (server, address) in &named {
            if !own.contains(address) {
                page.lose(server.origin, "an RTX asks the same servers for itself");
            }
        }
    }
    for resolver in resolvers.iter().filter(|own| named.iter().all(|(_, address)| *address != own.value)) {
        page.lose(resolver.origin, "an RTX asks the same servers for itself as for its hosts");
    }
    for (index, server) in learnt.into_iter().enumerate() {
        if index > 0 {
            page.lose(server.origin, "an RTX learns servers on one interface only");
            continue;
        }
        let words = words(page, server);
        page.line(server.origin, format_args!("dns server {words}"));
    }
}

fn words(page: &Page<'_>, server: &Server) -> String {
    let edns = if server.edns { " edns=on" } else { "" };
    match server.from {
        From::Address(address) => format!("{address}{edns}"),
        From::Interface(name) => format!("dhcp {}{edns}", page.interface(name)),
    }
}

fn raise_rule(page: &mut Page<'_>, number: usize, rule: &Sourced<Rule>) {
    let Sourced { value: Rule { kind, asked, asker, servers }, origin } = rule;
    let servers = match servers.as_slice() {
        [] => "reject".to_owned(),
        servers => servers.iter().map(|server| words(page, server)).collect::<Vec<_>>().join(" "),
    };
    let asked = match asked {
        Asked::Anything => ".".to_owned(),
        Asked::Name(text) | Asked::Ending(text) => text.clone(),
        Asked::Address(network) if network.prefix_len() == network.max_prefix_len() => {
            network.addr().to_string()
        }
        Asked::Address(network) => network.to_string(),
    };
    let asker = match asker {
        None => String::new(),
        Some(Hosts::Range(first, last)) => format!(" {first}-{last}"),
        Some(Hosts::Network(network)) => format!(" {network}"),
    };
    let kind = kind.map_or("any", word);
    page.line(*origin, format_args!("dns server select {number} {servers} {kind} {asked}{asker}"));
}

fn raise_record(page: &mut Page<'_>, record: &Sourced<Record>) {
    let Sourced { value: Record { kind, name, value, seconds }, origin } = record;
    let (name, value, kind) = (page.word(name), page.word(value), word(*kind));
    let seconds = if *seconds == 1 { String::new() } else { format!(" ttl={seconds}") };
    page.line(*origin, format_args!("dns static {kind} {name} {value}{seconds}"));
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::A => "a",
        Kind::Aaaa => "aaaa",
        Kind::Ptr => "ptr",
        Kind::Mx => "mx",
        Kind::Ns => "ns",
        Kind::Cname => "cname",
    }
}
