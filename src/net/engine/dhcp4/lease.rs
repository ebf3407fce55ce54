//! What a server lends, and whether it makes sense.

use std::net::Ipv4Addr;
use std::time::Duration;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use crate::net::wire::dhcp4::Reply;
use crate::types::Mac;

/// The shortest lease that is worth having: below, we would do little else than renew.
const SHORTEST: u32 = 10;

/// The lease time that means "for ever" (RFC 2131 section 3.3).
const INFINITE: u32 = u32::MAX;

/// An address and what comes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Our address, with the length of the subnet mask.
    pub address: Ipv4Net,
    /// Who lends it.
    pub server: Ipv4Addr,
    /// The station that its answer came from: the server, or the relay in front of it.
    pub server_mac: Mac,
    /// Routers, best first. Where the server sends classless routes, those of its default route
    /// (RFC 3442 has a client ignore option 3 then).
    pub routers: Vec<Ipv4Addr>,
    /// The other classless routes: network and router, which is unspecified for the link itself.
    pub routes: Vec<(Ipv4Net, Ipv4Addr)>,
    /// Name servers, best first.
    pub dns_servers: Vec<Ipv4Addr>,
    /// Time servers, best first.
    pub ntp_servers: Vec<Ipv4Addr>,
    /// The domain of hosts on the link.
    pub domain_name: Option<String>,
    /// When it must be extended; `None`: it lasts for ever.
    pub times: Option<Times>,
}

/// The times of a lease, from when it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Ask the server for more (T1).
    pub renew: Duration,
    /// Ask any server for more (T2).
    pub rebind: Duration,
    /// Stop using the address.
    pub expire: Duration,
}

impl Lease {
    /// Takes an offer or acknowledgement that came from `server_mac`, or says what is wrong with it.
    pub(super) fn judge(reply: &Reply, server_mac: Mac) -> Result<Self, &'static str> {
        let server = reply.server.filter(is_host).ok_or("it does not say who it is")?;
        let length =
            prefix_length(reply.subnet_mask.ok_or("no subnet mask")?).ok_or("a broken subnet mask")?;
        let address = Ipv4Net::new(reply.address, length).map_err(|_| "a broken subnet mask")?;
        // On a link of two addresses (RFC 3021) or one, there is no network and no broadcast address.
        let is_taken = length <= 30 && [address.network(), address.broadcast()].contains(&reply.address);
        if !is_host(&reply.address) || is_taken {
            return Err("an address that no host can have");
        }
        let times = Times::judge(reply)?;
        let is_router = |router: &Ipv4Addr| is_host(router) && *router != reply.address;
        let (routers, routes) = match &reply.routes {
            None => (reply.routers.clone(), Vec::new()),
            Some(routes) => {
                let (default, others): (Vec<_>, Vec<_>) =
                    routes.iter().copied().partition(|(network, _)| network.prefix_len() == 0);
                (default.into_iter().map(|(_, router)| router).collect(), others)
            }
        };
        Ok(Self {
            address,
            server,
            server_mac,
            routers: routers.into_iter().filter(is_router).collect(),
            routes,
            dns_servers: reply.dns_servers.iter().copied().filter(is_host).collect(),
            ntp_servers: reply.ntp_servers.iter().copied().filter(is_host).collect(),
            domain_name: reply.domain_name.clone(),
            times,
        })
    }
}

impl Times {
    /// T1 and T2 that are missing or out of order are made from the lease time (RFC 2131 section 4.4.5).
    fn judge(reply: &Reply) -> Result<Option<Self>, &'static str> {
        let expire = match reply.lease_time {
            None => return Err("no lease time"),
            Some(INFINITE) => return Ok(None),
            Some(seconds) if seconds < SHORTEST => return Err("a lease time below 10 s"),
            Some(seconds) => Duration::from_secs(seconds.into()),
        };
        let seconds = |given: Option<u32>| given.map(|seconds| Duration::from_secs(seconds.into()));
        let fits = |time: &Duration| !time.is_zero() && *time < expire;
        let rebind = seconds(reply.rebinding_time).filter(fits).unwrap_or(expire * 7 / 8);
        let renew = seconds(reply.renewal_time)
            .filter(fits)
            .filter(|renew| *renew <= rebind)
            .unwrap_or(rebind * 4 / 7);
        Ok(Some(Self { renew, rebind, expire }))
    }
}

/// An address that one station can have.
fn is_host(address: &Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first != 0 && first < 224 && !address.is_loopback()
}

/// The length of a mask whose ones stand together. A link never holds more than a network of class A.
fn prefix_length(mask: Ipv4Addr) -> Option<u8> {
    let bits = u32::from(mask);
    let length = bits.leading_ones();
    let is_whole = length + bits.trailing_zeros() == u32::BITS || length == u32::BITS;
    (is_whole && length >= 8).then(|| u8::try_from(length).ok())?
}

#[cfg(test)]
mod tests;
