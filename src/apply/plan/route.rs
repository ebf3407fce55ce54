//! Static routes.

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
                Some(before) if !hangs_on_resized(before, old, new) => set(key, before),
                Some(_) | None => delete(key, target),
            };
            draft.push(Phase::SetRoutes, set(key, target), undo, target.origin);
        }
    }
    for through_router in [true, false] {
        for (key, target) in old.routes.iter().filter(|(_, target)| is_via(target) == through_router) {
            let wanted = new.routes.get(key);
            let phase = match hangs_on_resized(target, old, new) {
                true if wanted != Some(target) => Phase::ReleaseRoutes,
                false if wanted.is_none() => Phase::DeleteRoutes,
                true | false => continue,
            };
            draft.push(phase, delete(key, target), set(key, target), target.origin);
        }
    }
}

/// Whether a route's router is reached through an address that the plan takes away for a while.
fn hangs_on_resized(target: &RouteTarget, old: &State, new: &State) -> bool {
    let RouteTarget::Via { gateway, .. } = target else { return false };
    old.addresses.keys().any(|address| address.network.contains(gateway) && is_resized(address, new))
}

fn is_via(target: &RouteTarget) -> bool {
    matches!(target, RouteTarget::Via { .. })
}

fn set(key: &RouteKey, target: &RouteTarget) -> Op {
    Op::SetRoute { key: key.clone(), target: target.clone() }
}

fn delete(key: &RouteKey, target: &RouteTarget) -> Op {
    Op::DeleteRoute { key: key.clone(), target: target.clone() }
}
