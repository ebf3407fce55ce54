//! `proxy-dns …`, `dns …`, `ip name-server`, `ip host`, `ip domain-name`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::claim;
use crate::language::lower::dns::at;
use crate::model::dns::{From, Kind, Record, Server};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_proxy_dns_enable => Some(enable),
        Rule::ix_proxy_dns_server => Some(server),
        Rule::ix_proxy_dns_interface => Some(interface),
        Rule::ix_ip_name_server | Rule::ix_ipv6_name_server => Some(resolver),
        Rule::ix_ip_domain_name => Some(domain),
        Rule::ix_ip_host | Rule::ix_ipv6_host | Rule::ix_dns_host => Some(host),
        Rule::ix_dns_cache_enable => Some(cache),
        Rule::ix_dns_cache_max_records => Some(cached),
        _ => None,
    }
}

/// The priority of a server without one (unconfirmed).
const PRIORITY: u8 = 100;

/// How long answers of our own may be remembered; the command line has no word for it.
const SECONDS: u32 = 1;

fn enable(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let state = Some(args.sourced(()));
    match args.text("family").as_deref() {
        Some("ipv6") => draft.model.dns.ipv6 = state,
        _ => draft.model.dns.ipv4 = state,
    }
    Ok(())
}

fn server(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    if args.text("urls").is_some() || args.text("source").is_some() || args.has("default") {
        draft.beyond(
            args,
            "servers by lists of names, by the interface that they are asked from, and \"default\"",
        );
        return Ok(());
    }
    let (server, domain) = (args.sourced(at(args.get("server")?)), args.optional("domain")?);
    draft.dns.server(args.optional("priority")?.unwrap_or(PRIORITY), domain, server);
    Ok(())
}

fn interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    match args.interface("interface") {
        Some(name) if args.text("urls").is_none() && !args.has("ignore") => {
            let server = args.sourced(Server { from: From::Interface(name), edns: false });
            draft.dns.server(args.optional("priority")?.unwrap_or(PRIORITY), None, server);
        }
        _ => draft.beyond(args, "the servers that this interface learns, asked so"),
    }
    Ok(())
}

fn resolver(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let resolver = args.sourced(args.get("server")?);
    draft.model.dns.resolvers.push(resolver);
    Ok(())
}

fn domain(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    claim(&mut draft.model.dns.domain, args.sourced(args.get("domain")?), || "the domain".to_owned())
}

fn host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    for value in args.all::<String>("address")? {
        let kind = if value.contains(':') { Kind::Aaaa } else { Kind::A };
        let record = Record { kind, name: args.get("host")?, value, seconds: SECONDS };
        draft.model.dns.records.push(args.sourced(record));
    }
    Ok(())
}

fn cache(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.caches = Some(args.line());
    Ok(())
}

fn cached(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dns.cached = Some(args.get("count")?);
    Ok(())
}
