//! `ip access-list`, `ip filter`, and the same for IPv6.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::Network;
use crate::language::lower::filter::ListUse;
use crate::model::filter::{self, Action, AddressRange};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_access_list_line => Some(entry),
        // Kept as the line above; see the short hand of `tree::entry`.
        Rule::ix_access_list | Rule::ix_access_list_entry => Some(short_hand),
        Rule::ix_ip_filter => Some(filter),
        Rule::ix_ipv6_access_list_line => Some(ipv6_entry),
        Rule::ix_ipv6_access_list | Rule::ix_ipv6_access_list_entry => Some(short_hand),
        Rule::ix_ipv6_filter => Some(ipv6_filter),
        _ => None,
    }
}

fn short_hand(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn entry(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.filter.list_entry(args, args.get("list")?, rule(args, ICMP)?);
    Ok(())
}

fn ipv6_entry(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.ipv6_filter.list_entry(args, args.get("list")?, rule(args, ICMPV6)?);
    Ok(())
}

/// The rule of an entry; `icmp` is the protocol that the word means.
fn rule(args: &Args<'_>, icmp: u8) -> Result<filter::Rule, Refusal> {
    let permits = args.text("action").is_some_and(|action| action == "permit");
    let ports = |first: &str, icmp: &str| -> Result<Vec<_>, Refusal> {
        let numbers: Vec<u16> = if args.text(icmp).is_some() { args.all(icmp)? } else { args.all(first)? };
        Ok(match numbers.as_slice() {
            [from, to] => vec![*from..=*to],
            numbers => numbers.iter().map(|&number| number..=number).collect(),
        })
    };
    Ok(filter::Rule {
        action: if permits { Action::Pass } else { Action::Drop },
        // What is denied is logged unless the line that uses the list suppresses it.
        log: !permits,
        protocols: protocols(args, icmp)?,
        source: network(args, "source")?,
        destination: network(args, "destination")?,
        source_ports: ports("source_port", "icmp_type")?,
        destination_ports: ports("destination_port", "icmp_code")?,
    })
}

const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

fn protocols(args: &Args<'_>, icmp: u8) -> Result<Vec<u8>, Refusal> {
    Ok(match args.text("protocol").as_deref() {
        Some("ip") => vec![],
        Some("icmp") => vec![icmp],
        Some("tcp") => vec![6],
        Some("udp") => vec![17],
        Some(_) | None => vec![args.get("protocol")?],
    })
}

fn network(args: &Args<'_>, tag: &str) -> Result<Vec<AddressRange>, Refusal> {
    match args.text(tag) {
        Some(word) if word == "any" => Ok(vec![]),
        Some(_) | None => Ok(vec![AddressRange::Network(args.get::<Network>(tag)?.0.trunc())]),
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

fn list_use(args: &Args<'_>) -> Result<ListUse, Refusal> {
    Ok(ListUse {
        interface: interface(args)?,
        direction: args.get("direction")?,
        sequence: args.get("sequence")?,
        list: args.get("list")?,
        quiet: args.has("suppress-logging"),
        line: args.line(),
    })
}
