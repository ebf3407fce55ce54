//! Servers that are wrong, broken or malicious.

use dhcproto::v4::{DhcpOption, Message, MessageType, OptionCode};
use proptest::prelude::*;
use tsuji::net::engine::dhcp4::{Phase, Reason};
use tsuji::net::engine::{Blame, Engine};
use tsuji::types::Mac;

use crate::client::{CLIENT_MAC, ClientEnd, Packet};
use crate::pair::{Pair, Weather};
use crate::server::{Server, Spoil};
use crate::{bound, link, secs};

/// What the client tells after it heard nothing but replies spoilt like this.
fn reason_after(spoil: Spoil) -> Reason {
    let mut link = link(Weather::FAIR, 1, |server| server.spoil = Some(spoil));
    assert!(link.run_until(secs(200), |link| !link.a.events.is_empty()), "it reports in time");
    assert_eq!(link.a.client.lease(), None);
    link.a.reasons()[0].clone()
}

#[test]
fn offers_without_sense_are_told_with_the_server_and_what_is_wrong() {
    type Change = fn(&mut Message);
    let cases: [(&str, Change); 6] = [
        ("no lease time", |message| {
            message.opts_mut().remove(OptionCode::AddressLeaseTime);
        }),
        ("a lease time below 10 s", |message| {
            message.opts_mut().insert(DhcpOption::AddressLeaseTime(3));
        }),
        ("no subnet mask", |message| {
            message.opts_mut().remove(OptionCode::SubnetMask);
        }),
        ("a broken subnet mask", |message| {
            message.opts_mut().insert(DhcpOption::SubnetMask([255, 0, 255, 0].into()));
        }),
        ("an address that no host can have", |message| {
            message.set_yiaddr([192, 0, 2, 255]);
        }),
        ("an address that no host can have", |message| {
            message.set_yiaddr([224, 0, 0, 1]);
        }),
    ];
    for (expected, change) in cases {
        let reason = reason_after(Box::new(change));
        assert_eq!(reason.blame(), Blame::PeerMisbehaved);
        let Reason::Misbehaved { server, problem } = reason else { panic!("{reason:?}") };
        assert_eq!((server, problem.as_str()), ([192, 0, 2, 1].into(), expected));
    }
}

#[test]
fn malformed_answers_are_told_as_malformed() {
    // An option that no encoder of ours would write: a lease time of three bytes.
    let reason = reason_after(Box::new(|message| {
        message.opts_mut().remove(OptionCode::AddressLeaseTime);
        let short = dhcproto::v4::UnknownOption::new(OptionCode::AddressLeaseTime, vec![0, 1, 2]);
        message.opts_mut().insert(DhcpOption::Unknown(short));
    }));
    assert_eq!(reason.blame(), Blame::Malformed);
    assert!(reason.to_string().contains("lease time is not 4 bytes"), "{reason}");
}

#[test]
fn an_acknowledgement_of_something_else_is_no_lease() {
    let reason = reason_after(Box::new(|message| {
        if message.opts().has_msg_type(MessageType::Ack) {
            message.set_yiaddr([192, 0, 2, 99]);
        }
    }));
    assert!(matches!(reason, Reason::Misbehaved { .. }), "{reason:?}");
}

#[test]
fn answers_for_others_are_as_silence() {
    let cases: [Spoil; 2] = [
        Box::new(|message| {
            message.set_xid(message.xid() ^ 1);
        }),
        Box::new(|message| {
            message.set_chaddr(&[2, 0, 0, 0, 0, 77]);
        }),
    ];
    for spoil in cases {
        assert!(matches!(reason_after(spoil), Reason::NoAnswer { .. }));
    }
}

#[test]
fn nobody_can_end_a_lease_that_is_not_being_asked_about() {
    let mut link = bound(|_| {});
    for byte in 0..=255 {
        let message = vec![byte; 300];
        link.inject(&Packet::Dhcp { from: Mac([byte; 6]), to: CLIENT_MAC, message });
    }
    let mut replay = Vec::new();
    let mut eavesdropped = Pair::new(ClientEnd::new(1), Server::new(), Weather::FAIR, 1);
    let now = eavesdropped.now;
    eavesdropped.a.start(None, now);
    eavesdropped.b.spoil = Some(Box::new(|message| {
        message.opts_mut().insert(DhcpOption::MessageType(MessageType::Nak));
    }));
    while let Some(packet) = pair_next(&mut eavesdropped) {
        replay.push(packet);
    }
    assert!(!replay.is_empty());
    for packet in &replay {
        link.inject(packet);
    }
    assert_eq!(link.a.client.phase(), Phase::Bound);
    assert!(link.a.client.counters().foreign >= 256);
}

/// The next packet that the server sends to the client, by hand.
fn pair_next(pair: &mut Pair<ClientEnd, Server>) -> Option<Packet> {
    use crate::pair::End;
    while let Some(packet) = pair.a.next_packet(pair.now) {
        pair.b.receive(&packet, pair.now);
    }
    pair.b.next_packet(pair.now)
}

/// What anybody on the link may do to a client.
#[derive(Clone, Debug)]
enum Mischief {
    /// Change bytes of every reply, at places counted from the header's and the options' start.
    Flip(Vec<(u8, u8)>),
    /// Let the server refuse, or stop doing so.
    Refuse(bool),
    /// Take the server away, or bring it back.
    Serve(bool),
    /// Send bytes.
    Inject(Vec<u8>),
    /// Pull the cable out, and put it in again.
    Replug,
    /// Wait.
    Wait(u16),
    /// Stop the client, or start it again.
    Stop,
    Start,
}

fn mischief() -> impl Strategy<Value = Mischief> {
    prop_oneof![
        prop::collection::vec(any::<(u8, u8)>(), 0..4).prop_map(Mischief::Flip),
        any::<bool>().prop_map(Mischief::Refuse),
        any::<bool>().prop_map(Mischief::Serve),
        prop::collection::vec(any::<u8>(), 0..400).prop_map(Mischief::Inject),
        Just(Mischief::Replug),
        any::<u16>().prop_map(Mischief::Wait),
        Just(Mischief::Stop),
        Just(Mischief::Start),
    ]
}

proptest! {
    /// The harness asserts that no deadline is in the past; here: no panic, and an end to every noise.
    #[test]
    fn no_mischief_makes_it_spin_or_speak_after_goodbye(acts in prop::collection::vec(mischief(), 1..20), seed: u64) {
        let mut link = link(Weather::FOUL, seed, |server| server.lease_time = 120);
        let mut flips = Vec::new();
        for act in acts {
            let now = link.now;
            match act {
                Mischief::Flip(places) => flips = places,
                Mischief::Refuse(refuses) => link.b.refuses = refuses,
                Mischief::Serve(is_up) => link.b.is_up = is_up,
                Mischief::Inject(message) => {
                    link.inject(&Packet::Dhcp { from: Mac([9; 6]), to: CLIENT_MAC, message });
                }
                Mischief::Replug => link.inject(&Packet::Carrier),
                Mischief::Wait(seconds) => link.advance(secs((seconds % 600).into())),
                Mischief::Stop => link.a.stop(now),
                Mischief::Start => link.a.start(None, now),
            }
            let places = flips.clone();
            link.b.spoil = Some(Box::new(move |message| spoil(message, &places)));
        }
        let now = link.now;
        link.a.stop(now);
        link.advance(secs(1));
        let sent = link.a.sent.len();
        link.advance(secs(86400));
        prop_assert_eq!(link.a.sent.len(), sent);
        prop_assert_eq!(link.a.client.poll_timeout(), None);
    }
}

fn spoil(message: &mut Message, places: &[(u8, u8)]) {
    for (place, value) in places {
        let number = u32::from(*value) * 16;
        let option = match place % 6 {
            0 => DhcpOption::AddressLeaseTime(number),
            1 => DhcpOption::Renewal(number),
            2 => DhcpOption::Rebinding(number),
            3 => DhcpOption::SubnetMask((number << 20).into()),
            4 => DhcpOption::MessageType((*value % 8).into()),
            _ => {
                message.set_yiaddr([192, 0, 2, *value]);
                continue;
            }
        };
        message.opts_mut().insert(option);
    }
}
