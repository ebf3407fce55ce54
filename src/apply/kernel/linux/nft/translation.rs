//! Translations as nft's JSON statements.

use std::fmt::Display;
use std::ops::RangeInclusive;

use nftables::expr::{Expression, Map, NamedExpression, SetItem};
use nftables::stmt::{NAT, NATFamily, NATFlag, Statement};

use super::statement::{header, range, text};
use crate::apply::firewall::{AddressPairs, Addresses, PortChange, Verdict};

/// A verdict that translates. Any other is left as it is said in nft's own words, which nft refuses.
pub(super) fn statement(verdict: &Verdict) -> Statement<'static> {
    match verdict {
        Verdict::Masquerade(range) => {
            Statement::Masquerade(range.as_ref().map(|range| NAT { port: Some(ports(range)), ..nowhere() }))
        }
        Verdict::SourceNat(addresses, range) => Statement::SNAT(Some(source(addresses, range.as_ref()))),
        Verdict::SourceNatEach(pairs) => Statement::SNAT(Some(to(counterparts("saddr", pairs)))),
        Verdict::DestinationNat(address, change) => {
            Statement::DNAT(Some(NAT { port: port(change), ..to(text(&address.to_string())) }))
        }
        Verdict::DestinationNatEach(pairs) => Statement::DNAT(Some(to(counterparts("daddr", pairs)))),
        Verdict::Redirect(port) => {
            Statement::Redirect(Some(NAT { port: Some(Expression::Number((*port).into())), ..nowhere() }))
        }
        Verdict::Accept
        | Verdict::Drop
        | Verdict::Reset
        | Verdict::Return
        | Verdict::Continue
        | Verdict::Offload
        | Verdict::Jump(_)
        | Verdict::Goto(_) => Statement::SNAT(None),
    }
}

/// Of several addresses, the kernel takes the same for the same host.
fn source(addresses: &Addresses, range: Option<&RangeInclusive<u16>>) -> NAT<'static> {
    let [first, last] = [addresses.first, addresses.last].map(|address| text(&address.to_string()));
    let port = range.map(ports);
    match addresses.first == addresses.last {
        true => NAT { port, ..to(first) },
        false => {
            let flags = Some([NATFlag::Persistent].into());
            NAT { port, flags, ..to(self::range(first, last)) }
        }
    }
}

fn nowhere() -> NAT<'static> {
    NAT { addr: None, family: None, port: None, flags: None }
}

fn to(addr: Expression<'static>) -> NAT<'static> {
    NAT { addr: Some(addr), family: Some(NATFamily::IP), ..nowhere() }
}

fn ports(range: &RangeInclusive<u16>) -> Expression<'static> {
    let [first, last] = [*range.start(), *range.end()].map(|port| Expression::Number(port.into()));
    if first == last { first } else { self::range(first, last) }
}

fn port(change: &PortChange) -> Option<Expression<'static>> {
    match change {
        PortChange::Keep => None,
        PortChange::To(port) => Some(Expression::Number((*port).into())),
        PortChange::Shift(range, first) => {
            let number = |port: u16| Expression::Number(port.into());
            let pairs = PortChange::shifted(range, *first).map(|(from, to)| (number(from), number(to)));
            Some(map(header("th", "dport"), pairs))
        }
    }
}

fn counterparts(field: &'static str, pairs: &AddressPairs) -> Expression<'static> {
    let word = |address: &dyn Display| text(&address.to_string());
    map(header("ip", field), pairs.iter().map(|(from, to)| (word(&from), word(&to))))
}

fn map(
    key: Expression<'static>,
    pairs: impl Iterator<Item = (Expression<'static>, Expression<'static>)>,
) -> Expression<'static> {
    let data = NamedExpression::Set(pairs.map(|(from, to)| SetItem::Mapping(from, to)).collect());
    Expression::Named(NamedExpression::Map(Box::new(Map { key, data: Expression::Named(data) })))
}
