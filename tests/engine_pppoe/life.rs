//! The life of a line: it comes up, it ends, it comes back.

use tsuji::net::engine::Engine;
use tsuji::net::engine::ppp::{self, Layer};
use tsuji::net::engine::pppoe::{ClientEvent, ConcentratorEvent, Phase, Reason, Stage};
use tsuji::net::wire::pppoe::{Code, Packet};
use tsuji::types::{Mac, Secret};

use crate::pair::Weather;
use crate::{CLIENT, CONCENTRATOR, Link, client, concentrator, link, secs, up};

#[test]
fn a_line_comes_up_with_a_name_and_a_session() {
    let link = up(client(), concentrator());
    let (from, session) = link.a.client.session().unwrap();
    assert_eq!(from, CONCENTRATOR);
    let established = ClientEvent::Established { concentrator: from, name: "BRAS".to_owned(), session };
    assert!(link.a.events.contains(&established));
    assert!(link.b.events.contains(&ConcentratorEvent::Opened { session, client: CLIENT }));
}

#[test]
fn a_unit_of_1500_needs_both_ports_to_carry_it() {
    // RFC 4638: 1492 by default, 1500 if both ends say so.
    let plain = up(client(), concentrator());
    assert_eq!((plain.a.client.ppp().mtu(), plain.a.client.ppp().mru()), (1492, 1492));
    let mut ours = client();
    ours.port_mtu = 1508;
    let big = up(ours.clone(), concentrator());
    assert_eq!((big.a.client.ppp().mtu(), big.a.client.ppp().mru()), (1500, 1500));
    let mut theirs = concentrator();
    theirs.port_mtu = 1500;
    assert_eq!(up(ours, theirs).a.client.ppp().mtu(), 1492);
}

#[test]
fn a_foul_line_comes_up_and_stays_until_it_is_stopped() {
    for seed in 0..100 {
        let mut link = link(client(), concentrator(), Weather::FOUL, seed);
        assert!(link.run_until(secs(600), |link| link.a.is_up()), "seed {seed}: {:?}", link.a.failures());
        let now = link.now;
        link.a.stop(now);
        let stopped = |link: &mut Link| link.a.client.phase() == Phase::Stopped;
        assert!(link.run_until(secs(10), stopped), "seed {seed}");
        let sent = link.a.sent.len();
        link.advance(secs(600));
        assert_eq!(link.a.sent.len(), sent, "seed {seed}: it speaks after goodbye");
        assert_eq!(link.b.concentrator.sessions().count(), 0, "seed {seed}: a ghost holds the line");
    }
}

#[test]
fn stopping_says_goodbye_to_ppp_and_to_pppoe() {
    let mut link = up(client(), concentrator());
    let (now, before) = (link.now, link.a.sent.len());
    link.a.stop(now);
    link.advance(secs(5));
    let said: Vec<(Stage, Code)> = link.a.sent[before..]
        .iter()
        .map(|(_, frame)| (frame.stage, Packet::new_checked(&frame.packet).unwrap().code()))
        .collect();
    assert_eq!(said, [(Stage::Session, Code::Session), (Stage::Discovery, Code::Terminate)]);
    assert_eq!(link.a.events.last(), Some(&ClientEvent::Stopped));
    assert_eq!(link.a.client.poll_timeout(), None);
}

#[test]
fn nobody_there_is_told_and_asked_again_ever_more_slowly() {
    let mut link = link(client(), concentrator(), Weather { loss: 100, ..Weather::FAIR }, 1);
    link.advance(secs(14));
    assert_eq!((link.a.failures(), link.a.sent.len()), (vec![], 5));
    link.advance(secs(2));
    assert_eq!(link.a.failures(), [&Reason::NoOffer]);
    link.advance(secs(3600));
    let failures = link.a.failures().len();
    assert!((40..80).contains(&failures), "{failures} attempts in an hour");
}

#[test]
fn a_concentrator_that_comes_back_is_found_within_seconds() {
    let mut link = up(client(), concentrator());
    let now = link.now;
    link.b.concentrator.handle_command(tsuji::net::engine::pppoe::ConcentratorCommand::CloseAll, now);
    assert!(link.run_until(secs(5), |link| !link.a.is_up()));
    assert!(link.run_until(secs(5), |link| link.a.is_up()), "{:?}", link.a.failures());
}

#[test]
fn a_concentrator_that_crashed_is_noticed_by_echo() {
    let mut link = up(client(), concentrator());
    link.b.crash();
    link.advance(secs(60));
    let lost = Reason::Ppp { layer: Layer::Lcp, reason: ppp::Reason::EchoLost };
    assert!(link.a.failures().contains(&&lost), "{:?}", link.a.failures());
    assert!(link.run_until(secs(10), |link| link.a.is_up()));
}

#[test]
fn a_session_of_an_earlier_client_is_ended_before_a_new_one_begins() {
    let mut link = up(client(), concentrator());
    let old = link.a.client.session().unwrap();
    link.a = crate::ends::ClientEnd::new(client(), 77); // The router crashed.
    let now = link.now;
    link.a.start(Some(old), now);
    assert!(link.run_until(secs(5), |link| link.a.is_up()));
    let sessions: Vec<(u16, Mac)> = link.b.concentrator.sessions().collect();
    assert_eq!(sessions.len(), 1, "the old session holds no place: {sessions:?}");
}

#[test]
fn a_session_that_only_the_concentrator_remembers_is_ended() {
    let mut link = up(client(), concentrator());
    let old = link.a.client.session().unwrap();
    link.a = crate::ends::ClientEnd::new(client(), 77); // It crashed, and forgot even its session.
    let now = link.now;
    link.a.start(None, now);
    link.advance(secs(120));
    assert!(link.a.is_up());
    assert!(link.b.events.contains(&ConcentratorEvent::Ended { session: old.1 }));
    assert_eq!(link.b.concentrator.sessions().count(), 1);
}

#[test]
fn a_wrong_password_is_told_with_the_layer() {
    let mut ours = client();
    ours.ppp.authentication.own.as_mut().unwrap().secret = Secret::new("wrong".to_owned());
    let mut link = link(ours, concentrator(), Weather::FAIR, 1);
    assert!(link.run_until(secs(5), |link| !link.a.failures().is_empty()));
    let text = link.a.failures()[0].to_string();
    assert!(text.starts_with("PPP: authentication: the peer refused our user name or password"), "{text}");
}

#[test]
fn a_service_and_a_concentrator_are_chosen_by_name() {
    let mut ours = client();
    (ours.service_name, ours.ac_name) = ("internet".to_owned(), Some("BRAS".to_owned()));
    up(ours.clone(), concentrator());
    ours.ac_name = Some("OTHER".to_owned());
    let mut link = link(ours, concentrator(), Weather::FAIR, 1);
    link.advance(secs(20));
    assert_eq!(link.a.failures()[0], &Reason::OtherConcentrator { name: "BRAS".to_owned() });
}

#[test]
fn a_full_concentrator_refuses_in_words() {
    let mut theirs = concentrator();
    theirs.max_sessions = 0;
    let mut link = link(client(), theirs, Weather::FAIR, 1);
    assert!(link.run_until(secs(1), |link| !link.a.failures().is_empty()));
    assert_eq!(link.a.failures(), [&Reason::Refused { message: "too many sessions".to_owned() }]);
}
