//! Neighbours that are wrong, broken or malicious.

use std::borrow::Cow;

use proptest::prelude::*;
use tsuji::net::engine::Engine;
use tsuji::net::engine::pppoe::{ConcentratorEvent, Input, Phase, Reason, Stage};
use tsuji::net::wire::pppoe::{Code, Header, Packet, Tag, parse_tags};
use tsuji::types::Mac;

use crate::ends::{Travelling, to_client};
use crate::pair::Weather;
use crate::{CLIENT, CONCENTRATOR, Link, client, concentrator, link, secs, up};

const STRANGER: Mac = Mac([2, 0, 0, 0, 0, 66]);

/// A client that asks, and a concentrator that does not answer.
fn asking() -> (Link, Vec<u8>) {
    let mut link = link(client(), concentrator(), Weather { loss: 100, ..Weather::FAIR }, 1);
    link.advance(secs(1));
    let asked = Packet::new_checked(&link.a.sent[0].1.packet).unwrap();
    let uniq = parse_tags(asked.payload()).unwrap().into_iter().find_map(|tag| match tag {
        Tag::HostUniq(value) => Some(value),
        _ => None,
    });
    let uniq = uniq.unwrap();
    (link, uniq)
}

fn discovery(from: Mac, code: Code, session: u16, tags: &[Tag]) -> Travelling {
    to_client(from, Stage::Discovery, Header { code, session }.emit_tags(tags))
}

fn offer(from: Mac, uniq: &[u8], more: &[Tag]) -> Travelling {
    let tags = [Tag::ServiceName(vec![]), Tag::AcName(b"BRAS".to_vec()), Tag::HostUniq(uniq.to_vec())];
    discovery(from, Code::Offer, 0, &[&tags[..], more].concat())
}

#[test]
fn b38_of_two_offers_the_first_is_taken_and_nothing_of_the_second() {
    let (mut link, uniq) = asking();
    link.inject(&offer(CONCENTRATOR, &uniq, &[Tag::AcCookie(vec![1; 16])]));
    link.inject(&offer(STRANGER, &uniq, &[Tag::AcCookie(vec![2; 600])]));
    let (_, request) = link.a.sent.last().unwrap();
    assert_eq!(request.to, CONCENTRATOR);
    let tags = parse_tags(Packet::new_checked(&request.packet).unwrap().payload()).unwrap();
    let cookies: Vec<&Tag> = tags.iter().filter(|tag| matches!(tag, Tag::AcCookie(_))).collect();
    assert_eq!((cookies, link.a.client.dropped()), (vec![&Tag::AcCookie(vec![1; 16])], 1));
}

#[test]
fn b38_answers_without_our_host_uniq_are_ignored() {
    let (mut link, uniq) = asking();
    link.inject(&offer(CONCENTRATOR, &[9; 8], &[]));
    link.inject(&discovery(CONCENTRATOR, Code::Offer, 0, &[Tag::AcName(b"BRAS".to_vec())]));
    assert_eq!(link.a.client.phase(), Phase::Discovering);
    link.inject(&offer(CONCENTRATOR, &uniq, &[]));
    assert_eq!(link.a.client.phase(), Phase::Requesting);
    let confirm = |from, uniq: &[u8]| {
        discovery(from, Code::Confirmation, 7, &[Tag::ServiceName(vec![]), Tag::HostUniq(uniq.to_vec())])
    };
    link.inject(&confirm(CONCENTRATOR, &[9; 8]));
    link.inject(&confirm(STRANGER, &uniq));
    assert_eq!(link.a.client.phase(), Phase::Requesting);
    link.inject(&confirm(CONCENTRATOR, &uniq));
    assert_eq!(link.a.client.session(), Some((CONCENTRATOR, 7)));
}

#[test]
fn b38_a_tag_past_the_end_is_dropped() {
    let (mut link, _) = asking();
    let header = Header { code: Code::Offer, session: 0 };
    link.inject(&to_client(CONCENTRATOR, Stage::Discovery, header.emit(&[1, 2, 0xff, 0xff, b'B'])));
    link.inject(&to_client(CONCENTRATOR, Stage::Discovery, header.emit(&[1, 2, 0])));
    assert_eq!((link.a.client.phase(), link.a.client.dropped()), (Phase::Discovering, 2));
}

#[test]
fn b38_a_name_of_64_kib_with_escape_codes_is_shown_escaped_and_cut() {
    let (mut link, uniq) = asking();
    let name = b"\x1b[2J".repeat(16_000);
    let tags = [Tag::HostUniq(uniq), Tag::GenericError(name)];
    link.inject(&discovery(CONCENTRATOR, Code::Offer, 0, &tags));
    link.advance(secs(20));
    let Reason::Refused { message } = link.a.failures()[0] else { panic!("{:?}", link.a.failures()) };
    assert!(message.len() < 1000 && !message.contains('\x1b'), "{message}");
}

#[test]
fn b38_only_a_matching_padt_ends_the_session() {
    let mut link = up(client(), concentrator());
    let (from, session) = link.a.client.session().unwrap();
    link.inject(&discovery(from, Code::Terminate, session ^ 1, &[]));
    link.inject(&discovery(STRANGER, Code::Terminate, session, &[]));
    assert!(link.a.is_up());
    link.inject(&discovery(from, Code::Terminate, session, &[]));
    assert!(!link.a.is_up());
    assert_eq!(link.a.failures(), [&Reason::Terminated]);
}

#[test]
fn b38_an_unknown_service_is_told() {
    let (mut link, uniq) = asking();
    link.inject(&offer(CONCENTRATOR, &uniq, &[]));
    let error = [Tag::HostUniq(uniq), Tag::ServiceNameError(b"none".to_vec())];
    link.inject(&discovery(CONCENTRATOR, Code::Confirmation, 0, &error));
    assert_eq!(link.a.failures(), [&Reason::Refused { message: "unknown service: none".to_owned() }]);
}

#[test]
fn b39_session_frames_that_are_not_ours_or_not_whole_are_dropped() {
    let mut link = up(client(), concentrator());
    let (from, session) = link.a.client.session().unwrap();
    let terminate = [0xc0, 0x21, 5, 1, 0, 4];
    let right = Header { code: Code::Session, session }.emit(&terminate);
    let changed = |at: usize, value: u8| {
        let mut bytes = right.clone();
        bytes[at] = value;
        bytes
    };
    for bytes in [vec![], right[..5].to_vec(), changed(0, 0x12), changed(0, 0x21), changed(4, 1)] {
        link.inject(&to_client(from, Stage::Session, bytes));
    }
    link.inject(&to_client(STRANGER, Stage::Session, right.clone()));
    assert_eq!(link.a.client.dropped(), 6);
    // Length 0 is whole, and holds no packet of PPP.
    link.inject(&to_client(from, Stage::Session, Header { code: Code::Session, session }.emit(&[])));
    assert_eq!(link.a.client.ppp().counters().malformed, 1);
    assert!(link.a.is_up());
    // Padding behind the length is cut off: this is the packet itself.
    link.inject(&to_client(from, Stage::Session, [&right[..], &[0xff; 40]].concat()));
    assert!(!link.a.is_up());
}

#[test]
fn sessions_of_strangers_are_ended_but_not_in_a_flood() {
    let mut link = up(client(), concentrator());
    let before = link.a.sent.len();
    for session in 1..200 {
        let packet = Header { code: Code::Session, session }.emit(&[0x21, 0x45]);
        link.inject(&to_client(STRANGER, Stage::Session, packet));
    }
    assert_eq!(link.a.sent.len(), before + 1);
}

#[test]
fn a_flood_of_questions_costs_the_concentrator_no_memory() {
    let mut link = up(client(), concentrator());
    let packet = Header { code: Code::Initiation, session: 0 }.emit_tags(&[Tag::ServiceName(vec![])]);
    for number in 0..5000_u32 {
        let [_, a, b, c] = number.to_be_bytes();
        let input =
            Input { from: Mac([2, 9, 9, a, b, c]), stage: Stage::Discovery, packet: Cow::Borrowed(&packet) };
        link.b.concentrator.handle_input(input, link.now);
        while link.b.concentrator.poll_output().is_some() {}
    }
    assert_eq!(link.b.concentrator.sessions().count(), 1);
}

#[test]
fn a_cookie_is_good_for_its_client_and_its_time_only() {
    let mut link = up(client(), concentrator());
    let sent = link.a.sent.iter().map(|(_, frame)| frame);
    let request = sent
        .filter(|frame| frame.stage == Stage::Discovery)
        .find(|frame| Packet::new_checked(&frame.packet).unwrap().code() == Code::Request)
        .unwrap()
        .packet
        .clone();
    let ask = |link: &mut Link, from| {
        let input = Input { from, stage: Stage::Discovery, packet: Cow::Borrowed(&request) };
        link.b.concentrator.handle_input(input, link.now);
        link.advance(secs(0));
    };
    ask(&mut link, STRANGER);
    let problem = "it brings no cookie of ours, or an old one";
    assert_eq!(link.b.events.last(), Some(&ConcentratorEvent::Refused { client: STRANGER, problem }));
    let now = link.now;
    link.a.stop(now);
    link.advance(secs(200));
    ask(&mut link, CLIENT);
    assert_eq!(link.b.events.last(), Some(&ConcentratorEvent::Refused { client: CLIENT, problem }));
    assert_eq!(link.b.concentrator.sessions().count(), 0);
}

proptest! {
    #[test]
    fn no_noise_brings_either_end_down(
        frames in prop::collection::vec((any::<bool>(), 0..8_u8, any::<u16>(), prop::collection::vec(any::<u8>(), 0..80)), 1..40),
    ) {
        let codes = [0x09, 0x07, 0x19, 0x65, 0xa7, 0x00, 0x55, 0x00];
        let mut link = up(client(), concentrator());
        for (is_session, code, session, payload) in frames {
            let stage = if is_session { Stage::Session } else { Stage::Discovery };
            let packet = Header { code: codes[usize::from(code)].into(), session }.emit(&payload);
            let input = Input { from: STRANGER, stage, packet: Cow::Borrowed(&packet) };
            link.b.concentrator.handle_input(input.clone(), link.now);
            link.inject(&to_client(STRANGER, stage, packet.clone()));
        }
        link.advance(secs(100));
        prop_assert!(link.a.is_up());
        prop_assert_eq!(link.b.concentrator.sessions().count(), 1);
    }
}
