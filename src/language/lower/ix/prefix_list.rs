//! `ip prefix-list`, `ipv6 prefix-list`.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::Network;
use crate::model::prefix_list::{Entry, PrefixList};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_prefix_list => Some(ipv4),
        Rule::ix_ipv6_prefix_list => Some(ipv6),
        _ => None,
    }
}

fn ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    enter(
        args,
        IpNet::V4(Ipv4Net::default()),
        draft.model.prefix_lists.ipv4.entry(args.get("list")?).or_default(),
    )
}

fn ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    enter(
        args,
        IpNet::V6(Ipv6Net::default()),
        draft.model.prefix_lists.ipv6.entry(args.get("list")?).or_default(),
    )
}

fn enter(args: &Args<'_>, everything: IpNet, list: &mut PrefixList) -> Result<(), Refusal> {
    let entry = entry(args, everything)?;
    list.insert(args.get("sequence")?, args.sourced(entry));
    Ok(())
}

fn entry(args: &Args<'_>, everything: IpNet) -> Result<Entry, Refusal> {
    let permits = args.text("action").as_deref() == Some("permit");
    let most = everything.max_prefix_len();
    let (prefix, any) = match args.text("prefix").as_deref() {
        Some("any") => (everything, true),
        Some("default") => (everything, false),
        Some(_) | None => (args.get::<Network>("prefix")?.0.trunc(), false),
    };
    let (least, longest) = (args.optional("ge")?, args.optional("le")?);
    let length = prefix.prefix_len();
    let lengths = match (least, longest) {
        (None, None) if any => 0..=most,
        (None, None) => length..=length,
        (Some(least), None) => least..=most,
        (least, Some(longest)) => least.unwrap_or(length)..=longest,
    };
    if *lengths.start() < length || lengths.is_empty() || *lengths.end() > most {
        return Err(Refusal::Says(format!("ge and le stand between {length} and {most}, ge first")));
    }
    Ok(Entry { permits, prefix, lengths })
}
