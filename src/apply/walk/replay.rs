//! Would a live flow go on in another state? Both of its directions are walked through both.
//!
//! A flow keeps its translation when rules change, for the kernel asks only the first packet. It
//! ends where a filter drops its packets now, where no route leads on, where the router has the
//! address no more that its source was translated to, and where it would leave by another link:
//! there nobody knows that address.

use std::net::IpAddr;

use super::{Decision, End, Journey, Packet, Reason, Walker};
use crate::status::Flow;
use crate::types::{KernelName, LineId};

/// How a flow is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Why.
    pub cause: Cause,
    /// The line behind it: of the state that comes, or of the one that goes.
    pub origin: LineId,
}

/// Why a flow is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Packets of the side that began are dropped.
    Dropped(Reason),
    /// Packets of the other side are dropped.
    AnswerDropped(Reason),
    /// It is translated, and leaves by another link from now on.
    MovedTo(KernelName),
    /// The router loses the address that it is translated to.
    AddressLost(IpAddr),
}

/// What the way from `old` to `new` breaks of a flow; `None` where it goes on, or did not work before.
pub fn breaks(old: &Walker<'_>, new: &Walker<'_>, flow: &Flow) -> Option<Break> {
    let first = Packet {
        leaves_by: old.link_of(flow.reply.destination),
        ..Packet::of_flow(arrival(old, flow), flow, false)
    };
    let (before, after) = (old.walk(first.clone()), new.walk(first));
    if before.is_dropped() {
        return None;
    }
    if let End::Dropped(reason) = after.end {
        return Some(Break { cause: Cause::Dropped(reason), origin: culprit(&after, &before) });
    }
    if flow.is_source_translated()
        && let Some(broken) = translation(old, new, flow, &before, &after)
    {
        return Some(broken);
    }
    let reply = Packet::of_flow(out_link(&before).cloned(), flow, true);
    let (before, after) = (old.walk(reply.clone()), new.walk(reply));
    match after.end {
        End::Dropped(reason) if !before.is_dropped() => {
            Some(Break { cause: Cause::AnswerDropped(reason), origin: culprit(&after, &before) })
        }
        End::Dropped(_) | End::Delivered | End::Sent { .. } => None,
    }
}

fn translation(
    old: &Walker<'_>,
    new: &Walker<'_>,
    flow: &Flow,
    before: &Journey<'_>,
    after: &Journey<'_>,
) -> Option<Break> {
    let outer = flow.reply.destination;
    if let Some(origin) = old.line_of(outer).filter(|_| !new.is_own(outer)) {
        return Some(Break { cause: Cause::AddressLost(outer), origin });
    }
    let moved = out_link(after).filter(|link| Some(*link) != out_link(before))?;
    let origin = after.decisions.iter().rev().find_map(|decision| match decision {
        Decision::Route { origin, .. } | Decision::Connected { origin, .. } => Some(*origin),
        Decision::Rule { .. } | Decision::Local => None,
    });
    Some(Break { cause: Cause::MovedTo(moved.clone()), origin: origin.unwrap_or(LineId::BUILT_IN) })
}

/// The link by which packets of the side that began arrive. `None`: the router itself began.
fn arrival(walker: &Walker<'_>, flow: &Flow) -> Option<KernelName> {
    if walker.is_own(flow.original.source) {
        return None;
    }
    // What was sent to an address of ours came in where we have it.
    let link = walker.link_of(flow.original.destination);
    link.filter(|_| flow.is_destination_translated())
        .or_else(|| walker.link_towards(flow.original.source).cloned())
}

fn out_link<'a>(journey: &Journey<'a>) -> Option<&'a KernelName> {
    match journey.end {
        End::Sent { link, .. } => Some(link),
        End::Delivered | End::Dropped(_) => None,
    }
}

/// The line that drops a packet; where none does, the one that is missed: it let the packet on before.
fn culprit(after: &Journey<'_>, before: &Journey<'_>) -> LineId {
    let last = |journey: &Journey<'_>| journey.decisions.last().map(Decision::origin);
    let decided = match after.end {
        End::Dropped(Reason::Rule | Reason::Blackhole) => last(after),
        _ => None,
    };
    let routed = || {
        before.decisions.iter().find_map(|decision| match decision {
            Decision::Route { origin, .. } | Decision::Connected { origin, .. } => Some(*origin),
            Decision::Rule { .. } | Decision::Local => None,
        })
    };
    decided.or_else(routed).unwrap_or(LineId::BUILT_IN)
}
