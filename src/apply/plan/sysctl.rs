//! Values below `/proc/sys`.

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{State, link_of_sysctl};

/// What Linux starts with, for every value that we set. The applier reads the true one first.
const DEFAULT: &str = "0";

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    for (name, value) in &new.sysctls {
        let before = old.sysctls.get(name);
        if before == Some(value) {
            continue;
        }
        let set = |value: &str| Op::SetSysctl { name: name.clone(), value: value.to_owned() };
        let before = before.map_or(DEFAULT, |before| &before.value);
        let phase = if link_of_sysctl(name).is_some() { Phase::SetLinkSysctls } else { Phase::SetSysctls };
        draft.push(phase, set(&value.value), set(before), value.origin);
    }
}
