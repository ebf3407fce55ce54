use super::*;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const SERVER: Mac = Mac([2, 0, 0, 0, 0, 9]);

fn received(frame: &[u8], checksum_pending: bool) -> sys_packet::Received {
    sys_packet::Received { length: frame.len(), checksum_pending }
}

/// What a server sends: ports the other way round than in what we send.
fn reply() -> Vec<u8> {
    let header = ethernet::Header { destination: OURS, source: SERVER, ether_type: EtherType::Ipv4 };
    let mut bytes = frame(header, Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 7), b"message");
    bytes[34..38].copy_from_slice(&[0, 67, 0, 68]); // the checksum is a sum: swapping words keeps it
    bytes
}

#[test]
fn a_message_is_found_in_its_frame() {
    let bytes = reply();
    let input = parse_datagram(&bytes, &received(&bytes, false)).unwrap();
    assert_eq!(input, Some(Input::Dhcp { from: SERVER, message: Cow::Borrowed(b"message") }));
}

#[test]
fn a_checksum_that_hardware_was_to_fill_in_is_not_looked_at() {
    let mut bytes = reply();
    bytes[40] ^= 0x55;
    let error = parse_datagram(&bytes, &received(&bytes, false)).unwrap_err();
    assert_eq!((error.layer, error.problem), ("udp", "checksum is wrong"));
    assert!(matches!(parse_datagram(&bytes, &received(&bytes, true)), Ok(Some(_))));
}

#[test]
fn our_own_questions_are_no_answers() {
    let header = ethernet::Header { destination: Mac::BROADCAST, source: OURS, ether_type: EtherType::Ipv4 };
    let bytes = frame(header, Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST, b"message");
    assert_eq!(parse_datagram(&bytes, &received(&bytes, false)), Ok(None));
}

#[test]
fn a_frame_cut_anywhere_is_dropped() {
    let bytes = reply();
    for length in 0..bytes.len() {
        assert!(parse_datagram(&bytes[..length], &received(&bytes, true)).is_err(), "{length} bytes");
    }
}
