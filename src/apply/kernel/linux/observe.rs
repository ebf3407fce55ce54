//! What there is: links, addresses, our routes and rules, our table.

use super::socket::{Refusal, Socket};
use super::{addr, link, nft, route, rule};
use crate::apply::kernel::{KernelError, Observed};

/// Reads everything back.
pub(super) async fn observe(socket: &mut Socket) -> Result<Observed, KernelError> {
    let mut observed = netlink(socket)?;
    observed.firewall = nft::list()
        .await?
        .map(|listing| listing.chains.into_iter().map(|(name, chain)| (name, chain.fingerprints)).collect());
    Ok(observed)
}

/// What netlink tells: all but the table.
pub(super) fn netlink(socket: &mut Socket) -> Result<Observed, Refusal> {
    let links = link::all(socket)?;
    let name_of = |index| links.get(&index).map(|(name, _)| name.clone());
    let addresses = addr::all(socket, name_of)?;
    let routes = route::all(socket, name_of)?;
    Ok(Observed {
        links: links.into_values().collect(),
        addresses,
        routes,
        rules: rule::all(socket)?,
        firewall: None,
    })
}
