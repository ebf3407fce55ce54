//! Packet sockets (packet(7)): whole Ethernet frames of one link, past all filters and routes.
//!
//! Nothing safe covers the addresses, filters and auxiliary data of `AF_PACKET`.
#![expect(unsafe_code, reason = "a thin cover over system calls that have no safe one")]

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::libc;
use tokio::io::unix::AsyncFd;

use crate::types::{KernelName, Mac};

/// A filter in the kernel, in front of a socket (classic BPF).
#[derive(Clone)]
pub struct PacketFilter(Vec<libc::sock_filter>);

/// Frames of one link and one EtherType. It never blocks.
#[derive(Debug)]
pub struct PacketSocket {
    fd: OwnedFd,
    mac: Mac,
}

/// What arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Bytes of the frame; one that did not fit the buffer is cut.
    pub length: usize,
    /// The frame comes from this machine (a container, a virtual link), and the checksum of its
    /// payload was left to hardware that it never met.
    pub checksum_pending: bool,
}

impl PacketSocket {
    /// Opens a socket in the network namespace of this thread. Needs `CAP_NET_RAW`.
    ///
    /// A link that is down can be opened; reading answers `ENETDOWN` once.
    pub fn open(link: &KernelName, ether_type: u16, filter: Option<&PacketFilter>) -> io::Result<Self> {
        let index = nix::net::if_::if_nametoindex(link.as_str())?;
        let kind = libc::SOCK_RAW | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        // Protocol 0 receives nothing: no frame slips in before filter and link are set.
        // SAFETY: a plain system call; the descriptor that it answers is nobody else's.
        let fd = unsafe { OwnedFd::from_raw_fd(check(libc::socket(libc::AF_PACKET, kind, 0))?) };
        if let Some(filter) = filter {
            filter.attach(&fd)?;
        }
        set_option(&fd, libc::SOL_PACKET, libc::PACKET_AUXDATA, &1_i32)?;
        bind(&fd, index, ether_type)?;
        let mac = mac(&fd)?;
        Ok(Self { fd, mac })
    }

    /// Lets tasks wait for the socket. Call it inside a tokio runtime.
    pub fn register(self) -> io::Result<AsyncFd<Self>> {
        // SAFETY: the descriptor belongs to this value alone, is valid while it lives, and never changes.
        Ok(unsafe { AsyncFd::register(self) }?)
    }

    /// The hardware address of the link.
    pub fn mac(&self) -> Mac {
        self.mac
    }

    /// Takes the next frame, or answers `WouldBlock`.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        let mut control = [0_u64; 8]; // of u64, because control messages are aligned like that
        // SAFETY: all zeroes is a valid msghdr (and it has private padding on some C libraries).
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = size_of_val(&control) as _;
        // SAFETY: the header points to `part` and `control`, which outlive the call; `part` to `buffer`.
        let length = unsafe { libc::recvmsg(self.fd.as_raw_fd(), &raw mut message, 0) };
        let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
        Ok(Received {
            length,
            checksum_pending: auxiliary_status(&message) & libc::TP_STATUS_CSUMNOTREADY != 0,
        })
    }

    /// Sends a frame, Ethernet header included.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        // SAFETY: pointer and length are those of one slice.
        let sent = unsafe { libc::send(self.fd.as_raw_fd(), frame.as_ptr().cast(), frame.len(), 0) };
        usize::try_from(sent).map(drop).map_err(|_| io::Error::last_os_error())
    }
}

impl AsRawFd for PacketSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

impl PacketFilter {
    /// Lets IPv4 datagrams through that are whole, untagged, and for this UDP port.
    pub fn udp_destination(port: u16) -> Self {
        const ETHERNET: u32 = 14;
        const PROTOCOL: u32 = ETHERNET + 9;
        const FRAGMENT: u32 = ETHERNET + 6;
        const FRAGMENT_OFFSET: u32 = 0x1fff;
        const DESTINATION_PORT: u32 = ETHERNET + 2;
        const VLAN_TAG_PRESENT: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TAG_PRESENT) as u32;
        const WHOLE_FRAME: u32 = u32::MAX;
        let load = |width: u32, at: u32| statement(libc::BPF_LD | width | libc::BPF_ABS, at);
        // Each jump names how many instructions it skips if true and if false; the last drops.
        Self(vec![
            load(libc::BPF_W, VLAN_TAG_PRESENT),
            jump(libc::BPF_JEQ, 0, 0, 8),
            load(libc::BPF_B, PROTOCOL),
            jump(libc::BPF_JEQ, libc::IPPROTO_UDP as u32, 0, 6),
            load(libc::BPF_H, FRAGMENT),
            jump(libc::BPF_JSET, FRAGMENT_OFFSET, 4, 0),
            statement(libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH, ETHERNET),
            statement(libc::BPF_LD | libc::BPF_H | libc::BPF_IND, DESTINATION_PORT),
            jump(libc::BPF_JEQ, port.into(), 0, 1),
            statement(libc::BPF_RET, WHOLE_FRAME),
            statement(libc::BPF_RET, 0),
        ])
    }

    fn attach(&self, fd: &OwnedFd) -> io::Result<()> {
        let length = u16::try_from(self.0.len()).map_err(io::Error::other)?;
        let program = libc::sock_fprog { len: length, filter: self.0.as_ptr().cast_mut() };
        set_option(fd, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
    }
}

fn statement(code: u32, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

fn jump(test: u32, k: u32, jt: u8, jf: u8) -> libc::sock_filter {
    libc::sock_filter { code: (libc::BPF_JMP | test | libc::BPF_K) as u16, jt, jf, k }
}

fn bind(fd: &OwnedFd, index: u32, ether_type: u16) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: ether_type.to_be(),
        sll_ifindex: i32::try_from(index).map_err(io::Error::other)?,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    // SAFETY: pointer and length are those of one local value of the type that AF_PACKET takes.
    check(unsafe {
        libc::bind(fd.as_raw_fd(), (&raw const address).cast(), size_of::<libc::sockaddr_ll>() as u32)
    })?;
    Ok(())
}

/// The address of the link that a socket is bound to.
fn mac(fd: &OwnedFd) -> io::Result<Mac> {
    // SAFETY: all zeroes is a valid sockaddr_ll.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to the local value.
    check(unsafe { libc::getsockname(fd.as_raw_fd(), (&raw mut address).cast(), &raw mut length) })?;
    match (address.sll_hatype, address.sll_halen, address.sll_addr) {
        (libc::ARPHRD_ETHER, 6, [a, b, c, d, e, f, ..]) => Ok(Mac([a, b, c, d, e, f])),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "the link is not Ethernet")),
    }
}

fn set_option<T>(fd: &OwnedFd, level: i32, name: i32, value: &T) -> io::Result<()> {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: pointer and length are those of one value, which the kernel copies.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, (&raw const *value).cast(), length) })?;
    Ok(())
}

/// The status word of `PACKET_AUXDATA`; 0 if there is none.
fn auxiliary_status(message: &libc::msghdr) -> u32 {
    // SAFETY: the kernel filled the control buffer of `message`; the macros stay inside of it, and
    // a message of this kind holds a tpacket_auxdata (read unaligned, as the header says nothing).
    unsafe {
        let mut next = libc::CMSG_FIRSTHDR(message);
        while let Some(header) = next.as_ref() {
            if (header.cmsg_level, header.cmsg_type) == (libc::SOL_PACKET, libc::PACKET_AUXDATA) {
                return libc::CMSG_DATA(header).cast::<libc::tpacket_auxdata>().read_unaligned().tp_status;
            }
            next = libc::CMSG_NXTHDR(message, header);
        }
    }
    0
}

fn check(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
