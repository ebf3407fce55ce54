//! `ip filter`, `ip lanN secure filter`, and the same for IPv6.

use super::filter_words::{self as words, addresses, rules};
use super::{Args, Arm, Draft, Refusal, Rule, application, interface};
use crate::language::lower::filter::{
    self as filters, Direction, Dynamic, First, NumberList, NumberUse, SetUse,
};
use crate::model::filter::Packets;
use crate::types::Sourced;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_filter => Some(define),
        Rule::rtx_ip_secure_filter => Some(apply),
        Rule::rtx_ip_secure_filter_name => Some(apply_set),
        Rule::rtx_ip_filter_dynamic => Some(follow),
        Rule::rtx_ip_filter_set => Some(set),
        Rule::rtx_ipv6_filter => Some(define_ipv6),
        Rule::rtx_ipv6_secure_filter => Some(apply_ipv6),
        Rule::rtx_ipv6_filter_dynamic => Some(follow_ipv6),
        _ => None,
    }
}

fn apply(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let used = number_use(draft, args)?;
    draft.filter.use_numbers(used);
    Ok(())
}

fn apply_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let used = number_use(draft, args)?;
    draft.ipv6_filter.use_numbers(used);
    Ok(())
}

fn number_use(draft: &mut Draft, args: &Args<'_>) -> Result<Sourced<NumberUse>, Refusal> {
    let interface = interface(draft, args)?;
    Ok(args.sourced(NumberUse { interface, direction: args.get("direction")?, list: number_list(args)? }))
}

fn number_list(args: &Args<'_>) -> Result<NumberList, Refusal> {
    Ok(NumberList { fixed: args.all("filter")?, dynamic: args.all("dynamic")? })
}

fn apply_set(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interface = interface(draft, args)?;
    draft.filter.use_set(args.sourced(SetUse { interface, set: args.get("name")? }));
    Ok(())
}

fn set(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let direction: Direction = args.get("direction")?;
    draft.filter.set(args.get("name")?, direction, args.sourced(number_list(args)?));
    Ok(())
}

fn define(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.filter.numbered(args, args.get("number")?, rules(args, words::Family::Ipv4)?);
    Ok(())
}

fn define_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.ipv6_filter.numbered(args, args.get("number")?, rules(args, words::Family::Ipv6)?);
    Ok(())
}

fn follow(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    define_dynamic(&mut draft.filter, args)
}

fn follow_ipv6(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    define_dynamic(&mut draft.ipv6_filter, args)
}

fn define_dynamic(draft: &mut filters::Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let between = Packets {
        source: addresses(args, "source")?,
        destination: addresses(args, "destination")?,
        ..Packets::default()
    };
    let (first, application) = match args.text("application") {
        Some(name) => application::known(&name, &between),
        None => (First::Filters(between, args.all("filter")?), None),
    };
    let log = args.text("option").is_none_or(|option| option == "syslog=on");
    draft.dynamic(args.get("number")?, args.sourced(Dynamic { first, application, log }));
    Ok(())
}
