//! `dhcp service`, `dhcp scope …`, `dns notice order dhcp`.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::{Network, parse};
use crate::language::lower::dhcp::{Notice, Scope, Span, THREE_DAYS};
use crate::model::dhcp::{Client, Lease, OptionValue, Reservation, Told};
use crate::types::Mac;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_dhcp_service => Some(service),
        Rule::rtx_dhcp_scope => Some(define),
        Rule::rtx_dhcp_scope_bind => Some(reserve),
        Rule::rtx_dhcp_scope_lease_type => Some(lease_type),
        Rule::rtx_dhcp_scope_option => Some(option),
        Rule::rtx_dns_notice_order => Some(notice),
        _ => None,
    }
}

fn service(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    match args.text("service").as_deref() {
        Some("server") => draft.model.dhcp.enabled = Some(args.sourced(())),
        Some("relay") => draft.beyond(args, "questions of hosts passed on"),
        _ => {}
    }
    Ok(())
}

fn scope<'a>(draft: &'a mut Draft, args: &Args<'_>) -> Result<&'a mut Scope, Refusal> {
    Ok(draft.dhcp.scopes.entry(args.get("number")?).or_default())
}

fn define(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let range: String = args.get("range")?;
    let refuse = || Refusal::Says(format!("{range:?} is no range of one network"));
    let (first, rest) = range.split_once('-').ok_or_else(refuse)?;
    let first: Ipv4Addr = parse(first)?;
    let last: Ipv4Net = parse::<Network>(rest)?.ipv4()?;
    if first > last.addr() || !last.trunc().contains(&first) {
        return Err(refuse());
    }
    let lease = args.text("expire").map_or(Ok(THREE_DAYS), |text| lease(&text))?;
    let longest = args.text("maxexpire").map_or(Ok(THREE_DAYS), |text| self::lease(&text))?;
    if lease > longest {
        return Err(Refusal::Says("a lease is longer than the longest one: write maxexpire".to_owned()));
    }
    let excluded = args.all::<String>("except")?.iter().map(|text| span(text)).collect::<Result<_, _>>()?;
    let scope = scope(draft, args)?;
    scope.range = Some(args.sourced(((first, last.addr()), last)));
    scope.leases = Some((lease, longest));
    scope.excluded = excluded;
    if let Some(gateway) = args.optional("gateway")? {
        scope.told.routers = vec![gateway];
    }
    Ok(())
}

/// `A`, or `A-B`.
fn span(text: &str) -> Result<Span, Refusal> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Ok((parse(first)?, parse(last)?))
}

/// Minutes, hours and minutes, or for ever.
fn lease(text: &str) -> Result<Lease, Refusal> {
    if text == "infinity" {
        return Ok(Lease::Infinite);
    }
    let minutes = match text.split_once(':') {
        Some((hours, minutes)) => parse::<u64>(hours)? * 60 + parse::<u64>(minutes)?,
        None => parse::<u64>(text)?,
    };
    Ok(u32::try_from(minutes * 60).map_or(Lease::Infinite, Lease::Seconds))
}

fn reserve(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let addresses = match args.text("address").as_deref() {
        None | Some("*") => None,
        Some(text) => Some(span(text)?),
    };
    let reservation = args.sourced(Reservation { addresses, client: client(args)? });
    scope(draft, args)?.reservations.push(reservation);
    Ok(())
}

fn client(args: &Args<'_>) -> Result<Client, Refusal> {
    if args.has("ipcp") {
        return Ok(Client::DialIn);
    }
    if args.has("text") {
        let text: String = args.get("client")?;
        return Ok(Client::Identifier([&[0], text.as_bytes()].concat()));
    }
    match args.text("mac") {
        None => {
            let octets = args.all::<String>("client")?;
            let octets = octets.iter().map(|octet| u8::from_str_radix(octet, 16).unwrap_or_default());
            Ok(Client::Identifier(octets.collect()))
        }
        Some(text) if text.ends_with(":*") => {
            let Mac([a, b, c, ..]) = parse(&text.replace('*', "00:00:00"))?;
            Ok(Client::Vendor([a, b, c]))
        }
        Some(text) if args.has("ethernet") => {
            let Mac(octets) = parse(&text)?;
            Ok(Client::Identifier([&[1], &octets[..]].concat()))
        }
        Some(text) => Ok(Client::Mac(parse(&text)?)),
    }
}

fn lease_type(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    if args.text("option").is_some() {
        draft.beyond(args, "a second scope for hosts that are not known");
    }
    scope(draft, args)?.known_only = args.text("type").as_deref() == Some("bind-only");
    Ok(())
}

fn option(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    for option in args.all::<String>("option")? {
        let (name, value) = option.split_once('=').unwrap_or((&option, ""));
        tell(&mut scope(draft, args)?.told, name, value)?;
    }
    Ok(())
}

/// One option, by its name or its number.
fn tell(told: &mut Told, name: &str, value: &str) -> Result<(), Refusal> {
    match name {
        "router" | "3" => told.routers = addresses(value)?,
        "dns" | "6" => told.name_servers = addresses(value)?,
        "domain" | "15" => told.domain = Some(value.to_owned()),
        "42" => told.time_servers = addresses(value)?,
        "wins_server" | "44" => told.wins_servers = addresses(value)?,
        name => {
            let number = if name == "hostname" { 12 } else { parse(name)? };
            told.options.insert(number, option_value(value));
        }
    }
    Ok(())
}

fn addresses(list: &str) -> Result<Vec<Ipv4Addr>, Refusal> {
    list.split(',').map(parse).collect()
}

/// By its looks: the table of what each option takes is the vendor's.
fn option_value(text: &str) -> OptionValue {
    let octet = |text: &str| (text.len() == 2).then(|| u8::from_str_radix(text, 16).ok()).flatten();
    if let Ok(addresses) = addresses(text) {
        return OptionValue::Addresses(addresses);
    }
    match (text, text.parse()) {
        ("on", _) => OptionValue::Number(1),
        ("off", _) => OptionValue::Number(0),
        (_, Ok(number)) => OptionValue::Number(number),
        _ => match text.split(',').map(octet).collect() {
            Some(octets) => OptionValue::Octets(octets),
            None => OptionValue::Text(text.to_owned()),
        },
    }
}

fn notice(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    if args.text("protocol").as_deref() != Some("dhcp") {
        draft.beyond(args, "DNS servers told by DHCPv6 and PPP");
        return Ok(());
    }
    let word = |word: String| match word.as_str() {
        "me" => Some(Notice::Me),
        "server" => Some(Notice::Servers),
        _ => None,
    };
    draft.dhcp.notice = Some(args.all("server")?.into_iter().filter_map(word).collect());
    Ok(())
}
