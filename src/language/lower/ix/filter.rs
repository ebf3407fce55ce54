//! `ip access-list`, `ip filter`, and the same for IPv6.

use std::ops::RangeInclusive;

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::Network;
use crate::language::lower::filter::ListUse;
use crate::model::filter::{self, Action, AddressRange, Fragments, Packets, TcpFlags};
use crate::types::Sourced;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_access_list_line => Some(entry),
        // Kept as the line above; see the short hand of `tree::entry`.
        Rule::ix_access_list | Rule::ix_access_list_entry => Some(short_hand),
        // Entries tell by themselves whether they have numbers.
        Rule::ix_access_list_numbered | Rule::ix_access_list_entry_numbered => Some(short_hand),
        Rule::ix_ip_access_list_dynamic => Some(dynamic),
        Rule::ix_ip_filter => Some(filter),
        Rule::ix_ipv6_access_list_line => Some(ipv6_entry),
        Rule::ix_ipv6_access_list | Rule::ix_ipv6_access_list_entry => Some(short_hand),
        Rule::ix_ipv6_access_list_numbered | Rule::ix_ipv6_access_list_entry_numbered => Some(short_hand),
        Rule::ix_ipv6_access_list_dynamic => Some(ipv6_dynamic),
        Rule::ix_ipv6_filter => Some(ipv6_filter),
        _ => None,
    }
}

fn short_hand(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn entry(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.filter.list_entry(args, args.get("list")?, args.optional("position")?, rule(args, ICMP)?);
    Ok(())
}

fn ipv6_entry(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.ipv6_filter.list_entry(args, args.get("list")?, args.optional("position")?, rule(args, ICMPV6)?);
    Ok(())
}

fn dynamic(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.filter.list_dynamic(args, args.get("list")?, args.get("access")?);
    Ok(())
}

fn ipv6_dynamic(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.ipv6_filter.list_dynamic(args, args.get("list")?, args.get("access")?);
    Ok(())
}

/// The rule of an entry; `icmp` is the protocol that the word means.
fn rule(args: &Args<'_>, icmp: u8) -> Result<filter::Rule, Refusal> {
    let permits = args.text("action").is_some_and(|action| action == "permit");
    Ok(filter::Rule {
        action: if permits { Action::Pass } else { Action::Drop },
        // What is denied is logged unless the line that uses the list suppresses it.
        log: !permits || args.has("log"),
        packets: packets(args, icmp)?,
    })
}

fn packets(args: &Args<'_>, icmp: u8) -> Result<Packets, Refusal> {
    let [source_ports, destination_ports] = match args.text("icmp_type") {
        Some(_) => [singles(args.all("icmp_type")?), singles(args.all("icmp_code")?)],
        None => [
            ports(args, ["source_port", "source_above", "source_below"])?,
            ports(args, ["destination_port", "destination_above", "destination_below"])?,
        ],
    };
    Ok(Packets {
        protocols: protocols(args, icmp)?,
        source: network(args, "source")?,
        destination: network(args, "destination")?,
        source_ports,
        destination_ports,
        flags: args.all::<Flag>("flag")?.into_iter().map(|Flag(flags)| flags).collect(),
        code_points: code_points(args)?,
        fragments: args.has("fragments").then_some(Fragments::Later),
    })
}

const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

fn protocols(args: &Args<'_>, icmp: u8) -> Result<Vec<u8>, Refusal> {
    Ok(match args.text("protocol").as_deref() {
        // Only TCP has flags.
        Some("ip") if args.text("flag").is_some() => vec![TCP],
        Some("ip") => vec![],
        Some("icmp") => vec![icmp],
        Some("tcp") => vec![TCP],
        Some("udp") => vec![17],
        Some(_) | None => vec![args.get("protocol")?],
    })
}

const TCP: u8 = 6;

fn singles(numbers: Vec<u16>) -> Vec<RangeInclusive<u16>> {
    numbers.into_iter().map(|number| number..=number).collect()
}

/// `eq`, `range`, `gt` and `lt`.
fn ports(args: &Args<'_>, [tag, above, below]: [&str; 3]) -> Result<Vec<RangeInclusive<u16>>, Refusal> {
    if let Some(limit) = args.optional::<u16>(above)? {
        return match limit.checked_add(1) {
            Some(first) => Ok(vec![first..=u16::MAX]),
            None => Err(Refusal::Says("no port is above 65535".to_owned())),
        };
    }
    if let Some(limit) = args.optional::<u16>(below)? {
        return match limit.checked_sub(1) {
            Some(last) => Ok(vec![0..=last]),
            None => Err(Refusal::Says("no port is below 0".to_owned())),
        };
    }
    match args.all(tag)?.as_slice() {
        [first, last] if first > last => {
            Err(Refusal::Says(format!("the range {first} {last} ends before it begins")))
        }
        [first, last] => Ok(vec![*first..=*last]),
        numbers => Ok(singles(numbers.to_vec())),
    }
}

fn network(args: &Args<'_>, tag: &str) -> Result<Vec<AddressRange>, Refusal> {
    match args.text(tag) {
        Some(word) if word == "any" => Ok(vec![]),
        Some(_) | None => Ok(vec![AddressRange::Network(args.get::<Network>(tag)?.0.trunc())]),
    }
}

/// `dscp N` is one code point, `precedence N` the eight that begin with its bits.
fn code_points(args: &Args<'_>) -> Result<Vec<RangeInclusive<u16>>, Refusal> {
    let mut points = singles(args.all("dscp")?);
    points.extend(args.all::<u16>("precedence")?.into_iter().map(|number| 8 * number..=8 * number + 7));
    Ok(points)
}

/// A word for flags of TCP. A session that is established has ACK or RST in every packet.
struct Flag(TcpFlags);

impl std::str::FromStr for Flag {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let set = |mask| Ok(Self(TcpFlags { mask, value: mask, differ: false }));
        match word {
            "fin" => set(0x01),
            "syn" => set(0x02),
            "rst" => set(0x04),
            "psh" => set(0x08),
            "ack" => set(0x10),
            "urg" => set(0x20),
            "established" => Ok(Self(TcpFlags { mask: 0x14, value: 0, differ: true })),
            _ => Err("a flag of TCP is needed"),
        }
    }
}

fn filter(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.filter.use_list(list_use(args)?);
    Ok(())
}

fn ipv6_filter(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.ipv6_filter.use_list(list_use(args)?);
    Ok(())
}

fn list_use(args: &Args<'_>) -> Result<Sourced<ListUse>, Refusal> {
    Ok(args.sourced(ListUse {
        interface: interface(args)?,
        direction: args.get("direction")?,
        sequence: args.get("sequence")?,
        list: args.get("list")?,
        quiet: args.has("suppress-logging"),
    }))
}
