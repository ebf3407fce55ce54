//! Links: bridges of ours, membership, names, administrative state.

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{Link, LinkKind, State};
use crate::types::{KernelName, LineId};

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    for (name, link) in &new.links {
        match old.links.get(name) {
            Some(before) => change(name, before, link, link.origin, draft),
            None => enter(name, link, link.origin, draft),
        }
    }
    for (name, link) in &old.links {
        if !new.links.contains_key(name) {
            leave(name, link, old, link.origin, draft);
        }
    }
}

/// A link that the old state does not know: a bridge is made, a device is taken as fresh.
fn enter(name: &KernelName, link: &Link, origin: LineId, draft: &mut Draft) {
    if link.kind == LinkKind::Bridge {
        let (add, delete) = (Op::AddBridge(name.clone()), Op::DeleteBridge(name.clone()));
        draft.push(Phase::AddBridges, add, delete, origin);
    }
    let fresh = Link { kind: link.kind, up: false, bridge: None, alias: String::new() };
    change(name, &fresh, link, origin, draft);
}

/// A link that the new state does not name: a bridge goes, a device is released as it is.
fn leave(name: &KernelName, link: &Link, old: &State, origin: LineId, draft: &mut Draft) {
    let is_ours = |bridge: &KernelName| old.links.get(bridge).is_some_and(|it| it.kind == LinkKind::Bridge);
    let after = match link.kind {
        LinkKind::Bridge => Link { up: false, bridge: None, alias: String::new(), ..link.clone() },
        LinkKind::Device => Link {
            bridge: link.bridge.clone().filter(|bridge| !is_ours(bridge)),
            alias: String::new(),
            ..link.clone()
        },
    };
    change(name, link, &after, origin, draft);
    if link.kind == LinkKind::Bridge {
        // The steps before have stripped the bridge, so that making it again is the whole undo.
        let (add, delete) = (Op::AddBridge(name.clone()), Op::DeleteBridge(name.clone()));
        draft.push(Phase::DeleteBridges, delete, add, origin);
    }
}

fn change(name: &KernelName, old: &Link, new: &Link, origin: LineId, draft: &mut Draft) {
    if old.bridge != new.bridge {
        let set = |link: &Link| Op::SetBridge { link: name.clone(), bridge: link.bridge.clone() };
        draft.push(Phase::SetBridges, set(new), set(old), origin);
    }
    if old.alias != new.alias {
        let set = |link: &Link| Op::SetAlias { link: name.clone(), alias: link.alias.clone() };
        let phase = if new.alias.is_empty() { Phase::UnnameLinks } else { Phase::NameLinks };
        draft.push(phase, set(new), set(old), origin);
    }
    if old.up != new.up {
        let set = |link: &Link| Op::SetUp { link: name.clone(), up: link.up };
        let phase = if new.up { Phase::RaiseLinks } else { Phase::LowerLinks };
        draft.push(phase, set(new), set(old), origin);
    }
}
