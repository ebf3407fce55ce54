//! `ip napt`.

use super::Page;
use crate::model::nat::{Napt, Nat, Outer};

pub(super) fn raise(page: &mut Page<'_>, nat: &Nat) {
    let Nat { napt } = nat;
    if let Some(napt) = napt {
        let Napt { outer } = &napt.value;
        page.line(napt.origin, "ip napt enable");
        if let Outer::Address(address) = outer {
            let reason = format!("an IX translates to the address of the interface, not to {address}");
            page.lose(napt.origin, reason);
        }
    }
}
