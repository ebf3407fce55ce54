use dhcproto::{Decodable, Decoder};
use proptest::prelude::*;

use super::*;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

/// A reply as a server writes it, up to and with the cookie.
fn header() -> Vec<u8> {
    let mut bytes = vec![0; OPTIONS];
    bytes[..4].copy_from_slice(&[2, 1, 6, 0]);
    bytes[4..8].copy_from_slice(&0x1234_5678_u32.to_be_bytes());
    bytes[16..20].copy_from_slice(&ADDRESS.octets());
    bytes[28..34].copy_from_slice(&OURS.0);
    bytes[OPTIONS - 4..].copy_from_slice(&v4::MAGIC);
    bytes
}

fn with_options(options: &[u8]) -> Vec<u8> {
    [&header(), options].concat()
}

fn problem(bytes: &[u8]) -> &'static str {
    Reply::parse(bytes).unwrap_err().problem
}

#[test]
fn an_offer_is_read_with_all_its_options() {
    let bytes = with_options(&[
        53, 1, 2, 54, 4, 192, 0, 2, 1, 51, 4, 0, 0, 14, 16, 58, 4, 0, 0, 7, 8, 59, 4, 0, 0, 12,
        78, // times
        1, 4, 255, 255, 255, 0, 3, 4, 192, 0, 2, 1, 6, 8, 192, 0, 2, 2, 192, 0, 2, 3, // addresses
        15, 8, b'l', b'a', b'n', 0x1b, b'.', b'j', b'p', 0, // a text with an escape character
        121, 13, 0, 192, 0, 2, 1, 24, 198, 51, 100, 192, 0, 2, 2, 255, // routes
    ]);
    let reply = Reply::parse(&bytes).unwrap();
    assert_eq!((reply.kind, reply.xid, reply.mac), (ReplyKind::Offer, 0x1234_5678, OURS));
    assert_eq!((reply.address, reply.server), (ADDRESS, Some(SERVER)));
    let times = (reply.lease_time, reply.renewal_time, reply.rebinding_time);
    assert_eq!(times, (Some(3600), Some(1800), Some(3150)));
    assert_eq!(reply.subnet_mask, Some(Ipv4Addr::new(255, 255, 255, 0)));
    assert_eq!(reply.routers, [SERVER]);
    assert_eq!(reply.dns_servers, [Ipv4Addr::new(192, 0, 2, 2), Ipv4Addr::new(192, 0, 2, 3)]);
    assert_eq!(reply.domain_name.as_deref(), Some("lan\\u{1b}.jp"));
    let routes = [
        ("0.0.0.0/0".parse().unwrap(), SERVER),
        ("198.51.100.0/24".parse().unwrap(), "192.0.2.2".parse().unwrap()),
    ];
    assert_eq!(reply.routes.as_deref(), Some(&routes[..]));
}

#[test]
fn parts_of_one_option_are_joined_wherever_they_stand() {
    let mut bytes = with_options(&[52, 1, 3, 53, 1, 5, 6, 2, 192, 0, 255]);
    bytes[108..113].copy_from_slice(&[6, 2, 2, 9, 255]); // in `file`
    bytes[44..51].copy_from_slice(&[3, 4, 192, 0, 2, 1, 255]); // in `sname`
    let reply = Reply::parse(&bytes).unwrap();
    assert_eq!(reply.dns_servers, [Ipv4Addr::new(192, 0, 2, 9)]);
    assert_eq!(reply.routers, [SERVER]);
}

#[test]
fn every_wrong_message_is_refused_for_its_own_reason() {
    let ack = |options: &[u8]| with_options(&[&[53, 1, 5], options].concat());
    let changed = |at: usize, value: u8| {
        let mut bytes = ack(&[]);
        bytes[at] = value;
        bytes
    };
    for (bytes, expected) in [
        (header()[..OPTIONS - 1].to_vec(), "message is shorter than its header"),
        (changed(0, 1), "not a reply"),
        (changed(1, 6), "hardware address is not Ethernet's"),
        (changed(2, 255), "hardware address is not Ethernet's"),
        (changed(239, 0), "magic cookie is missing"),
        (header(), "message type is missing"),
        (with_options(&[53, 1, 1]), "message type is not a server's"),
        (with_options(&[53, 2, 5, 5]), "message type is not a server's"),
        (ack(&[51]), "option is cut short"),
        (ack(&[51, 4, 0, 0, 0]), "option is cut short"),
        (ack(&[51, 3, 0, 0, 0]), "lease time is not 4 bytes"),
        (ack(&[1, 5, 255, 255, 255, 0, 0]), "subnet mask is not 4 bytes"),
        (ack(&[3, 0]), "routers are not whole addresses"),
        (ack(&[6, 5, 1, 2, 3, 4, 5]), "name servers are not whole addresses"),
        (ack(&[52, 1, 4]), "option overload is not 1, 2 or 3"),
        (ack(&[121, 0]), "classless routes are cut short or have a prefix over 32"),
        (ack(&[121, 5, 33, 1, 2, 3, 4]), "classless routes are cut short or have a prefix over 32"),
        (ack(&[121, 4, 0, 1, 2, 3]), "classless routes are cut short or have a prefix over 32"),
    ] {
        assert_eq!(problem(&bytes), expected, "{:?}", &bytes[OPTIONS.min(bytes.len())..]);
    }
}

#[test]
fn options_that_the_crate_asserts_on_do_no_harm() {
    let hostile = [80, 1, 0, 81, 1, 0, 94, 1, 0, 151, 0, 152, 1, 9, 255];
    assert!(Reply::parse(&with_options(&[&[53, 1, 5], &hostile[..]].concat())).is_ok());
}

#[test]
fn a_request_says_to_another_decoder_what_we_mean() {
    let request = Request {
        kind: RequestKind::Request,
        xid: 7,
        secs: 3,
        broadcast: true,
        mac: OURS,
        client_address: Ipv4Addr::UNSPECIFIED,
        requested: Some(ADDRESS),
        server: Some(SERVER),
        hostname: Some("router".to_owned()),
        message: None,
    };
    let bytes = request.emit();
    assert!(bytes.len() >= v4::MIN_PACKET_SIZE);
    let read = v4::Message::decode(&mut Decoder::new(&bytes)).unwrap();
    assert_eq!((read.xid(), read.secs(), read.flags().broadcast()), (7, 3, true));
    assert_eq!((read.opcode(), read.chaddr()), (Opcode::BootRequest, &OURS.0[..]));
    let options = read.opts();
    assert_eq!(options.msg_type(), Some(v4::MessageType::Request));
    for option in [
        DhcpOption::ClientIdentifier(vec![1, 2, 0, 0, 0, 0, 1]),
        DhcpOption::RequestedIpAddress(ADDRESS),
        DhcpOption::ServerIdentifier(SERVER),
        DhcpOption::Hostname("router".to_owned()),
        DhcpOption::ParameterRequestList(
            [1, 121, 3, 6, 15, 28, 42, 51, 54, 58, 59].map(OptionCode::from).to_vec(),
        ),
    ] {
        assert_eq!(options.get(OptionCode::from(&option)), Some(&option));
    }
}

#[test]
fn a_release_asks_for_nothing() {
    let request = Request {
        kind: RequestKind::Release,
        xid: 7,
        secs: 0,
        broadcast: false,
        mac: OURS,
        client_address: ADDRESS,
        requested: None,
        server: Some(SERVER),
        hostname: Some("router".to_owned()),
        message: Some("stopped"),
    };
    let bytes = request.emit();
    let read = v4::Message::decode(&mut Decoder::new(&bytes)).unwrap();
    assert_eq!(read.ciaddr(), ADDRESS);
    let codes: Vec<u8> = read.opts().iter().map(|(code, _)| u8::from(*code)).collect();
    assert_eq!(codes, [53, 54, 56, 61]);
}

proptest! {
    #[test]
    fn no_options_panic(options in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _any = Reply::parse(&with_options(&options));
        let _typed = Reply::parse(&with_options(&[&[53, 1, 5], &options[..]].concat()));
    }

    #[test]
    fn what_another_encoder_writes_is_read(
        xid: u32, address: [u8; 4], seconds: u32,
        servers in proptest::collection::vec(any::<[u8; 4]>(), 1..100),
    ) {
        let servers: Vec<Ipv4Addr> = servers.into_iter().map(Ipv4Addr::from).collect();
        let none = Ipv4Addr::UNSPECIFIED;
        let mut message = v4::Message::new_with_id(xid, none, address.into(), none, none, &OURS.0);
        message.set_opcode(Opcode::BootReply);
        message.opts_mut().insert(DhcpOption::MessageType(v4::MessageType::Ack));
        message.opts_mut().insert(DhcpOption::AddressLeaseTime(seconds));
        message.opts_mut().insert(DhcpOption::DomainNameServer(servers.clone()));
        let reply = Reply::parse(&message.to_vec().unwrap()).unwrap();
        prop_assert_eq!((reply.xid, reply.address), (xid, Ipv4Addr::from(address)));
        prop_assert_eq!((reply.lease_time, reply.dns_servers), (Some(seconds), servers));
    }
}
