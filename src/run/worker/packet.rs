//! A packet socket that a task can wait for.

use std::io;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::apply::kernel::linux::sys_packet::{PacketFilter, PacketSocket, Received};
use crate::net::wire::ethernet::EtherType;
use crate::types::{KernelName, Mac};

/// Frames of one link and one EtherType.
pub(super) struct Packets(AsyncFd<PacketSocket>);

impl Packets {
    /// Opens the socket. Call it inside a tokio runtime.
    pub(super) fn open(
        link: &KernelName,
        ether_type: EtherType,
        filter: Option<&PacketFilter>,
    ) -> io::Result<Self> {
        PacketSocket::open(link, ether_type.into(), filter)?.register().map(Self)
    }

    /// The hardware address of the link.
    pub(super) fn mac(&self) -> Mac {
        self.0.get_ref().mac()
    }

    /// Waits until there may be a frame.
    pub(super) async fn ready(&self) -> io::Result<()> {
        self.0.readable().await.map(drop)
    }

    /// The next frame, without waiting; `None` if there is none.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<Received>> {
        match self.0.try_io(Interest::READABLE, |socket| socket.receive(buffer)) {
            Ok(received) => Ok(Some(received)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends a frame. One that the link has no room for is lost, as on any wire.
    pub(super) fn send(&self, frame: &[u8]) -> io::Result<()> {
        match self.0.get_ref().send(frame) {
            Err(error) if is_congestion(&error) => {
                tracing::debug!(%error, "frame lost");
                Ok(())
            }
            sent => sent,
        }
    }
}

fn is_congestion(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(nix::libc::ENOBUFS)
}
