//! Codecs without state: one protocol, one file.
//!
//! Each protocol has a checked *view* of bytes (`Packet::new_checked`; after it no accessor can
//! fail) and a small valid *value* (`parse`, `emit`). Numbers that we do not know survive as
//! `Unknown`, so that a log is complete.

pub mod arp;
pub mod dhcp4;
pub mod ethernet;
pub mod icmp;
pub mod ipv4;
pub mod ppp;
pub mod pppoe;
pub mod udp;

mod checksum;
mod text;

pub use text::printable;

/// Bytes that break a protocol's format. Compares by value, so that tests name the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{layer}: {problem} (byte {offset})")]
pub struct Malformed {
    /// The protocol, in lower case (`ipv4`).
    pub layer: &'static str,
    /// Where, from the start of this protocol's header.
    pub offset: usize,
    /// What is wrong, in the RFC's words.
    pub problem: &'static str,
}

/// `N` bytes at `at`. A view checks its length first, so the zeros for what lies outside never show.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    tail(bytes, at).first_chunk().copied().unwrap_or([0; N])
}

/// Everything from `at` on.
fn tail(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}
