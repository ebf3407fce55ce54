//! Addresses of links.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{Address, State};

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    for (address, wanted) in &new.addresses {
        if !old.addresses.contains_key(address) {
            let (add, delete) = both(address);
            draft.push(Phase::AddAddresses, add, delete, wanted.origin);
        }
    }
    let kept: BTreeSet<IpAddr> = new.addresses.keys().map(|address| address.network.addr()).collect();
    for (address, had) in &old.addresses {
        if !new.addresses.contains_key(address) {
            let (add, delete) = both(address);
            let ip = address.network.addr();
            let returns = ip.is_ipv6() && kept.contains(&ip);
            let phase = if returns { Phase::MoveAddresses } else { Phase::DeleteAddresses };
            draft.push(phase, delete, add, had.origin);
        }
    }
}

fn both(address: &Address) -> (Op, Op) {
    (Op::AddAddress(address.clone()), Op::DeleteAddress(address.clone()))
}
