//! Rules: `RTM_NEWRULE`, `RTM_DELRULE`, with our mark in `FRA_PROTOCOL`.

use std::collections::BTreeSet;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::route::RouteProtocol;
use netlink_packet_route::rule::{RuleAction, RuleAttribute, RuleMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use nix::errno::Errno;

use super::socket::{Refusal, Socket};
use crate::apply::firewall::Family;
use crate::apply::state::Rule;
use crate::types::KERNEL_PROTOCOL;

/// Our mark, as rules bear it.
const OURS: RouteProtocol = RouteProtocol::Other(KERNEL_PROTOCOL);

/// Adds a rule.
pub(super) fn add(socket: &mut Socket, rule: &Rule) -> Result<(), Refusal> {
    socket.request(RouteNetlinkMessage::NewRule(message(rule)), NLM_F_CREATE | NLM_F_EXCL)
}

/// Removes a rule; one that is gone is removed already.
pub(super) fn delete(socket: &mut Socket, rule: &Rule) -> Result<(), Refusal> {
    match socket.request(RouteNetlinkMessage::DelRule(message(rule)), 0) {
        Err(refusal) if refusal.errno == Errno::ENOENT => Ok(()),
        answer => answer,
    }
}

/// The rules that bear our mark. A kernel without rules has none.
pub(super) fn all(socket: &mut Socket) -> Result<BTreeSet<Rule>, Refusal> {
    let mut rules = BTreeSet::new();
    for family in [Family::Ipv4, Family::Ipv6] {
        let mut any = RuleMessage::default();
        any.header.family = number(family);
        let messages = match socket.dump(RouteNetlinkMessage::GetRule(any)) {
            Err(refusal) if matches!(refusal.errno, Errno::EOPNOTSUPP | Errno::EAFNOSUPPORT) => continue,
            messages => messages?,
        };
        rules.extend(messages.iter().filter_map(|message| match message {
            RouteNetlinkMessage::NewRule(message) => parse(family, message),
            _ => None,
        }));
    }
    Ok(rules)
}

fn parse(family: Family, message: &RuleMessage) -> Option<Rule> {
    let mut rule = Rule { family, priority: 0, mark: 0, table: 0, longer_than: None };
    let (mut is_ours, mut is_whole) = (false, false);
    for attribute in &message.attributes {
        match attribute {
            RuleAttribute::Protocol(protocol) => is_ours = *protocol == OURS,
            RuleAttribute::Priority(priority) => rule.priority = *priority,
            RuleAttribute::FwMark(mark) => rule.mark = *mark,
            RuleAttribute::FwMask(mask) => is_whole = *mask == u32::MAX,
            RuleAttribute::Table(table) => rule.table = *table,
            // The kernel says -1 where nothing is suppressed.
            RuleAttribute::SuppressPrefixLen(length) => rule.longer_than = u8::try_from(*length).ok(),
            _ => {}
        }
    }
    (is_ours && is_whole).then_some(rule)
}

fn message(rule: &Rule) -> RuleMessage {
    let mut message = RuleMessage::default();
    message.header.family = number(rule.family);
    message.header.action = RuleAction::ToTable;
    message.attributes = vec![
        RuleAttribute::Protocol(OURS),
        RuleAttribute::Priority(rule.priority),
        RuleAttribute::FwMark(rule.mark),
        RuleAttribute::FwMask(u32::MAX),
        RuleAttribute::Table(rule.table),
    ];
    message.attributes.extend(rule.longer_than.map(|length| RuleAttribute::SuppressPrefixLen(length.into())));
    message
}

fn number(family: Family) -> AddressFamily {
    match family {
        Family::Ipv4 => AddressFamily::Inet,
        Family::Ipv6 => AddressFamily::Inet6,
    }
}
