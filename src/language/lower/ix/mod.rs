//! The arms of the NEC IX command line, one file an area.

mod access;
mod addr;
mod ddns;
mod dhcp;
mod dns;
mod filter;
mod link;
mod log;
mod monitor;
mod mss;
mod nat;
mod policy;
mod prefix_list;
mod route;
mod system;
mod time;
mod user;

use super::args::{Args, Refusal};
use super::{Arm, Draft};
use crate::language::syntax::Rule;
use crate::types::InterfaceName;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    let areas = [
        system::arm,
        user::arm,
        log::arm,
        link::arm,
        addr::arm,
        route::arm,
        filter::arm,
        nat::arm,
        mss::arm,
        access::arm,
        ddns::arm,
        dhcp::arm,
        dns::arm,
        time::arm,
        policy::arm,
        prefix_list::arm,
        monitor::arm,
    ];
    areas.into_iter().find_map(|arm| arm(rule))
}

/// The interface in whose context the line stands.
fn interface(args: &Args<'_>) -> Result<InterfaceName, Refusal> {
    args.context("interface")
}
