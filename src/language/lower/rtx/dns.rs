//! `dns …`, `ip host`.

use std::net::IpAddr;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::access::clients;
use crate::language::lower::args::{Network, claim, parse};
use crate::language::lower::dns::at;
use crate::model::access::Hosts;
use crate::model::dns::{self, Asked, From, Kind, Record, Server};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_dns_service => Some(service),
        Rule::rtx_dns_service_aaaa_filter => Some(hide_ipv6),
        Rule::rtx_dns_host => Some(host),
        Rule::rtx_dns_server => Some(server),
        Rule::rtx_dns_server_dhcp => Some(server_dhcp),
        Rule::rtx_dns_server_select => Some(select),
        Rule::rtx_dns_domain => Some(domain),
        Rule::rtx_dns_static => Some(record),
        Rule::rtx_ip_host => Some(ip_host),
        Rule::rtx_dns_private_address_spoof => Some(hide_private),
        Rule::rtx_dns_cache_use => Some(cache),
        Rule::rtx_dns_cache_max_entry => Some(cached),
        _ => None,
    }
}

fn service(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.dns.is_off = args.has("off");
    Ok(())
}

fn hide_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.model.dns.hides_ipv6 = args.is_on().then(|| args.sourced(()));
    Ok(())
}

fn hide_private(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.model.dns.hides_private = args.is_on().then(|| args.sourced(()));
    Ok(())
}

fn host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.model.dns.clients = clients(draft, args)?;
    Ok(())
}

fn server(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    for server in servers(draft, args)? {
        if let From::Address(address) = server.from {
            draft.model.dns.resolvers.push(args.sourced(address));
        }
        draft.model.dns.servers.push(args.sourced(server));
    }
    Ok(())
}

fn server_dhcp(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.dns.learnt = servers(draft, args)?.into_iter().map(|server| args.sourced(server)).collect();
    Ok(())
}

/// The servers of a line, each with the options after it.
fn servers(draft: &mut Draft, args: &Args<'_>) -> Result<Vec<Server>, Refusal> {
    let mut servers: Vec<Server> = Vec::new();
    for (tag, text) in args.tagged() {
        match tag {
            "server" => servers.push(at(parse(&text)?)),
            "interface" => match text.parse() {
                Ok(name) => servers.push(Server { from: From::Interface(name), edns: false }),
                Err(_) => draft.beyond(args, format!("servers that {text} learns")),
            },
            "edns" => {
                if let Some(server) = servers.last_mut() {
                    server.edns = text == "edns=on";
                }
            }
            "nat46" => draft.beyond(args, "translation of answers (nat46)"),
            _ => {}
        }
    }
    Ok(servers)
}

/// `dns server select`.
fn select(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    if args.text("pp").is_some() || args.text("restrict").is_some() {
        draft.beyond(args, "servers of a line to a provider, and rules for while it is up");
        return Ok(());
    }
    let kind = match args.text("type").as_deref() {
        None => Some(Kind::A),
        Some(word) => kind(word),
    };
    let asked = asked(&args.get::<String>("asked")?, kind);
    let asker = args.text("sender").map(|text| asker(&text)).transpose()?;
    let rule = dns::Rule { kind, asked, asker, servers: servers(draft, args)? };
    draft.dns.selects.insert(args.get("number")?, args.sourced(rule));
    Ok(())
}

/// `None`: any kind.
fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "a" => Kind::A,
        "aaaa" => Kind::Aaaa,
        "ptr" => Kind::Ptr,
        "mx" => Kind::Mx,
        "ns" => Kind::Ns,
        "cname" => Kind::Cname,
        _ => return None,
    })
}

fn asked(text: &str, kind: Option<Kind>) -> Asked {
    let network = text.parse::<Network>().ok().filter(|_| kind == Some(Kind::Ptr));
    match network {
        Some(network) => Asked::Address(network.0),
        None if text == "." => Asked::Anything,
        None if text.contains('*') => Asked::Name(text.to_owned()),
        None => Asked::Ending(text.to_owned()),
    }
}

fn asker(text: &str) -> Result<Hosts, Refusal> {
    match text.split_once('-') {
        Some((first, last)) => Ok(Hosts::Range(parse(first)?, parse(last)?)),
        None => Ok(Hosts::Network(parse::<Network>(text)?.0.trunc())),
    }
}

fn domain(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let domain: String = args.get("domain")?;
    if domain == "." {
        return Ok(());
    }
    claim(&mut draft.model.dns.domain, args.sourced(domain), || "the domain".to_owned())
}

/// `ttl=SECONDS`; an answer without it is good for one.
fn seconds(args: &Args<'_>) -> Result<u32, Refusal> {
    args.text("option").map_or(Ok(1), |option| parse(option.trim_start_matches("ttl=")))
}

fn record(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    let Some(kind) = args.text("type").and_then(|word| kind(&word)) else {
        return Err(Refusal::Says("an answer is of one kind: a, aaaa, ptr, mx, ns or cname".to_owned()));
    };
    let record = Record { kind, name: args.get("name")?, value: args.get("value")?, seconds: seconds(args)? };
    draft.model.dns.records.push(args.sourced(record));
    Ok(())
}

/// `ip host`: the address of a name, and the name of the address.
fn ip_host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    let (name, address): (String, IpAddr) = (args.get("name")?, args.get("address")?);
    let (kind, address, seconds) = (forward(address), address.to_string(), seconds(args)?);
    let there = Record { kind, name: name.clone(), value: address.clone(), seconds };
    let back = Record { kind: Kind::Ptr, name: address, value: name, seconds };
    draft.model.dns.records.extend([there, back].map(|record| args.sourced(record)));
    Ok(())
}

fn forward(address: IpAddr) -> Kind {
    if address.is_ipv4() { Kind::A } else { Kind::Aaaa }
}

fn cache(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.dns.forgets = !args.is_on();
    Ok(())
}

fn cached(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.ask(args);
    draft.dns.cached = Some(args.get("number")?);
    Ok(())
}
