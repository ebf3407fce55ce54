//! `nat descriptor`, `ip lanN nat descriptor`.

use super::{Numbers, Page};
use crate::model::nat::{Napt, Nat, Outer};
use crate::types::InterfaceName;

pub(super) fn raise(page: &mut Page<'_>, numbers: &mut Numbers, name: InterfaceName, nat: &Nat) {
    let Nat { napt } = nat;
    let Some(napt) = napt else { return };
    let Napt { outer } = &napt.value;
    let outer = match outer {
        // What an RTX takes by itself, `ipcp`, is of no use on a LAN.
        Outer::Interface => "primary".to_owned(),
        Outer::Address(address) => address.to_string(),
    };
    let define = |number| {
        page.line(napt.origin, format_args!("nat descriptor type {number} masquerade"))
            && page.line(napt.origin, format_args!("nat descriptor address outer {number} {outer}"))
    };
    if let Some(number) = numbers.of(&outer, define) {
        page.line(napt.origin, format_args!("ip {} nat descriptor {number}", page.interface(name)));
    }
}
