//! `nat descriptor`, `ip lanN nat descriptor`.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use ipnet::{Ipv4Net, Ipv4Subnets};

use super::filter_words::{Family, port_range, protocol};
use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::{Network, parse};
use crate::language::lower::nat::{Kind, Timer, ports, shifted};
use crate::model::nat::{Forward, Kept, Outside, Pair, Target, Traffic, Unmatched};

const TCP: u8 = 6;
const UDP: u8 = 17;
/// The ports of rlogin, rcp and ssh.
const RLOGIN: [u16; 3] = [513, 514, 22];

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_nat_type => Some(kind),
        Rule::rtx_nat_outer | Rule::rtx_nat_outer_range => Some(outer),
        Rule::rtx_nat_inner => Some(inner),
        Rule::rtx_nat_timer => Some(timer),
        Rule::rtx_nat_static => Some(pair),
        Rule::rtx_nat_masquerade_static => Some(forward),
        Rule::rtx_nat_masquerade_incoming => Some(incoming),
        Rule::rtx_nat_masquerade_port_range => Some(ports_used),
        Rule::rtx_nat_masquerade_rlogin => Some(rlogin),
        Rule::rtx_nat_masquerade_unconvertible => Some(unconvertible),
        Rule::rtx_nat_masquerade_session_limit => Some(session_limit),
        Rule::rtx_nat_masquerade_session_limit_total => Some(session_limit_total),
        Rule::rtx_ip_nat => Some(apply),
        _ => None,
    }
}

fn kind(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let kind = match args.text("type").as_deref() {
        Some("none") => Kind::None,
        Some("nat") => Kind::Addresses,
        _ => Kind::Ports,
    };
    let descriptor = draft.nat.descriptor(args.get("number")?);
    descriptor.kind = Some(args.sourced(kind));
    descriptor.hairpin = args.has("hairpin=on");
    Ok(())
}

fn outer(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let outer = match args.text("outer").as_deref() {
        Some("primary") => Outside::Interface,
        Some("secondary") => Outside::Secondary,
        Some(list) => Outside::Pool(list.split(',').map(range).collect::<Result<_, _>>()?),
        None => Outside::Nothing,
    };
    draft.nat.descriptor(args.get("number")?).outer = Some(args.sourced(outer));
    Ok(())
}

/// `auto` is what happens anyway.
fn inner(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let words: Vec<String> = args.all("inner")?;
    let items = words.iter().flat_map(|word| word.split(',')).filter(|item| *item != "auto");
    let inside = items.map(|item| range(item).map(|(first, last)| Ipv4Subnets::new(first, last, 0)));
    let inside: Vec<Ipv4Net> = inside.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let descriptor = draft.nat.descriptor(args.get("number")?);
    descriptor.inner = (!inside.is_empty()).then(|| args.sourced(inside));
    Ok(())
}

/// First and last address of `A` or `A-B`.
fn range(item: &str) -> Result<(Ipv4Addr, Ipv4Addr), Refusal> {
    let (first, last) = item.split_once('-').unwrap_or((item, item));
    let (first, last) = (parse(first)?, parse(last)?);
    match first <= last {
        true => Ok((first, last)),
        false => Err(Refusal::Says(format!("{item:?}: the range ends before it begins"))),
    }
}

fn timer(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let seconds = args.get("time")?;
    let timer = match args.text("protocol").as_deref() {
        None => Timer::All(seconds),
        Some("tcpfin") => Timer::TcpFin(seconds),
        Some(word) => {
            let number = protocol(word.trim_start_matches("protocol="), Family::Ipv4)?;
            Timer::Protocol(number, timer_ports(args, number)?, seconds)
        }
    };
    draft.nat.descriptor(args.get("number")?).timers.push(args.sourced(timer));
    Ok(())
}

fn timer_ports(args: &Args<'_>, protocol: u8) -> Result<Option<RangeInclusive<u16>>, Refusal> {
    let Some(word) = args.text("port") else { return Ok(None) };
    if !matches!(protocol, TCP | UDP) {
        return Err(Refusal::Says("only TCP and UDP have ports: leave port= out".to_owned()));
    }
    port_range(word.trim_start_matches("port=")).map(Some)
}

/// `nat descriptor static N ID OUTER=INNER [COUNT]`, `… OUTER=INNER/MASK`.
fn pair(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let text: String = args.get("pair")?;
    let (outer, inner) = text.split_once('=').unwrap_or((&text, &text));
    let (inside, by_mask) = match inner.split_once('/') {
        None => (parse(inner)?, None),
        Some(_) => {
            let network = parse::<Network>(inner)?.ipv4()?;
            (network.addr(), Some(network))
        }
    };
    let count = match (args.optional("count")?, by_mask) {
        (Some(count), _) => count,
        // From the address itself to the end of its network.
        (None, Some(network)) => u32::from(network.broadcast()) - u32::from(inside) + 1,
        (None, None) => 1,
    };
    let pair = Pair { outside: parse(outer)?, inside, count };
    draft.nat.descriptor(args.get("number")?).pairs.insert(args.get("entry")?, args.sourced(pair));
    Ok(())
}

/// One forward for each protocol and each item of the list of ports.
fn forward(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let target = Target::Host(args.get("inner")?);
    let outside: Option<Ipv4Addr> = args.optional("outer")?;
    let protocols: String = args.get("protocol")?;
    let items = args.text("port");
    let mut forwards = Vec::new();
    for word in protocols.split(',') {
        let number = protocol(word, Family::Ipv4)?;
        match items.as_deref() {
            Some(items) if matches!(number, TCP | UDP) => {
                for item in items.split(',') {
                    forwards.push(Forward { outside, traffic: across(number, item)?, target });
                }
            }
            None if matches!(number, TCP | UDP) => {
                return Err(Refusal::Says(format!("{word} needs ports: write * for all")));
            }
            None | Some("*") => {
                forwards.push(Forward { outside, traffic: Traffic::Protocol(number), target })
            }
            Some(_) => return Err(Refusal::Says(format!("{word} has no ports: leave them out"))),
        }
    }
    draft.nat.descriptor(args.get("number")?).forwards.insert(args.get("entry")?, args.sourced(forwards));
    Ok(())
}

/// `80`, `8000-8010`, `8080=80`, `www`, `*`.
fn across(protocol: u8, item: &str) -> Result<Traffic, Refusal> {
    let pair = |item: &str| match item {
        "*" => Ok((0, u16::MAX)),
        item => port_range(item).map(|range| (*range.start(), *range.end())),
    };
    let (outer, inner) = item.split_once('=').unwrap_or((item, item));
    let (outside, inside) = (pair(outer)?, pair(inner)?);
    let (first, last) = outside;
    Ok(Traffic::Ports { protocol, first, last, inside: shifted(outside, inside)? })
}

fn incoming(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let action = match args.text("action").as_deref() {
        Some("through") => Unmatched::Through,
        Some("discard") => Unmatched::Discard,
        Some("forward") => Unmatched::Forward(args.get("inner")?),
        _ => Unmatched::Reject,
    };
    draft.nat.descriptor(args.get("number")?).incoming = Some(args.sourced(action));
    Ok(())
}

fn ports_used(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let words: Vec<String> = args.all("range")?;
    let ranges = words.iter().map(|word| ports(word).map(|(first, last)| first..=last));
    let ranges = ranges.collect::<Result<_, _>>()?;
    draft.nat.descriptor(args.get("number")?).ports = Some(args.sourced(ranges));
    Ok(())
}

fn rlogin(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    if args.is_on() {
        let kept = RLOGIN.map(Kept::To).to_vec();
        draft.nat.descriptor(args.get("number")?).kept.push(args.sourced(kept));
    }
    Ok(())
}

fn unconvertible(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let kept = match args.text("protocol") {
        None => vec![Kept::All],
        Some(word) => {
            let (protocol, items): (u8, String) = (protocol(&word, Family::Ipv4)?, args.get("port")?);
            let ports =
                items.split(',').map(|item| if item == "*" { Ok(0..=u16::MAX) } else { port_range(item) });
            let kept = ports.map(|ports| Ok(Kept::From { protocol, ports: ports? }));
            kept.collect::<Result<_, Refusal>>()?
        }
    };
    draft.nat.descriptor(args.get("number")?).kept.push(args.sourced(kept));
    Ok(())
}

fn session_limit(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.nat.descriptor(args.get("number")?).per_host = Some(args.sourced(args.get("limit")?));
    Ok(())
}

fn session_limit_total(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.nat.descriptor(args.get("number")?).total = Some(args.sourced(args.get("limit")?));
    Ok(())
}

fn apply(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interface = interface(draft, args)?;
    draft.nat.apply(args, interface, args.all("number")?);
    Ok(())
}
