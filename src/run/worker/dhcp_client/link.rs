//! Below a DHCP client: Ethernet, IPv4 and UDP around its messages, by packet sockets.
//!
//! A packet socket works before the link has an address and past every filter. The kernel sees
//! the same datagrams, so a UDP socket stands by for it: without one it would tell the server
//! that nobody listens.

use std::borrow::Cow;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::{self, AddressFamily, SockFlag, SockType, SockaddrIn, sockopt};

use super::super::driver::{Lower, Received};
use super::super::packet::Packets;
use crate::apply::kernel::linux::sys_packet::{self, PacketFilter};
use crate::apply::kernel::linux::{LinkChange, LinkWatch};
use crate::net::engine::Engine;
use crate::net::engine::dhcp4::{Input, Transmit};
use crate::net::wire::dhcp4::{CLIENT_PORT, SERVER_PORT};
use crate::net::wire::ethernet::{self, EtherType};
use crate::net::wire::udp::ChecksumState;
use crate::net::wire::{Malformed, arp, ipv4, udp};
use crate::types::{KernelName, Mac};

/// A DHCP message fills a frame at most; one byte more shows that something was cut.
const BUFFER: usize = 1515;

/// One link, as a DHCP client sees it.
pub(crate) struct DhcpLink {
    datagrams: Packets,
    neighbours: Packets,
    carrier: Carrier,
    buffer: Vec<u8>,
    /// Keeps the port open in the kernel's eyes. Never read.
    _standby: Option<OwnedFd>,
}

impl DhcpLink {
    /// Opens the link. Call it inside a tokio runtime, in the link's network namespace.
    pub(crate) fn open(link: &KernelName) -> io::Result<Self> {
        let filter = PacketFilter::udp_destination(CLIENT_PORT);
        let standby = standby(link);
        if let Err(error) = &standby {
            tracing::debug!(%link, %error, "no socket on the port of DHCP clients: servers may hear that it is closed");
        }
        Ok(Self {
            datagrams: Packets::open(link, EtherType::Ipv4, Some(&filter))?,
            neighbours: Packets::open(link, EtherType::Arp, None)?,
            carrier: Carrier::open(link)?,
            buffer: vec![0; BUFFER],
            _standby: standby.ok(),
        })
    }

    /// The hardware address of the link.
    pub(crate) fn mac(&self) -> Mac {
        self.datagrams.mac()
    }
}

impl<E> Lower<E> for DhcpLink
where
    E: for<'a> Engine<Input<'a> = Input<'a>, Transmit = Transmit>,
{
    async fn ready(&mut self) -> io::Result<()> {
        tokio::select! {
            ready = self.datagrams.ready() => ready,
            ready = self.neighbours.ready() => ready,
            changed = self.carrier.changed() => changed,
        }
    }

    fn receive(&mut self) -> io::Result<Received<Input<'_>>> {
        if std::mem::take(&mut self.carrier.is_news) {
            return Ok(Received::Input(Input::Carrier));
        }
        let (received, parse): (_, Parser) = match self.datagrams.receive(&mut self.buffer)? {
            Some(received) => (received, parse_datagram),
            None => match self.neighbours.receive(&mut self.buffer)? {
                Some(received) => (received, parse_neighbour),
                None => return Ok(Received::Nothing),
            },
        };
        let frame = self.buffer.get(..received.length).unwrap_or_default();
        Ok(match parse(frame, &received) {
            Ok(Some(input)) => Received::Input(input),
            Ok(None) => Received::Foreign,
            Err(error) => {
                tracing::debug!(%error, "frame dropped");
                Received::Foreign
            }
        })
    }

    fn transmit(&mut self, transmit: Transmit) -> io::Result<()> {
        let source = self.mac();
        match transmit {
            Transmit::Arp(packet) => {
                let mut frame = Vec::new();
                let header =
                    ethernet::Header { destination: Mac::BROADCAST, source, ether_type: EtherType::Arp };
                header.emit(&mut frame);
                packet.emit(&mut frame);
                self.neighbours.send(&frame)
            }
            Transmit::Dhcp { to, source: from, destination, message } => {
                let header = ethernet::Header { destination: to, source, ether_type: EtherType::Ipv4 };
                self.datagrams.send(&frame(header, from, destination, &message))
            }
        }
    }
}

/// Whether the link has a carrier.
struct Carrier {
    link: KernelName,
    watch: LinkWatch,
    present: bool,
    /// It came back, and nobody was told yet.
    is_news: bool,
}

impl Carrier {
    fn open(link: &KernelName) -> io::Result<Self> {
        let watch = LinkWatch::open()?;
        let runs = InterfaceFlags::IFF_RUNNING;
        let present = getifaddrs()?.any(|it| it.interface_name == link.as_str() && it.flags.contains(runs));
        Ok(Self { link: link.clone(), watch, present, is_news: false })
    }

    /// Waits for the next change of any link. May be dropped at any time.
    async fn changed(&mut self) -> io::Result<()> {
        match self.watch.next().await? {
            LinkChange::Is { link, carrier, .. } if link == self.link => {
                self.is_news |= carrier && !self.present;
                self.present = carrier;
            }
            LinkChange::Missed => self.is_news = true, // Asking once too often does no harm.
            LinkChange::Is { .. } | LinkChange::Gone(_) => {}
        }
        Ok(())
    }
}

type Parser = for<'a> fn(&'a [u8], &sys_packet::Received) -> Result<Option<Input<'a>>, Malformed>;

/// A frame that the filter let through.
fn parse_datagram<'a>(
    frame: &'a [u8],
    received: &sys_packet::Received,
) -> Result<Option<Input<'a>>, Malformed> {
    let frame = ethernet::Frame::new_checked(frame)?;
    let packet = ipv4::Packet::new_checked(frame.payload())?;
    if packet.protocol() != ipv4::Protocol::Udp || packet.is_fragment() {
        return Ok(None);
    }
    let state = if received.checksum_pending { ChecksumState::Pending } else { ChecksumState::Complete };
    let datagram =
        udp::Datagram::new_checked(packet.payload(), packet.source(), packet.destination(), state)?;
    if (datagram.source_port(), datagram.destination_port()) != (SERVER_PORT, CLIENT_PORT) {
        return Ok(None);
    }
    Ok(Some(Input::Dhcp { from: frame.source(), message: Cow::Borrowed(datagram.payload()) }))
}

fn parse_neighbour<'a>(frame: &'a [u8], _: &sys_packet::Received) -> Result<Option<Input<'a>>, Malformed> {
    let frame = ethernet::Frame::new_checked(frame)?;
    arp::Packet::parse(frame.payload()).map(|packet| Some(Input::Arp(packet)))
}

fn frame(header: ethernet::Header, source: Ipv4Addr, destination: Ipv4Addr, message: &[u8]) -> Vec<u8> {
    let payload_len = u16::try_from(udp::HEADER_LEN + message.len()).unwrap_or(u16::MAX);
    let packet = ipv4::Header { source, destination, protocol: ipv4::Protocol::Udp, payload_len };
    let datagram = udp::Header { source_port: CLIENT_PORT, destination_port: SERVER_PORT };
    let mut frame = Vec::new();
    header.emit(&mut frame);
    packet.emit(&mut frame);
    datagram.emit(source, destination, message, &mut frame);
    frame
}

/// A UDP socket of this link's port 68, with the smallest receive buffer: what fills it is dropped.
fn standby(link: &KernelName) -> nix::Result<OwnedFd> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let fd = socket::socket(AddressFamily::Inet, SockType::Datagram, flags, None)?;
    socket::setsockopt(&fd, sockopt::BindToDevice, &link.as_str().into())?;
    socket::setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    socket::setsockopt(&fd, sockopt::RcvBuf, &0)?;
    socket::bind(std::os::fd::AsRawFd::as_raw_fd(&fd), &SockaddrIn::new(0, 0, 0, 0, CLIENT_PORT))?;
    Ok(fd)
}

#[cfg(test)]
mod tests;
