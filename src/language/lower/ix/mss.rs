//! `ip tcp adjust-mss`, `ipv6 tcp adjust-mss`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::model::mss::Limit;
use crate::types::Sourced;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_tcp_adjust_mss => Some(ipv4),
        Rule::ix_ipv6_tcp_adjust_mss => Some(ipv6),
        _ => None,
    }
}

fn ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.interface(interface(args)?).mss.ipv4 = Some(limit(args)?);
    Ok(())
}

fn ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.interface(interface(args)?).mss.ipv6 = Some(limit(args)?);
    Ok(())
}

fn limit(args: &Args<'_>) -> Result<Sourced<Limit>, Refusal> {
    let is_auto = args.text("octets").is_some_and(|word| word == "auto");
    Ok(args.sourced(if is_auto { Limit::Auto } else { Limit::Octets(args.get("octets")?) }))
}
