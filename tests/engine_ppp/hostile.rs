//! Peers that are wrong, broken or malicious.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use tsuji::net::engine::Engine;
use tsuji::net::engine::ppp::{Event, Layer, Method, Phase, Reason, State};
use tsuji::net::wire::ppp::Protocol;
use tsuji::net::wire::ppp::control::{self, Code};
use tsuji::net::wire::ppp::ipcp::IpcpOption;
use tsuji::net::wire::ppp::ipv6cp::Ipv6cpOption;
use tsuji::net::wire::ppp::lcp::LcpOption;

use crate::puppet::Puppet;
use crate::{CLIENT, SERVER, client, secs, server};

const LCP: Protocol = Protocol::Lcp;

#[test]
fn b29_options_with_lengths_0_1_and_255_are_dropped() {
    let mut puppet = Puppet::new(client());
    puppet.take(LCP);
    for length in [0, 1, 255] {
        puppet.say(LCP, Code::ConfigureRequest, 1, &[5, length, 1, 2, 3, 4]);
    }
    assert_eq!((puppet.take(LCP), puppet.end.ppp.counters().malformed), (vec![], 3));
}

#[test]
fn b29_an_option_that_comes_twice_is_rejected_once() {
    let mut puppet = Puppet::new(client());
    let twice = [LcpOption::MaximumReceiveUnit(1400), LcpOption::MaximumReceiveUnit(1500)];
    puppet.propose(LCP, Code::ConfigureRequest, 1, &twice);
    let reject = puppet.last(LCP, Code::ConfigureReject).unwrap();
    assert_eq!(reject.data, control::emit_options(&twice[1..]));
}

#[test]
fn b29_two_thousand_options_get_one_answer() {
    let mut puppet = Puppet::new(client());
    puppet.take(LCP);
    puppet.say(LCP, Code::ConfigureRequest, 1, &[200, 2].repeat(2000));
    let answers = puppet.take(LCP);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].code, u8::from(Code::ConfigureReject));
}

#[test]
fn b29_a_storm_of_identifiers_gets_one_answer_each_and_no_more() {
    let mut puppet = Puppet::new(client());
    puppet.take(LCP);
    for identifier in 0..=255 {
        puppet.propose::<LcpOption>(LCP, Code::ConfigureRequest, identifier, &[]);
    }
    assert_eq!(puppet.take(LCP).len(), 256);
}

#[test]
fn b29_naks_with_other_values_for_ever_end_in_goodbye() {
    let mut puppet = Puppet::new(client());
    for round in 0..40_u16 {
        let Some(asked) = puppet.last(LCP, Code::ConfigureRequest) else { break };
        puppet.take(LCP);
        let other = [LcpOption::MaximumReceiveUnit(1000 + round)];
        puppet.propose(LCP, Code::ConfigureNak, asked.identifier, &other);
    }
    puppet.wait(secs(10));
    let (layer, reason) = puppet.end.closed().expect("it gives up");
    assert!(matches!((layer, &reason), (Layer::Lcp, Reason::NoAgreement { .. })), "{reason}");
}

#[test]
fn b29_requests_that_never_suit_end_in_goodbye() {
    let mut puppet = Puppet::new(client());
    for round in 0..60_u8 {
        puppet.propose(
            LCP,
            Code::ConfigureRequest,
            round,
            &[LcpOption::Unknown { kind: 99, value: vec![round] }],
        );
    }
    puppet.wait(secs(10));
    assert!(matches!(puppet.end.closed(), Some((Layer::Lcp, Reason::NoAgreement { .. }))));
}

#[test]
fn b30_a_looped_line_is_closed_with_that_reason() {
    let mut puppet = Puppet::new(client());
    for _ in 0..40 {
        for heard in puppet.take(LCP) {
            puppet.say(LCP, heard.code, heard.identifier, &heard.data);
        }
    }
    puppet.wait(secs(60));
    assert_eq!(puppet.end.closed(), Some((Layer::Lcp, Reason::Loop)));
}

#[test]
fn b30_our_own_echo_request_coming_back_is_a_loop() {
    let mut puppet = opened();
    let magic = own_magic(&puppet);
    puppet.say(LCP, Code::EchoRequest, 9, &magic);
    puppet.wait(secs(10));
    assert_eq!(puppet.end.closed(), Some((Layer::Lcp, Reason::Loop)));
}

#[test]
fn b31_an_ack_that_is_not_of_our_request_changes_nothing() {
    let mut puppet = Puppet::new(client());
    let asked = puppet.last(LCP, Code::ConfigureRequest).unwrap();
    puppet.propose::<LcpOption>(LCP, Code::ConfigureRequest, 1, &[]);
    let mut changed = asked.data.clone();
    changed[3] ^= 1;
    let longer = [&asked.data[..], &[7, 2]].concat();
    for (identifier, data) in [
        (asked.identifier, &changed),
        (asked.identifier, &longer),
        (asked.identifier.wrapping_sub(1), &asked.data),
        (asked.identifier, &vec![]),
    ] {
        puppet.say(LCP, Code::ConfigureAck, identifier, data);
        assert_eq!(puppet.end.ppp.phase(), Phase::Establish);
    }
    puppet.say(LCP, Code::ConfigureAck, asked.identifier, &asked.data);
    assert_eq!(puppet.end.ppp.phase(), Phase::Network);
}

#[test]
fn b31_a_reject_of_what_we_never_said_changes_nothing() {
    let mut puppet = Puppet::new(client());
    let asked = puppet.last(LCP, Code::ConfigureRequest).unwrap();
    puppet.take(LCP);
    let never = [LcpOption::ProtocolFieldCompression];
    puppet.propose(LCP, Code::ConfigureReject, asked.identifier, &never);
    assert_eq!(puppet.take(LCP), vec![]);
}

#[test]
fn b32_nothing_passes_before_the_proof_and_ipcp() {
    let mut puppet = Puppet::new(server(Method::Chap));
    let ip = [&[0x00, 0x21, 0x45][..], &[0; 19]].concat();
    let request = [IpcpOption::IpAddress(CLIENT)];
    let early = |puppet: &mut Puppet| {
        puppet.take(LCP);
        puppet.raw(&ip);
        puppet.propose(Protocol::Ipcp, Code::ConfigureRequest, 1, &request);
        assert!(!puppet.end.ppp.carries(Protocol::Ipv4));
        assert_eq!(puppet.last(Protocol::Ipcp, Code::ConfigureAck), None);
        assert_eq!(puppet.last(LCP, Code::ProtocolReject), None);
    };
    early(&mut puppet);
    puppet.wait(secs(3));
    puppet.agree::<LcpOption>(LCP, &[]);
    assert_eq!(puppet.end.ppp.phase(), Phase::Authenticate);
    early(&mut puppet);
    assert_eq!(puppet.end.ppp.counters().untimely, 4);
    assert!(!puppet.events().iter().any(|event| matches!(event, Event::Up(_))));
}

#[test]
fn b32_ip_does_not_pass_between_the_proof_and_ipcp() {
    let mut puppet = opened();
    puppet.raw(&[0x21, 0x45]);
    assert!(!puppet.end.ppp.carries(Protocol::Ipv4));
    assert_eq!(puppet.end.ppp.counters().untimely, 1);
}

#[test]
fn b32_lcp_after_it_was_open_takes_everything_down() {
    let mut puppet = opened();
    ipcp_up(&mut puppet);
    assert!(puppet.end.ppp.carries(Protocol::Ipv4));
    puppet.propose::<LcpOption>(LCP, Code::ConfigureRequest, 77, &[]);
    assert!(!puppet.end.ppp.carries(Protocol::Ipv4));
    assert_eq!(puppet.end.ppp.phase(), Phase::Establish);
    assert!(puppet.events().iter().any(|event| matches!(event, Event::Down { layer: Layer::Ipcp, .. })));
}

#[test]
fn b33_eap_of_any_size_is_rejected_as_a_protocol() {
    let mut puppet = opened();
    for length in [0, 1, 4, 5, 255, 1400] {
        puppet.take(LCP);
        puppet.raw(&[&[0xc2, 0x27][..], &vec![0xff; length]].concat());
        let reject = puppet.last(LCP, Code::ProtocolReject).unwrap();
        assert_eq!(reject.data[..2], [0xc2, 0x27]);
        assert!(reject.data.len() <= 130, "the answer is not longer than the question needs");
    }
}

#[test]
fn b33_names_and_passwords_of_any_length_are_only_wrong() {
    for (name, password) in [(0, 0), (255, 255), (255, 0), (0, 255)] {
        let mut puppet = Puppet::new(server(Method::Pap));
        puppet.agree::<LcpOption>(LCP, &[]);
        let part = |length: usize| [&[u8::try_from(length).unwrap()][..], &vec![b'a'; length]].concat();
        puppet.say(Protocol::Pap, 1, 1, &[part(name), part(password)].concat());
        assert!(puppet.last(Protocol::Pap, 3).is_some(), "refused");
        puppet.wait(secs(10));
        assert!(matches!(puppet.end.closed(), Some((Layer::Authentication, Reason::WrongProof { .. }))));
    }
}

#[test]
fn b33_pap_with_lengths_past_the_end_is_dropped() {
    let mut puppet = Puppet::new(server(Method::Pap));
    puppet.agree::<LcpOption>(LCP, &[]);
    for data in [&[][..], &[255], &[1], &[1, b'a'], &[1, b'a', 9, b'b']] {
        puppet.say(Protocol::Pap, 1, 1, data);
    }
    assert_eq!((puppet.take(Protocol::Pap), puppet.end.ppp.counters().malformed), (vec![], 5));
}

#[test]
fn b33_values_of_chap_of_any_size_are_dropped_or_wrong() {
    let response = |size: u8, value: &[u8]| [&[size][..], value, b"user@isp.example"].concat();
    for method in [Method::Chap, Method::MsChapV1, Method::MsChapV2] {
        for (data, is_malformed) in [
            (response(0, &[]), true),
            (vec![255, 1, 2], true),
            (response(1, &[7]), false),
            (response(49, &[7; 49]), false),
            (response(255, &[7; 255]), false),
        ] {
            let mut puppet = Puppet::new(server(method));
            puppet.agree::<LcpOption>(LCP, &[]);
            let challenge = puppet.last(Protocol::Chap, 1).unwrap();
            puppet.say(Protocol::Chap, 2, challenge.identifier, &data);
            assert_eq!(puppet.end.ppp.counters().malformed, u64::from(is_malformed), "{method:?} {data:?}");
            assert_eq!(puppet.last(Protocol::Chap, 4).is_some(), !is_malformed);
        }
    }
}

#[test]
fn b36_a_peer_gets_the_address_that_is_assigned_and_no_other() {
    for wanted in [SERVER, Ipv4Addr::LOCALHOST, Ipv4Addr::new(224, 0, 0, 1), Ipv4Addr::new(198, 51, 100, 11)]
    {
        let mut puppet = proven_server();
        for round in 0..60_u8 {
            // Something differs each time, so that it is no mere repetition.
            let insists =
                [IpcpOption::IpAddress(wanted), IpcpOption::Unknown { kind: 2, value: vec![round] }];
            puppet.propose(
                Protocol::Ipcp,
                Code::ConfigureRequest,
                round,
                &insists[..1 + usize::from(round % 2)],
            );
        }
        puppet.wait(secs(10));
        assert_eq!(puppet.last(Protocol::Ipcp, Code::ConfigureAck), None);
        let reason = Reason::WrongAddress { address: wanted };
        assert!(
            puppet.events().contains(&Event::Down { layer: Layer::Ipcp, reason }),
            "{:?}",
            puppet.events()
        );
    }
}

#[test]
fn b36_who_asks_for_an_address_is_told_one() {
    let mut puppet = proven_server();
    let ask = [IpcpOption::IpAddress(Ipv4Addr::UNSPECIFIED)];
    puppet.propose(Protocol::Ipcp, Code::ConfigureRequest, 1, &ask);
    let nak = puppet.last(Protocol::Ipcp, Code::ConfigureNak).unwrap();
    assert_eq!(nak.data, control::emit_options(&[IpcpOption::IpAddress(CLIENT)]));
}

#[test]
fn b36_a_client_takes_no_address_that_no_host_can_have() {
    for given in
        [Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST, Ipv4Addr::new(239, 1, 1, 1), Ipv4Addr::UNSPECIFIED]
    {
        let mut puppet = opened();
        let asked = puppet.last(Protocol::Ipcp, Code::ConfigureRequest).unwrap();
        puppet.propose(Protocol::Ipcp, Code::ConfigureNak, asked.identifier, &[IpcpOption::IpAddress(given)]);
        let again = puppet.last(Protocol::Ipcp, Code::ConfigureRequest).unwrap();
        assert_eq!(again.data[..6], [3, 6, 0, 0, 0, 0]);
        // And one that acknowledges no address at all gives none.
        puppet.say(Protocol::Ipcp, Code::ConfigureAck, again.identifier, &again.data);
        puppet.propose(Protocol::Ipcp, Code::ConfigureRequest, 1, &[IpcpOption::IpAddress(SERVER)]);
        puppet.wait(secs(10));
        let missing = Event::Down { layer: Layer::Ipcp, reason: Reason::NoAddress };
        assert!(puppet.events().contains(&missing), "{:?}", puppet.events());
    }
}

#[test]
fn b36_header_compression_is_refused() {
    let mut puppet = opened();
    let compression = IpcpOption::Unknown { kind: 2, value: vec![0, 0x2d, 15, 1] };
    puppet.propose(
        Protocol::Ipcp,
        Code::ConfigureRequest,
        1,
        &[compression.clone(), IpcpOption::IpAddress(SERVER)],
    );
    let reject = puppet.last(Protocol::Ipcp, Code::ConfigureReject).unwrap();
    assert_eq!(reject.data, control::emit_options(&[compression]));
}

#[test]
fn b37_an_identifier_of_zero_or_ours_gets_another_one() {
    let mut puppet = opened();
    let ours = puppet.last(Protocol::Ipv6cp, Code::ConfigureRequest).unwrap().data[2..].try_into().unwrap();
    for wrong in [[0; 8], ours] {
        puppet.propose(
            Protocol::Ipv6cp,
            Code::ConfigureRequest,
            1,
            &[Ipv6cpOption::InterfaceIdentifier(wrong)],
        );
        let nak = puppet.last(Protocol::Ipv6cp, Code::ConfigureNak).unwrap();
        assert_eq!(nak.data[..2], [1, 10]);
        assert!(nak.data[2..] != wrong && nak.data[2..] != [0; 8]);
    }
}

#[test]
fn b37_a_protocol_reject_of_lcp_is_ignored() {
    let mut puppet = opened();
    puppet.say(LCP, Code::ProtocolReject, 1, &[0xc0, 0x21, 1, 1, 0, 4]);
    puppet.say(LCP, Code::ProtocolReject, 1, &[0xc0]);
    assert_eq!(puppet.end.ppp.phase(), Phase::Network);
    assert_eq!(puppet.end.ppp.counters().malformed, 1);
}

#[test]
fn ccp_is_refused_cleanly() {
    let mut puppet = opened();
    puppet.say(Protocol::Ccp, Code::ConfigureRequest, 1, &[18, 6, 1, 0, 0, 0x60]);
    let reject = puppet.last(LCP, Code::ProtocolReject).unwrap();
    assert_eq!(reject.data, [0x80, 0xfd, 1, 1, 0, 10, 18, 6, 1, 0, 0, 0x60]);
    assert_eq!(puppet.end.ppp.phase(), Phase::Network);
}

#[test]
fn codes_that_nobody_knows_are_rejected_and_a_reject_of_a_basic_code_ends_the_link() {
    let mut puppet = opened();
    puppet.say(LCP, 99, 5, &[1, 2]);
    assert_eq!(puppet.last(LCP, Code::CodeReject).unwrap().data, [99, 5, 0, 6, 1, 2]);
    puppet.say(LCP, Code::CodeReject, 1, &[12, 1, 0, 4]);
    assert_eq!(puppet.end.ppp.phase(), Phase::Network);
    puppet.say(LCP, Code::CodeReject, 1, &[1, 1, 0, 4]);
    puppet.wait(secs(10));
    assert_eq!(puppet.end.closed(), Some((Layer::Lcp, Reason::CodeRejected)));
}

/// B47: a machine that slept for two hours wakes to one timer, not to a storm.
#[test]
fn b47_after_a_long_sleep_each_timer_fires_once() {
    let mut config = client();
    config.lcp.echo = Some(Default::default());
    let mut puppet = Puppet::new(config);
    puppet.agree::<LcpOption>(LCP, &[]);
    ipcp_up(&mut puppet);
    puppet.take(LCP);
    puppet.now += secs(2 * 3600);
    puppet.end.ppp.handle_timeout(puppet.now);
    puppet.raw(&[]);
    assert_eq!(puppet.take(LCP).len(), 1, "one question whether the peer lives");
    assert!(puppet.end.ppp.carries(Protocol::Ipv4), "sleep alone takes nothing down");
}

/// What a peer may send, in any order.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let protocol = prop_oneof![
        Just(vec![0xc0, 0x21]),
        Just(vec![0xc0, 0x23]),
        Just(vec![0xc2, 0x23]),
        Just(vec![0x80, 0x21]),
        Just(vec![0x80, 0x57]),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    let packet = (0..16_u8, any::<u8>(), prop::collection::vec(any::<u8>(), 0..60));
    (protocol, packet).prop_map(|(protocol, (code, identifier, data))| {
        [protocol, control::emit(code, identifier, &data)].concat()
    })
}

proptest! {
    #[test]
    fn no_mischief_makes_it_spin_or_speak_after_goodbye(
        packets in prop::collection::vec((anything(), 0..20_u64), 1..60), is_server: bool,
    ) {
        let mut puppet = Puppet::new(if is_server { server(Method::Chap) } else { client() });
        for (packet, pause) in packets {
            puppet.raw(&packet);
            puppet.wait(secs(pause));
        }
        let now = puppet.now;
        puppet.end.close(now);
        puppet.wait(secs(60));
        prop_assert_eq!(puppet.end.ppp.phase(), Phase::Dead);
        let sent = puppet.end.sent;
        puppet.wait(secs(86400));
        prop_assert_eq!((puppet.end.sent, puppet.end.ppp.poll_timeout()), (sent, None));
    }
}

/// A client whose network protocols have begun.
fn opened() -> Puppet {
    let mut puppet = Puppet::new(client());
    puppet.agree::<LcpOption>(LCP, &[]);
    assert_eq!(puppet.end.ppp.phase(), Phase::Network);
    puppet
}

/// A server whose peer has proven itself.
fn proven_server() -> Puppet {
    let mut puppet = Puppet::new(server(Method::Pap));
    puppet.agree::<LcpOption>(LCP, &[]);
    let part = |text: &str| [&[u8::try_from(text.len()).unwrap()][..], text.as_bytes()].concat();
    puppet.say(Protocol::Pap, 1, 1, &[part("user@isp.example"), part("isp-password")].concat());
    assert_eq!(puppet.end.ppp.phase(), Phase::Network);
    puppet
}

fn ipcp_up(puppet: &mut Puppet) {
    let asked = puppet.last(Protocol::Ipcp, Code::ConfigureRequest).unwrap();
    puppet.propose(Protocol::Ipcp, Code::ConfigureNak, asked.identifier, &[IpcpOption::IpAddress(CLIENT)]);
    puppet.agree(Protocol::Ipcp, &[IpcpOption::IpAddress(SERVER)]);
    assert_eq!(puppet.end.ppp.states()[1], Some(State::Opened));
}

/// The magic number of its last request.
fn own_magic(puppet: &Puppet) -> Vec<u8> {
    let asked = puppet.last(LCP, Code::ConfigureRequest).unwrap();
    let options: Vec<LcpOption> = control::parse_options(&asked.data, "lcp").unwrap();
    let magic = options.iter().find_map(|option| match option {
        LcpOption::MagicNumber(magic) => Some(magic.to_be_bytes().to_vec()),
        _ => None,
    });
    magic.unwrap()
}
