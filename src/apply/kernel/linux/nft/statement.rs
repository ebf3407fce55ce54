//! A rule as nft's JSON statements: the same that `Display` of a rule says in nft's own language.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;
use nftables::expr::{
    BinaryOperation, CT, CTDir, Expression, Exthdr, Meta, MetaKey, NamedExpression, NgMode, Numgen, Payload,
    PayloadBase, PayloadField, PayloadRaw, Prefix, RT, RTKey, Range, SetItem, TcpOption,
};
use nftables::stmt::{
    Accept, CTCount, Continue, Counter, Drop, Flow, JumpTarget, Log, Mangle, Match as NftMatch, Operator,
    Reject, RejectType, Return, SetOp, Statement,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::program::Mode;
use super::translation;
use crate::apply::firewall::{Change, FLOWTABLE, Family, Match, Rule, Segment, TcpFlags, Verdict};
use crate::apply::kernel::KernelError;
use crate::apply::kernel::linux::packet_log::{GROUP, PACKET_BYTES};

/// A statement of a rule.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Part {
    /// One that the JSON types know.
    Known(Box<Statement<'static>>),
    /// One that they do not know.
    Other(Value),
}

/// The statements of a rule, in order. A timeout that is not there yet can only be checked by itself.
pub(super) fn all(rule: &Rule, mode: Mode) -> Result<Vec<Part>, KernelError> {
    let mut statements = rule.matches.iter().map(condition).collect::<Result<Vec<_>, _>>()?;
    if let Some(name) = &rule.counter {
        statements.push(Statement::Counter(Counter::Named(name.clone().into())).into());
    }
    if rule.log {
        let prefix = rule.counter.clone().map(Into::into);
        let log = Log { prefix, snaplen: Some(PACKET_BYTES), ..Log::new(Some(GROUP.into())) };
        statements.push(Statement::Log(Some(log)).into());
    }
    let changes =
        rule.changes.iter().filter(|part| mode == Mode::Commit || !matches!(part, Change::Timeout(_)));
    statements.extend(changes.map(|part| change(part).into()));
    statements.push(verdict(&rule.verdict).into());
    Ok(statements)
}

impl From<Statement<'static>> for Part {
    fn from(statement: Statement<'static>) -> Self {
        Self::Known(Box::new(statement))
    }
}

fn condition(condition: &Match) -> Result<Part, KernelError> {
    let statement = match condition {
        Match::InLink(link) => equal(meta(MetaKey::Iifname), text(link.as_str())),
        Match::OutLink(link) => equal(meta(MetaKey::Oifname), text(link.as_str())),
        Match::Family(Family::Ipv4) => equal(meta(MetaKey::Nfproto), text("ipv4")),
        Match::Family(Family::Ipv6) => equal(meta(MetaKey::Nfproto), text("ipv6")),
        Match::Source(family, any) => equal(header(family.word(), "saddr"), addresses(*family, any)?),
        Match::Destination(family, any) => equal(header(family.word(), "daddr"), addresses(*family, any)?),
        Match::Protocol(any) => equal(
            meta(MetaKey::L4proto),
            set(any.iter().map(|protocol| Expression::Number((*protocol).into()))),
        ),
        Match::SourcePort(any) => equal(header("th", "sport"), numbers(any)),
        Match::DestinationPort(any) => equal(header("th", "dport"), numbers(any)),
        Match::IcmpType(family, any) => equal(header(family.icmp(), "type"), numbers(any)),
        Match::IcmpCode(family, any) => equal(header(family.icmp(), "code"), numbers(any)),
        Match::Established => {
            within(conntrack("state"), Expression::List(vec![text("established"), text("related")]))
        }
        Match::DestinationTranslated => within(conntrack("status"), text("dnat")),
        Match::TcpFlags(flags) => tcp_flags(*flags),
        Match::Dscp(family, any) => equal(header(family.word(), "dscp"), numbers(any)),
        Match::Fragment(Family::Ipv4) => {
            different(bits(header("ip", "frag-off"), 0x1fff), Expression::Number(0))
        }
        Match::Fragment(Family::Ipv6) => different(fragment_offset(), Expression::Number(0)),
        Match::ConnectionMark { mask, value } => {
            equal(bits(conntrack("mark"), *mask), Expression::Number(*value))
        }
        Match::PacketMark { mask, value } => {
            equal(bits(meta(MetaKey::Mark), *mask), Expression::Number(*value))
        }
        Match::New => within(conntrack("state"), text("new")),
        Match::Original => equal(conntrack("direction"), text("original")),
        Match::Reply => equal(conntrack("direction"), text("reply")),
        Match::OriginalDestination(any) => equal(original_destination(), addresses(Family::Ipv4, any)?),
        Match::Share { below, of } => {
            let last = Expression::Number(below.saturating_sub(1));
            equal(random(*of), range(Expression::Number(0), last))
        }
        Match::FlowsOver(count) => {
            Statement::CTCount(CTCount { val: Expression::Number(*count), inv: Some(true) })
        }
        Match::FlowsOfHostOver(set, count) => return Ok(Part::Other(flows_of_host(set, *count))),
    };
    Ok(statement.into())
}

fn original_destination() -> Expression<'static> {
    let key = CT { key: "ip daddr".into(), family: None, dir: Some(CTDir::Original) };
    Expression::Named(NamedExpression::CT(key))
}

fn random(of: u32) -> Expression<'static> {
    Expression::Named(NamedExpression::Numgen(Numgen { mode: NgMode::Random, ng_mod: of, offset: None }))
}

/// Adds the source to the set, where it is not in it, and counts its flows there.
fn flows_of_host(set: &str, count: u32) -> Value {
    let element = json!({ "payload": { "protocol": "ip", "field": "saddr" } });
    let counts = json!([{ "ct count": { "val": count, "inv": true } }]);
    json!({ "set": { "op": "add", "elem": element, "set": format!("@{set}"), "stmt": counts } })
}

fn tcp_flags(TcpFlags { mask, value, differ }: TcpFlags) -> Statement<'static> {
    let word = PayloadRaw { base: PayloadBase::TH, offset: 96, len: 16 };
    let word = Expression::Named(NamedExpression::Payload(Payload::PayloadRaw(word)));
    let (left, right) = (bits(word, mask.into()), Expression::Number(value.into()));
    if differ { different(left, right) } else { equal(left, right) }
}

fn fragment_offset() -> Expression<'static> {
    let header = Exthdr { name: "frag".into(), field: Some("frag-off".into()), offset: None };
    Expression::Named(NamedExpression::Exthdr(header))
}

fn change(change: &Change) -> Statement<'static> {
    match change {
        &Change::ConnectionMark { keep, set } => {
            let value = vec![bits(conntrack("mark"), keep), Expression::Number(set)];
            let value = Expression::BinaryOperation(Box::new(BinaryOperation::OR(value)));
            Statement::Mangle(Mangle { key: conntrack("mark"), value })
        }
        Change::Helper(object) => Statement::CTHelper(object.clone().into()),
        Change::PacketMark(mark) => {
            Statement::Mangle(Mangle { key: meta(MetaKey::Mark), value: Expression::Number(*mark) })
        }
        Change::MaximumSegment(segment) => {
            let option = TcpOption { name: "maxseg".into(), field: Some("size".into()) };
            let value = match segment {
                Segment::ByRoute => {
                    Expression::Named(NamedExpression::RT(RT { key: RTKey::MTU, family: None }))
                }
                Segment::Octets(octets) => Expression::Number((*octets).into()),
            };
            Statement::Mangle(Mangle { key: Expression::Named(NamedExpression::TcpOption(option)), value })
        }
        Change::Timeout(object) => Statement::CTTimeout(text(object)),
    }
}

fn verdict(verdict: &Verdict) -> Statement<'static> {
    match verdict {
        Verdict::Accept => Statement::Accept(Some(Accept {})),
        Verdict::Drop => Statement::Drop(Some(Drop {})),
        Verdict::Reset => Statement::Reject(Some(Reject::new(Some(RejectType::TCPReset), None))),
        Verdict::Return => Statement::Return(Some(Return {})),
        Verdict::Continue => Statement::Continue(Some(Continue {})),
        Verdict::Goto(chain) => Statement::Goto(JumpTarget { target: chain.clone().into() }),
        Verdict::Jump(chain) => Statement::Jump(JumpTarget { target: chain.clone().into() }),
        Verdict::Offload => {
            Statement::Flow(Flow { op: SetOp::Add, flowtable: format!("@{FLOWTABLE}").into() })
        }
        Verdict::Masquerade(_)
        | Verdict::SourceNat(..)
        | Verdict::SourceNatEach(_)
        | Verdict::DestinationNat(..)
        | Verdict::DestinationNatEach(_)
        | Verdict::Redirect(_) => translation::statement(verdict),
    }
}

fn equal(left: Expression<'static>, right: Expression<'static>) -> Statement<'static> {
    Statement::Match(NftMatch { left, right, op: Operator::EQ })
}

fn different(left: Expression<'static>, right: Expression<'static>) -> Statement<'static> {
    Statement::Match(NftMatch { left, right, op: Operator::NEQ })
}

/// The bits of a value that stand in `mask`.
fn bits(value: Expression<'static>, mask: u32) -> Expression<'static> {
    Expression::BinaryOperation(Box::new(BinaryOperation::AND(value, Expression::Number(mask))))
}

fn within(left: Expression<'static>, right: Expression<'static>) -> Statement<'static> {
    Statement::Match(NftMatch { left, right, op: Operator::IN })
}

fn meta(key: MetaKey) -> Expression<'static> {
    Expression::Named(NamedExpression::Meta(Meta { key }))
}

pub(super) fn header(protocol: &'static str, field: &'static str) -> Expression<'static> {
    let field = PayloadField { protocol: protocol.into(), field: field.into() };
    Expression::Named(NamedExpression::Payload(Payload::PayloadField(field)))
}

fn conntrack(key: &'static str) -> Expression<'static> {
    Expression::Named(NamedExpression::CT(CT { key: key.into(), family: None, dir: None }))
}

pub(super) fn text(text: &str) -> Expression<'static> {
    Expression::String(text.to_owned().into())
}

/// Any of these. A single one is compared with: the kernel would make a set of each otherwise.
fn set(items: impl Iterator<Item = Expression<'static>>) -> Expression<'static> {
    let mut items: Vec<_> = items.collect();
    match (items.pop(), items.is_empty()) {
        (Some(single), true) => single,
        (last, _) => {
            let all = items.into_iter().chain(last).map(SetItem::Element);
            Expression::Named(NamedExpression::Set(all.collect()))
        }
    }
}

pub(super) fn range(from: Expression<'static>, to: Expression<'static>) -> Expression<'static> {
    Expression::Range(Box::new(Range { range: [from, to] }))
}

fn numbers(any: &[RangeInclusive<u16>]) -> Expression<'static> {
    let number = |number: u16| Expression::Number(number.into());
    set(any.iter().map(|numbers| match (*numbers.start(), *numbers.end()) {
        (one, same) if one == same => number(one),
        (from, to) => range(number(from), number(to)),
    }))
}

/// Reads every address: nft itself would look up whatever it does not understand as a host's name.
fn addresses(family: Family, any: &[String]) -> Result<Expression<'static>, KernelError> {
    let items = any.iter().map(|item| {
        address(family, item).ok_or_else(|| {
            KernelError::new(format!("{item:?} is no address, range or prefix of {}", family.word()))
        })
    });
    Ok(set(items.collect::<Result<Vec<_>, _>>()?.into_iter()))
}

fn address(family: Family, item: &str) -> Option<Expression<'static>> {
    let parse = |item: &str| {
        let address: IpAddr = item.parse().ok()?;
        (address.is_ipv4() == (family == Family::Ipv4)).then(|| text(&address.to_string()))
    };
    if let Some((from, to)) = item.split_once('-') {
        return Some(range(parse(from)?, parse(to)?));
    }
    if item.contains('/') {
        let network: IpNet = item.parse().ok()?;
        let addr = Box::new(parse(&network.network().to_string())?);
        let len = network.prefix_len().into();
        return Some(Expression::Named(NamedExpression::Prefix(Prefix { addr, len })));
    }
    parse(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_family_are_taken() {
        for good in ["192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9", "0.0.0.0/0"] {
            assert!(address(Family::Ipv4, good).is_some(), "{good}");
            assert!(address(Family::Ipv6, good).is_none(), "{good}");
        }
        for good in ["2001:db8::1", "2001:db8::/32", "2001:db8::1-2001:db8::9"] {
            assert!(address(Family::Ipv6, good).is_some(), "{good}");
            assert!(address(Family::Ipv4, good).is_none(), "{good}");
        }
        for bad in ["", "localhost", "192.0.2.1/33", "192.0.2.1-", "-", "@set", "192.0.2.1-2001:db8::1"] {
            assert!(address(Family::Ipv4, bad).is_none(), "{bad}");
        }
    }
}
