//! Static routes.

use super::Draft;
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
                Some(before) => set(key, before),
                None => delete(key, target),
            };
            draft.push(Phase::SetRoutes, set(key, target), undo, target.origin);
        }
    }
    for through_router in [true, false] {
        for (key, target) in old.routes.iter().filter(|(_, target)| is_via(target) == through_router) {
            if !new.routes.contains_key(key) {
                draft.push(Phase::DeleteRoutes, delete(key, target), set(key, target), target.origin);
            }
        }
    }
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
