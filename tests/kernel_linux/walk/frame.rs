//! Frames that are sent and caught: Ethernet, IPv4 or IPv6, and TCP, UDP or an echo request with a
//! number in it, by which it is known again however it was translated.

use std::net::IpAddr;

use tsuji::apply::walk::Packet;
use tsuji::status::Detail;
use tsuji::types::Mac;

/// What payloads begin with.
const MAGIC: &[u8] = b"tsuji walk ";

/// What a caught frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// The number in it.
    pub number: u32,
    pub source: IpAddr,
    pub destination: IpAddr,
    /// Source and destination port; `None` for an echo.
    pub ports: Option<(u16, u16)>,
}

/// The payload with a number.
pub fn payload(number: u32) -> Vec<u8> {
    [MAGIC, &number.to_be_bytes()].concat()
}

/// A packet as a frame from one hardware address to another.
pub fn frame(packet: &Packet, number: u32, from: Mac, to: Mac) -> Vec<u8> {
    let transport = transport(packet, number);
    let length = u16::try_from(transport.len()).unwrap();
    let mut frame = [to.0, from.0].concat();
    match (packet.source, packet.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let mut header = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, packet.protocol, 0, 0];
            header[2..4].copy_from_slice(&(20 + length).to_be_bytes());
            header.extend(source.octets());
            header.extend(destination.octets());
            let sum = checksum(&header);
            header[10..12].copy_from_slice(&sum.to_be_bytes());
            frame.extend([8, 0]);
            frame.extend(header);
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            frame.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
            frame.extend(length.to_be_bytes());
            frame.extend([packet.protocol, 64]);
            frame.extend(source.octets());
            frame.extend(destination.octets());
        }
        mixed => panic!("{mixed:?}"),
    }
    frame.extend(transport);
    frame
}

/// Its checksum stays zero: the test tells the kernel not to look.
fn transport(packet: &Packet, number: u32) -> Vec<u8> {
    let mut bytes = match packet.detail {
        Detail::Ports { source, destination } => [source.to_be_bytes(), destination.to_be_bytes()].concat(),
        Detail::Icmp { kind, code, id } => {
            vec![kind, code, 0, 0, id.to_be_bytes()[0], id.to_be_bytes()[1], 0, 1]
        }
        Detail::None => Vec::new(),
    };
    match packet.protocol {
        6 => bytes.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xff, 0xff, 0, 0, 0, 0]),
        17 => {
            let length = u16::try_from(8 + payload(number).len()).unwrap();
            bytes.extend(length.to_be_bytes());
            bytes.extend([0, 0]);
        }
        _ => {}
    }
    bytes.extend(payload(number));
    bytes
}

/// What a frame says, if it is one of ours.
pub fn parse(frame: &[u8]) -> Option<Caught> {
    let (source, destination, protocol, transport): (IpAddr, IpAddr, u8, &[u8]) = match frame.get(12..14)? {
        [8, 0] => {
            let address = |at: usize| Some(IpAddr::from(<[u8; 4]>::try_from(frame.get(at..at + 4)?).ok()?));
            (address(26)?, address(30)?, *frame.get(23)?, frame.get(34..)?)
        }
        [0x86, 0xdd] => {
            let address = |at: usize| Some(IpAddr::from(<[u8; 16]>::try_from(frame.get(at..at + 16)?).ok()?));
            (address(22)?, address(38)?, *frame.get(20)?, frame.get(54..)?)
        }
        _ => return None,
    };
    let port = |at: usize| Some(u16::from_be_bytes([*transport.get(at)?, *transport.get(at + 1)?]));
    let (header, ports) = match (protocol, transport.first()?) {
        (6, _) => (20, Some((port(0)?, port(2)?))),
        (17, _) => (8, Some((port(0)?, port(2)?))),
        (1, 8) | (58, 128) => (8, None),
        _ => return None,
    };
    let number = transport.get(header..)?.strip_prefix(MAGIC)?;
    Some(Caught { number: u32::from_be_bytes(number.get(..4)?.try_into().ok()?), source, destination, ports })
}

fn checksum(header: &[u8]) -> u16 {
    let words = header.chunks(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])));
    let sum: u32 = words.sum();
    !u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap()
}
