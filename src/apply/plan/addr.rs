//! Addresses of links.

use std::net::IpAddr;

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{Address, State};
use crate::types::LineId;

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    let mut added: Vec<(&Address, LineId)> = new
        .addresses
        .iter()
        .filter(|(address, _)| !old.addresses.contains_key(address))
        .map(|(address, wanted)| (address, wanted.origin))
        .collect();
    // Of several addresses in one network, Linux sends from the first: that of the first line.
    added.sort_by_key(|(_, origin)| *origin);
    for (address, origin) in added {
        let (add, delete) = both(address);
        draft.push(Phase::AddAddresses, add, delete, origin);
    }
    for (address, had) in &old.addresses {
        if !new.addresses.contains_key(address) {
            let (add, delete) = both(address);
            let phase =
                if is_resized(address, new) { Phase::ResizeAddresses } else { Phase::DeleteAddresses };
            draft.push(phase, delete, add, had.origin);
        }
    }
}

/// Whether an IPv6 address gets another length: a link has it once, so the old one must go first.
pub(super) fn is_resized(address: &Address, new: &State) -> bool {
    let IpAddr::V6(ip) = address.network.addr() else { return false };
    !new.addresses.contains_key(address)
        && new.addresses.keys().any(|other| other.link == address.link && other.network.addr() == ip)
}

fn both(address: &Address) -> (Op, Op) {
    (Op::AddAddress(address.clone()), Op::DeleteAddress(address.clone()))
}
