//! `ip lanN tcp mss limit`, `ipv6 lanN tcp mss limit`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::model::mss::Limit;
use crate::types::Sourced;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_tcp_mss_limit => Some(ipv4),
        Rule::rtx_ipv6_tcp_mss_limit => Some(ipv6),
        _ => None,
    }
}

fn ipv4(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    draft.interface(name).mss.ipv4 = limit(args)?;
    Ok(())
}

fn ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    draft.interface(name).mss.ipv6 = limit(args)?;
    Ok(())
}

fn limit(args: &Args<'_>) -> Result<Option<Sourced<Limit>>, Refusal> {
    Ok(match args.text("mss").as_deref() {
        Some("off") => None,
        Some("auto") => Some(args.sourced(Limit::Auto)),
        _ => Some(args.sourced(Limit::Octets(args.get("mss")?))),
    })
}
