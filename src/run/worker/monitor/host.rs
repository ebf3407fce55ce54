//! Below a prober: a raw ICMP socket (raw(7), icmp(7)), by the interface and from the address
//! that the configuration names.

use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{
    self, AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrIn, SockaddrIn6,
    SockaddrStorage, sockopt,
};
use tokio::net::UdpSocket;

use super::super::driver::{Lower, Received};
use crate::apply::workers::AskedHost;
use crate::net::engine::probe::{Answer, Prober, Question};
use crate::net::wire::icmp::{Echo, Version};
use crate::net::wire::ipv4;

/// The largest answer that is read; nobody asks with more data.
const BUFFER: usize = 2048;

/// One host, and the way to it.
pub(super) struct HostLink {
    host: AskedHost,
    identifier: u16,
    data: Vec<u8>,
    /// Opened for the first question, and again after an error. To tokio every socket of datagrams
    /// is one of UDP.
    socket: Option<UdpSocket>,
    buffer: Vec<u8>,
}

impl HostLink {
    /// `length` bytes of data go with each question.
    pub(super) fn new(host: AskedHost, identifier: u16, length: u16) -> Self {
        Self { host, identifier, data: vec![0; length.into()], socket: None, buffer: vec![0; BUFFER] }
    }

    /// Forgets the socket.
    pub(super) fn close(&mut self) {
        self.socket = None;
    }

    fn version(&self) -> Version {
        match self.host.address {
            IpAddr::V4(_) => Version::Icmp,
            IpAddr::V6(_) => Version::Icmpv6,
        }
    }

    fn send(&mut self, sequence: u16) -> io::Result<()> {
        let mut message = Vec::new();
        let echo = Echo { is_reply: false, identifier: self.identifier, sequence, data: &self.data };
        echo.emit(self.version(), &mut message);
        let socket = match &self.socket {
            Some(socket) => socket,
            None => self.socket.insert(UdpSocket::from_std(open(&self.host)?.into())?),
        };
        // tokio would not send before it has waited, which a prober does not.
        let to = SockaddrStorage::from(SocketAddr::new(self.host.address, 0));
        socket::sendto(socket.as_raw_fd(), &message, &to, MsgFlags::MSG_DONTWAIT)?;
        Ok(())
    }

    /// The number of the question that a message answers, if it does.
    fn answered(&self, bytes: &[u8], from: IpAddr) -> Option<u16> {
        let message = match self.host.address {
            IpAddr::V4(_) => ipv4::Packet::new_checked(bytes).ok()?.payload(),
            IpAddr::V6(_) => bytes,
        };
        let echo = Echo::parse(message, self.version()).ok()??;
        let is_ours = echo.is_reply && echo.identifier == self.identifier && from == self.host.address;
        is_ours.then_some(echo.sequence)
    }
}

impl Lower<Prober> for HostLink {
    async fn ready(&mut self) -> io::Result<()> {
        match &self.socket {
            Some(socket) => socket.readable().await,
            None => std::future::pending().await,
        }
    }

    fn receive(&mut self) -> io::Result<Received<Answer>> {
        let Some(socket) = &self.socket else { return Ok(Received::Nothing) };
        let (length, from) = match socket.try_recv_from(&mut self.buffer) {
            Ok(received) => received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Received::Nothing),
            Err(error) => return Err(error),
        };
        let bytes = self.buffer.get(..length).unwrap_or_default();
        Ok(match self.answered(bytes, from.ip()) {
            Some(sequence) => Received::Input(Answer { sequence }),
            None => Received::Foreign,
        })
    }

    /// What cannot be sent is not answered: that is all that the prober must know.
    fn transmit(&mut self, Question { sequence }: Question) -> io::Result<()> {
        if let Err(error) = self.send(sequence) {
            tracing::debug!(host = %self.host.address, %error, "a question was not sent");
            self.close();
        }
        Ok(())
    }
}

fn open(host: &AskedHost) -> io::Result<OwnedFd> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let (family, protocol) = match host.address {
        IpAddr::V4(_) => (AddressFamily::Inet, SockProtocol::Icmp),
        IpAddr::V6(_) => (AddressFamily::Inet6, SockProtocol::IcmpV6),
    };
    let fd = socket::socket(family, SockType::Raw, flags, protocol)?;
    if let Some(link) = &host.link {
        socket::setsockopt(&fd, sockopt::BindToDevice, &link.as_str().into())?;
    }
    if let Some(mark) = host.mark {
        socket::setsockopt(&fd, sockopt::Mark, &mark)?;
    }
    match host.source {
        Some(IpAddr::V4(source)) => {
            socket::bind(fd.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(source, 0)))?;
        }
        Some(IpAddr::V6(source)) => {
            socket::bind(fd.as_raw_fd(), &SockaddrIn6::from(SocketAddrV6::new(source, 0, 0, 0)))?;
        }
        None => {}
    }
    Ok(fd)
}
