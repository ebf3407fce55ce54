//! TCP sockets of the network namespace: `SOCK_DIAG_BY_FAMILY` (sock_diag(7)).
//!
//! The packet library has no messages for it. A request is a fixed structure of 56 bytes, an
//! answer one of 72 bytes with attributes behind it; both are laid out in `linux/inet_diag.h`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NlasIterator};
use nix::libc::{AF_INET, AF_INET6, IPPROTO_TCP};
use rtnetlink::sys::protocols::NETLINK_SOCK_DIAG;

use crate::status::login::Connection;

/// The type of request and answer.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// The type of the message that ends a dump.
const NLMSG_DONE: u16 = 3;
/// The type of a refusal.
const NLMSG_ERROR: u16 = 2;
/// The attribute that holds `struct tcp_info`.
const INET_DIAG_INFO: u16 = 2;
/// A state of TCP as the kernel numbers it.
const TCP_ESTABLISHED: u8 = 1;
/// The same: waits for connections.
const TCP_LISTEN: u8 = 10;
/// Where `tcpi_bytes_acked` stands in `struct tcp_info`.
const BYTES_ACKED: usize = 120;
/// Length of a netlink header.
const HEADER_BYTES: usize = 16;
/// More than the kernel puts into one datagram.
const RECEIVE_BYTES: usize = 64 * 1024;

/// A TCP socket of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TcpSocket {
    /// Whether it waits for connections; if not, it is one that is established.
    pub(super) listens: bool,
    /// Its ends; that of a listener has no remote one.
    pub(super) connection: Connection,
    /// The number by which `/proc/PID/fd` names it.
    pub(super) inode: u32,
    /// Bytes that the other end has confirmed.
    pub(super) acknowledged: u64,
    /// Bytes that wait to be confirmed.
    pub(super) waiting: u64,
}

/// All listeners and established connections.
pub(super) fn tcp_sockets() -> io::Result<Vec<TcpSocket>> {
    let mut socket = rtnetlink::sys::Socket::new(NETLINK_SOCK_DIAG)?;
    socket.bind_auto()?;
    socket.set_non_blocking(true)?;
    let mut found = Vec::new();
    for family in [AF_INET, AF_INET6] {
        socket.send(&request(family), 0)?;
        let mut received = Vec::with_capacity(RECEIVE_BYTES);
        loop {
            received.clear();
            socket.recv(&mut received, 0)?;
            if read(&received, &mut found)? {
                break;
            }
        }
    }
    Ok(found)
}

/// Asks for all TCP sockets of a family, with what TCP knows of each.
fn request(family: i32) -> Vec<u8> {
    let states = (1_u32 << TCP_ESTABLISHED) | (1 << TCP_LISTEN);
    let mut body = vec![low_byte(family), low_byte(IPPROTO_TCP), 1 << (INET_DIAG_INFO - 1), 0];
    body.extend(states.to_ne_bytes());
    body.extend([0; 48]);
    let length = (HEADER_BYTES + body.len()) as u32;
    let (kind, flags) = (SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP);
    [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 8], &body].concat()
}

fn low_byte(number: i32) -> u8 {
    number.to_ne_bytes()[if cfg!(target_endian = "little") { 0 } else { 3 }]
}

/// Reads a datagram; true where the dump ends with it.
fn read(mut datagram: &[u8], found: &mut Vec<TcpSocket>) -> io::Result<bool> {
    while let Some(length) = u32_at(datagram, 0).map(|length| length as usize) {
        let Some(message) = datagram.get(..length).filter(|message| message.len() >= HEADER_BYTES) else {
            break;
        };
        let body = &message[HEADER_BYTES..];
        match u16::from_ne_bytes([message[4], message[5]]) {
            NLMSG_DONE => return Ok(true),
            NLMSG_ERROR => {
                let code = u32_at(body, 0).unwrap_or_default().cast_signed();
                return Err(io::Error::from_raw_os_error(code.wrapping_neg()));
            }
            SOCK_DIAG_BY_FAMILY => found.extend(tcp_socket(body)),
            _ => {}
        }
        datagram = datagram.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

/// `struct inet_diag_msg`, and of `struct tcp_info` what we need.
fn tcp_socket(body: &[u8]) -> Option<TcpSocket> {
    let is_ipv4 = *body.first()? == low_byte(AF_INET);
    let end = |port: usize, address: usize| {
        let port = u16::from_be_bytes(body.get(port..port + 2)?.try_into().ok()?);
        let bytes: [u8; 16] = body.get(address..address + 16)?.try_into().ok()?;
        let address = match is_ipv4 {
            true => IpAddr::V4(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3])),
            false => IpAddr::V6(Ipv6Addr::from(bytes)),
        };
        Some(SocketAddr::new(address, port))
    };
    let connection = Connection { local: end(4, 8)?, remote: end(6, 24)? }.canonical();
    let info = NlasIterator::new(body.get(72..)?).flatten().find(|it| it.kind() == INET_DIAG_INFO);
    let acknowledged = info.and_then(|info| {
        let bytes = info.value().get(BYTES_ACKED..BYTES_ACKED + 8)?.try_into().ok()?;
        Some(u64::from_ne_bytes(bytes))
    });
    Some(TcpSocket {
        listens: *body.get(1)? == TCP_LISTEN,
        connection,
        inode: u32_at(body, 68)?,
        acknowledged: acknowledged.unwrap_or_default(),
        waiting: u32_at(body, 60)?.into(),
    })
}

fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_answer_is_passed_over() {
        let mut body = vec![0; 72];
        (body[0], body[1]) = (low_byte(AF_INET), TCP_ESTABLISHED);
        body[4..6].copy_from_slice(&22_u16.to_be_bytes());
        body[8..12].copy_from_slice(&[192, 0, 2, 1]);
        let length = (HEADER_BYTES + body.len()) as u32;
        let whole = [&length.to_ne_bytes()[..], &SOCK_DIAG_BY_FAMILY.to_ne_bytes(), &[0; 10], &body].concat();
        for end in 0..=whole.len() {
            let mut found = Vec::new();
            assert!(!read(&whole[..end], &mut found).unwrap());
            assert_eq!(found.len(), usize::from(end == whole.len()), "{end} bytes");
        }
        let socket = tcp_socket(&body).unwrap();
        assert_eq!((socket.listens, socket.connection.local), (false, "192.0.2.1:22".parse().unwrap()));
    }

    #[test]
    fn a_refusal_is_an_error() {
        let refusal =
            [&20_u32.to_ne_bytes()[..], &NLMSG_ERROR.to_ne_bytes(), &[0; 10], &(-2_i32).to_ne_bytes()];
        let error = read(&refusal.concat(), &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
