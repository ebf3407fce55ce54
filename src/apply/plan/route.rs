//! Static routes.

use std::net::IpAddr;

use super::Draft;
use super::addr::is_resized;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{RouteKey, RouteTarget, State};

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    // A straight route may be what makes a router reachable, so those through a router are set
    // after it, and deleted before it.
    for through_router in [false, true] {
        for (key, target) in new.routes.iter().filter(|(_, target)| is_via(target) == through_router) {
            let undo = match old.routes.get(key) {
                Some(before) if before == target => continue,
                Some(before) if !is_out_of_reach(before, old, new) => set(key, before),
                Some(_) | None => delete(key, target),
            };
            draft.push(Phase::SetRoutes, set(key, target), undo, target.origin);
        }
    }
    for through_router in [true, false] {
        for (key, target) in old.routes.iter().filter(|(_, target)| is_via(target) == through_router) {
            let wanted = new.routes.get(key);
            let phase = match wanted {
                Some(wanted) if wanted == target => continue,
                _ if is_out_of_reach(target, old, new) => Phase::ReleaseRoutes,
                None => Phase::DeleteRoutes,
                Some(_) => continue,
            };
            draft.push(phase, delete(key, target), set(key, target), target.origin);
        }
    }
}

/// Whether, when this route's turn comes to be brought back, its router could not be reached: all
/// that leads there is an address which is away just then, or a straight route which leads elsewhere.
fn is_out_of_reach(target: &RouteTarget, old: &State, new: &State) -> bool {
    target.gateways().into_iter().any(|gateway| gateway_is_out_of_reach(gateway, old, new))
}

fn gateway_is_out_of_reach(gateway: IpAddr, old: &State, new: &State) -> bool {
    let mut near = old.addresses.keys().filter(|address| address.network.contains(&gateway)).peekable();
    if near.peek().is_some() {
        return near.all(|address| is_resized(address, new));
    }
    old.routes.iter().any(|(key, straight)| {
        let is_straight = matches!(straight.value, RouteTarget::Link(_)) && key.prefix.contains(&gateway);
        is_straight && new.routes.get(key).is_some_and(|after| after != straight)
    })
}

fn is_via(target: &RouteTarget) -> bool {
    !target.gateways().is_empty()
}

fn set(key: &RouteKey, target: &RouteTarget) -> Op {
    Op::SetRoute { key: key.clone(), target: target.clone() }
}

fn delete(key: &RouteKey, target: &RouteTarget) -> Op {
    Op::DeleteRoute { key: key.clone(), target: target.clone() }
}
