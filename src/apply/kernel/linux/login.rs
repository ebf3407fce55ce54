//! Who works on this machine over the network: connections to its login servers.
//!
//! A login server is whatever listens on port 22, and each process of one of [`SERVERS`]. The
//! connection by which the asking session came counts in any case.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;

use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use super::diag::{self, TcpSocket};
use super::socket::Socket;
use super::{addr, link};
use crate::status::login::{Connection, Login};
use crate::types::KernelName;

/// Programs behind whose ports somebody works, as the kernel has their names.
const SERVERS: [&str; 5] = ["sshd", "sshd-session", "dropbear", "in.telnetd", "telnetd"];

/// The port of SSH (RFC 4253, section 4.2): often held by the init system on the server's behalf.
const SSH: u16 = 22;

/// All connections of logins; `own` is one of them if it is established.
///
/// A kernel that tells nothing of its sockets (no module `tcp_diag`) has none as far as we know.
pub(super) fn logins(socket: &mut Socket, own: Option<Connection>) -> Vec<Login> {
    let sockets = match diag::tcp_sockets() {
        Ok(sockets) => sockets,
        Err(error) => {
            tracing::warn!(%error, "nobody knows who is logged in over the network");
            return Vec::new();
        }
    };
    let ports = ports(&sockets);
    let is_login = |it: &&TcpSocket| {
        !it.listens && (ports.contains(&it.connection.local.port()) || Some(it.connection) == own)
    };
    let mut found: Vec<Login> = sockets.iter().filter(is_login).map(login).collect();
    if !found.is_empty() {
        find_links(socket, &mut found);
    }
    found
}

fn login(socket: &TcpSocket) -> Login {
    let received = socket.acknowledged;
    let written = received.saturating_add(socket.waiting);
    Login { connection: socket.connection, links: BTreeSet::new(), written, received }
}

/// The ports of login servers that have a connection.
fn ports(sockets: &[TcpSocket]) -> BTreeSet<u16> {
    let port = |socket: &TcpSocket| socket.connection.local.port();
    let connected: BTreeSet<u16> = sockets.iter().filter(|it| !it.listens).map(port).collect();
    let listeners: Vec<&TcpSocket> =
        sockets.iter().filter(|it| it.listens && connected.contains(&port(it))).collect();
    // To look through all processes takes a while, and is rarely needed.
    let of_servers =
        if listeners.iter().all(|it| port(it) == SSH) { BTreeSet::new() } else { inodes_of_servers() };
    listeners.into_iter().filter(|it| port(it) == SSH || of_servers.contains(&it.inode)).map(port).collect()
}

/// The sockets that processes of login servers hold. Processes come and go while we look.
fn inodes_of_servers() -> BTreeSet<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let servers = processes.filter(|process| {
        fs::read_to_string(process.join("comm")).is_ok_and(|name| SERVERS.contains(&name.trim_end()))
    });
    let files = servers.flat_map(|process| fs::read_dir(process.join("fd")).into_iter().flatten().flatten());
    let sockets = files.filter_map(|file| {
        let target = fs::read_link(file.path()).ok()?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    });
    sockets.collect()
}

/// Which links carry each login. What cannot be read is left out.
fn find_links(socket: &mut Socket, logins: &mut [Login]) {
    let Ok(links) = link::all(socket) else { return };
    let name_of = |index| links.get(&index).map(|(name, _)| name.clone());
    let addresses = addr::all(socket, name_of).unwrap_or_default();
    for login in logins {
        let Connection { local, remote } = login.connection;
        let holds = addresses.keys().filter(|address| address.network.addr() == local.ip());
        login.links.extend(holds.map(|address| address.link.clone()));
        // The kernel knows no way to a link-local address without its link, which we have already.
        login.links.extend(way_out(socket, local.ip(), remote.ip(), name_of));
    }
}

/// The link by which packets to `remote` leave.
fn way_out(
    socket: &mut Socket,
    local: IpAddr,
    remote: IpAddr,
    name_of: impl Fn(u32) -> Option<KernelName>,
) -> Option<KernelName> {
    let mut message = RouteMessage::default();
    let (family, bits) = match remote {
        IpAddr::V4(_) => (AddressFamily::Inet, 32),
        IpAddr::V6(_) => (AddressFamily::Inet6, 128),
    };
    message.header.address_family = family;
    (message.header.destination_prefix_length, message.header.source_prefix_length) = (bits, bits);
    message.attributes = vec![
        RouteAttribute::Destination(route_address(remote)),
        RouteAttribute::Source(route_address(local)),
    ];
    let answer = socket.get(RouteNetlinkMessage::GetRoute(message)).ok()??;
    let RouteNetlinkMessage::NewRoute(route) = answer else { return None };
    route.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Oif(index) => name_of(*index),
        _ => None,
    })
}

fn route_address(address: IpAddr) -> RouteAddress {
    match address {
        IpAddr::V4(address) => RouteAddress::Inet(address),
        IpAddr::V6(address) => RouteAddress::Inet6(address),
    }
}
