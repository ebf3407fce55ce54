//! Hosts whose hardware address is fixed, and addresses for which we answer.

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{Neighbour, State};
use crate::types::Mac;

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    for (neighbour, mac) in &new.neighbours {
        let undo = match old.neighbours.get(neighbour) {
            Some(before) if before == mac => continue,
            Some(before) => set(neighbour, before.value),
            None => Op::DeleteNeighbour(neighbour.clone()),
        };
        draft.push(Phase::SetNeighbours, set(neighbour, mac.value), undo, mac.origin);
    }
    for (neighbour, mac) in &old.neighbours {
        if !new.neighbours.contains_key(neighbour) {
            let delete = Op::DeleteNeighbour(neighbour.clone());
            draft.push(Phase::DeleteNeighbours, delete, set(neighbour, mac.value), mac.origin);
        }
    }
    for (neighbour, wanted) in &new.proxies {
        if !old.proxies.contains_key(neighbour) {
            let (add, delete) = both(neighbour);
            draft.push(Phase::SetNeighbours, add, delete, wanted.origin);
        }
    }
    for (neighbour, had) in &old.proxies {
        if !new.proxies.contains_key(neighbour) {
            let (add, delete) = both(neighbour);
            draft.push(Phase::DeleteNeighbours, delete, add, had.origin);
        }
    }
}

fn set(neighbour: &Neighbour, mac: Mac) -> Op {
    Op::SetNeighbour { neighbour: neighbour.clone(), mac }
}

fn both(neighbour: &Neighbour) -> (Op, Op) {
    (Op::AddProxy(neighbour.clone()), Op::DeleteProxy(neighbour.clone()))
}
