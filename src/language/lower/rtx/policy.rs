//! `ip forward filter`: gateways for packets ahead of the routes.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::policy::Transfer;
use crate::model::policy::Hop;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_forward_filter => Some(transfer),
        Rule::rtx_ip_forward_filter_use => Some(use_transfers),
        Rule::rtx_ip_local_forward_filter => Some(use_own),
        _ => None,
    }
}

fn transfer(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let hop = Hop::Router(args.get("gateway")?);
    let transfer = Transfer { hop, filters: args.all("filter")?, keepalive: args.optional("keepalive")? };
    draft.policy.transfer(args.get("number")?, args.get("order")?, args.sourced(transfer));
    Ok(())
}

fn use_transfers(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let place = interface(draft, args)?;
    draft.policy.use_transfers(args, Some(place), args.get("number")?);
    Ok(())
}

fn use_own(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.policy.use_transfers(args, None, args.get("number")?);
    Ok(())
}
