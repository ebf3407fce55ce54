//! What there is: links, addresses, our routes and rules, our table.

use super::socket::{Refusal, Socket};
use super::{addr, link, lookup, neighbour, nft, route, rule};
use crate::apply::kernel::{KernelError, Observed, Part};
use crate::status::Sights;

/// Reads back a part, or everything.
pub(super) async fn observe(socket: &mut Socket, part: Option<&Part>) -> Result<Observed, KernelError> {
    let mut observed = netlink(socket, part)?;
    if part.is_none_or(|part| part.firewall) {
        observed.firewall = nft::list().await?.map(|listing| {
            listing.chains.into_iter().map(|(name, chain)| (name, chain.fingerprints())).collect()
        });
    }
    Ok(observed)
}

/// What netlink tells: all but the table.
fn netlink(socket: &mut Socket, part: Option<&Part>) -> Result<Observed, Refusal> {
    let links = link::all(socket)?;
    let name_of = |index| links.get(&index).map(|(name, _)| name.clone());
    let addresses = addr::all(socket, name_of)?;
    let routes = match part {
        None => route::all(socket, name_of)?,
        Some(part) => lookup::routes(socket, part.routes.iter(), name_of)?,
    };
    let (neighbours, proxies) = (neighbour::fixed(socket, name_of)?, neighbour::proxies(socket, name_of)?);
    Ok(Observed {
        links: links.into_values().collect(),
        addresses,
        neighbours,
        proxies,
        routes,
        rules: rule::all(socket)?,
        firewall: None,
    })
}

/// What changes with every packet.
pub(super) fn sights(socket: &mut Socket) -> Result<Sights, Refusal> {
    let links = link::all(socket)?;
    let name_of = |index| links.get(&index).map(|(name, _)| name.clone());
    Ok(Sights { neighbours: neighbour::sights(socket, name_of)?, traffic: link::traffic(socket)? })
}
