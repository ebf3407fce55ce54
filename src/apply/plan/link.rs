//! Links: bridges of ours, membership, names, administrative state.

use std::borrow::Cow;

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{Link, LinkKind, State};
use crate::types::{KernelName, LineId, Mac, Sourced};

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

/// Links that get another tag, or another link below, are removed first, and with them goes what
/// they have: what is left of the old state then.
pub(super) fn remove_changed<'a>(old: &'a State, new: &State, draft: &mut Draft) -> Cow<'a, State> {
    let mut left = Cow::Borrowed(old);
    for (name, link) in &new.links {
        let Some(before) = old.links.get(name).filter(|before| before.kind != link.kind) else { continue };
        if let Some((phase, add, delete)) = making(name, &before.kind) {
            draft.push(phase, delete, add, link.origin);
        }
        let State { links, addresses, neighbours, proxies, routes, .. } = left.to_mut();
        links.remove(name);
        addresses.retain(|address, _| address.link != *name);
        neighbours.retain(|neighbour, _| neighbour.link != *name);
        proxies.retain(|neighbour, _| neighbour.link != *name);
        routes.retain(|_, target| !target.links().contains(&name));
    }
    left
}

/// A link that the old state does not know: one of ours is made, a device is taken as fresh.
fn enter(name: &KernelName, link: &Link, origin: LineId, draft: &mut Draft) {
    if let Some((phase, add, delete)) = making(name, &link.kind) {
        draft.push(phase, add, delete, origin);
    }
    change(name, &Link::fresh(link.kind.clone()), link, origin, draft);
}

/// A link that the new state does not name: one of ours goes, a device is released as it is.
fn leave(name: &KernelName, link: &Link, old: &State, origin: LineId, draft: &mut Draft) {
    let is_ours = |bridge: &KernelName| old.links.get(bridge).is_some_and(|it| it.kind == LinkKind::Bridge);
    let after = match link.kind {
        LinkKind::Bridge | LinkKind::Vlan { .. } => Link::fresh(link.kind.clone()),
        LinkKind::Device => Link {
            bridge: link.bridge.clone().filter(|bridge| !is_ours(bridge)),
            alias: String::new(),
            ..link.clone()
        },
    };
    change(name, link, &after, origin, draft);
    if let Some((phase, add, delete)) = making(name, &link.kind) {
        // The steps before have stripped the link, so that making it again is the whole undo; but
        // for what every link has: that is set to what it is, so as to be set again by the undo.
        let phase = if phase == Phase::AddVlans { Phase::DeleteVlans } else { Phase::DeleteBridges };
        for shape in shapes(name, link) {
            draft.push(phase, shape.clone(), shape, origin);
        }
        draft.push(phase, delete, add, origin);
    }
}

/// What is set of a link that every link has.
fn shapes(name: &KernelName, link: &Link) -> impl Iterator<Item = Op> {
    let mac = link.mac.map(|mac| Op::SetMac { link: name.clone(), mac: mac.value });
    mac.into_iter().chain(link.mtu.map(|mtu| Op::SetMtu { link: name.clone(), mtu: mtu.value }))
}

/// How a link of ours is made and removed, and when it is made.
fn making(name: &KernelName, kind: &LinkKind) -> Option<(Phase, Op, Op)> {
    match kind {
        LinkKind::Device => None,
        LinkKind::Bridge => {
            Some((Phase::AddBridges, Op::AddBridge(name.clone()), Op::DeleteBridge(name.clone())))
        }
        LinkKind::Vlan { parent, id } => Some((
            Phase::AddVlans,
            Op::AddVlan { link: name.clone(), parent: parent.clone(), id: *id },
            Op::DeleteVlan { link: name.clone() },
        )),
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
    if let Some(mac) = new.mac.filter(|mac| old.mac != Some(*mac)) {
        let set = |mac: Sourced<Mac>| Op::SetMac { link: name.clone(), mac: mac.value };
        draft.push(Phase::ShapeLinks, set(mac), set(old.mac.unwrap_or(mac)), mac.origin);
    }
    if let Some(mtu) = new.mtu.filter(|mtu| old.mtu != Some(*mtu)) {
        let set = |mtu: Sourced<u32>| Op::SetMtu { link: name.clone(), mtu: mtu.value };
        draft.push(Phase::ShapeLinks, set(mtu), set(old.mtu.unwrap_or(mtu)), mtu.origin);
    }
    if old.up != new.up {
        let set = |link: &Link| Op::SetUp { link: name.clone(), up: link.up };
        let phase = if new.up { Phase::RaiseLinks } else { Phase::LowerLinks };
        draft.push(phase, set(new), set(old), origin);
    }
}
