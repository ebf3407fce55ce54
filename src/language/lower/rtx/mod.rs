//! The arms of the Yamaha RTX command line, one file an area.

mod access;
mod addr;
mod application;
mod dhcp;
mod dns;
mod filter;
mod filter_words;
mod link;
mod log;
mod monitor;
mod mss;
mod nat;
mod policy;
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
        dhcp::arm,
        dns::arm,
        time::arm,
        policy::arm,
        monitor::arm,
    ];
    areas.into_iter().find_map(|arm| arm(rule))
}

/// The interface that the line is about, which is up because a line names it.
fn interface(draft: &mut Draft, args: &Args<'_>) -> Result<InterfaceName, Refusal> {
    let interface = args.get("interface")?;
    draft.link.name(args, interface);
    Ok(interface)
}
