//! The life of a lease, in fair weather.

use std::net::Ipv4Addr;
use std::time::Duration;

use dhcproto::v4::MessageType;
use tsuji::net::engine::dhcp4::{Event, Phase, Reason};
use tsuji::net::engine::{Blame, Engine};
use tsuji::types::Mac;

use crate::client::{ClientEnd, Packet};
use crate::pair::{Pair, Weather};
use crate::server::{OTHER_MAC, Server};
use crate::{bound, link, secs};

const FIRST: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const SECOND: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 11);

#[test]
fn a_lease_is_found_asked_for_probed_and_bound() {
    let link = bound(|_| {});
    let expected = [Phase::Selecting, Phase::Requesting, Phase::Probing, Phase::Bound];
    assert_eq!(link.a.phases, expected);
    let heard: Vec<MessageType> = link.b.heard.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(heard, [MessageType::Discover, MessageType::Request]);
    let lease = link.a.client.lease().unwrap();
    assert_eq!(lease.address.to_string(), "192.0.2.10/24");
    assert_eq!((lease.server, lease.server_mac), (link.b.id, link.b.mac));
    assert_eq!((&lease.routers, &lease.dns_servers), (&vec![link.b.id], &vec![link.b.id]));
    assert!(matches!(&link.a.events[..], [(_, Event::Bound { .. })]));
    let (at, name) = link.a.client.poll_timeout().unwrap();
    let until_renewal = at - link.now;
    assert_eq!(name, "renew");
    assert!(until_renewal <= secs(1800) && until_renewal > secs(1740), "{until_renewal:?}");
}

#[test]
fn silence_is_met_with_the_ladder_of_the_rfc_and_told_once() {
    let mut link = link(Weather::FAIR, 7, |server| server.is_up = false);
    link.advance(secs(600));
    let pauses = link.a.pauses();
    for (pause, expected) in pauses.iter().zip([4.0, 8.0, 16.0, 32.0, 64.0, 64.0, 64.0, 64.0]) {
        assert!((pause - expected).abs() <= 1.0, "{pauses:?}");
    }
    assert!(pauses.len() >= 8, "{pauses:?}");
    let [(at, Event::Failed(reason))] = &link.a.events[..] else { panic!("{:?}", link.a.events) };
    let told = at.duration_since(link.a.sent[0]).as_secs();
    assert_eq!(*reason, Reason::NoAnswer { seconds: told });
    assert!((119..=129).contains(&told) && reason.blame() == Blame::TimedOut, "{told} s");
    link.b.is_up = true;
    assert!(link.run_until(secs(70), |link| link.a.client.lease().is_some()), "it never gives up");
}

#[test]
fn a_lease_is_renewed_with_its_own_server_for_as_long_as_that_answers() {
    let mut link = bound(|_| {});
    link.b.heard.clear();
    link.advance(secs(24 * 3600));
    assert!((48..=50).contains(&link.b.heard.len()), "{} renewals in a day", link.b.heard.len());
    assert!(link.b.heard.iter().all(|heard| *heard == (MessageType::Request, link.b.mac)), "by unicast");
    assert_eq!(link.a.times_bound(), 1 + link.b.heard.len());
    assert!(link.a.reasons().is_empty());
}

#[test]
fn a_server_that_is_gone_is_told_at_t2_and_another_one_takes_over() {
    let mut link = bound(|_| {});
    let begun = link.now;
    link.b.is_up = false;
    assert!(link.run_until(secs(3600), |link| link.a.client.phase() == Phase::Rebinding));
    let waited = link.now.duration_since(begun).as_secs();
    assert!((3147..=3150).contains(&waited), "T2 after {waited} s");
    assert!(matches!(link.a.reasons()[..], [Reason::NoAnswer { seconds: 1340.. }]), "{:?}", link.a.reasons());
    link.b = Server::new();
    (link.b.id, link.b.mac) = (Ipv4Addr::new(192, 0, 2, 2), Mac([2, 0, 0, 0, 0, 8]));
    assert!(link.run_until(secs(300), |link| link.a.client.phase() == Phase::Bound));
    assert_eq!(link.b.heard, [(MessageType::Request, Mac::BROADCAST)]);
    let lease = link.a.client.lease().unwrap();
    assert_eq!((lease.server, lease.server_mac, lease.address.addr()), (link.b.id, link.b.mac, FIRST));
}

#[test]
fn while_it_waits_for_an_extension_it_asks_less_and_less_often_but_never_below_a_minute() {
    let mut link = bound(|_| {});
    link.a.sent.clear();
    link.b.is_up = false;
    assert!(link.run_until(secs(3601), |link| link.a.client.lease().is_none()));
    // Half of the time to T2 (1350 s), then half of the time to the end (450 s); the last pause of
    // each is cut by the end itself.
    let expected = [675.0, 337.0, 169.0, 84.0, 60.0, 25.0, 225.0, 112.0, 60.0, 53.0];
    let pauses = link.a.pauses();
    assert_eq!(pauses.len(), expected.len(), "{pauses:?}");
    for (pause, expected) in pauses.iter().zip(expected) {
        // T1 itself is up to 1/32 early, so all that follows from it is a little longer.
        assert!((-1.0..30.0).contains(&(pause - expected)), "{pauses:?}");
    }
}

#[test]
fn a_lease_that_nobody_extends_ends_exactly_in_time() {
    let mut link = bound(|_| {});
    let end = link.b.leased[&FIRST];
    link.b.is_up = false;
    assert!(link.run_until(secs(3600), |link| link.a.client.lease().is_none()));
    let early = end.duration_since(link.now);
    assert!(early < Duration::from_millis(5), "{early:?} before the server's own end");
    assert!(matches!(link.a.reasons()[..], [Reason::NoAnswer { .. }, Reason::Expired]));
    assert_eq!(link.a.client.phase(), Phase::Selecting);
}

#[test]
fn a_refused_renewal_takes_the_lease_away_and_another_one_is_had() {
    let mut link = bound(|_| {});
    link.b.pool.retain(|address| *address != FIRST);
    assert!(link.run_until(secs(1801), |link| link.a.client.lease().is_none()));
    let refused = Reason::Refused { server: link.b.id, message: Some("not yours".to_owned()) };
    assert_eq!((link.a.reasons(), refused.blame()), (vec![&refused], Blame::PeerRefused));
    assert!(link.run_until(secs(10), |link| link.a.client.lease().is_some()));
    assert_eq!(link.a.client.lease().unwrap().address.addr(), SECOND);
}

#[test]
fn a_server_that_always_refuses_is_asked_less_and_less_often() {
    let mut link = link(Weather::FAIR, 3, |server| server.refuses = true);
    link.advance(secs(600));
    let refusals = link.a.reasons().len();
    assert!((10..=16).contains(&refusals), "{refusals} refusals in ten minutes");
    assert_eq!(link.b.count(MessageType::Request), refusals);
}

#[test]
fn an_address_in_use_is_declined_and_another_one_is_had_after_ten_seconds() {
    let mut link = link(Weather::FAIR, 5, |server| {
        server.occupied.insert(FIRST);
    });
    assert!(link.run_until(secs(5), |link| link.a.client.phase() == Phase::Init));
    let declined = link.now;
    assert_eq!(link.a.reasons(), [&Reason::InUse { address: FIRST, by: OTHER_MAC }]);
    assert!(link.run_until(secs(60), |link| link.a.client.lease().is_some()));
    assert_eq!(link.b.heard[2], (MessageType::Decline, Mac::BROADCAST));
    assert!(link.now.duration_since(declined) >= secs(10));
    assert_eq!(link.a.client.lease().unwrap().address.addr(), SECOND);
}

#[test]
fn stopping_releases_the_lease_and_then_nothing_stirs() {
    let mut link = bound(|_| {});
    let now = link.now;
    link.a.stop(now);
    link.advance(secs(3600));
    assert_eq!(link.b.heard.last(), Some(&(MessageType::Release, link.b.mac)));
    assert!(link.b.leased.is_empty());
    assert_eq!(link.a.client.poll_timeout(), None);
    let [.., (_, Event::Lost(Reason::Released)), (_, Event::Stopped)] = &link.a.events[..] else {
        panic!("{:?}", link.a.events)
    };
}

#[test]
fn stopping_while_it_probes_gives_back_what_was_about_to_be_ours() {
    let mut link = link(Weather::FAIR, 5, |_| {});
    assert!(link.run_until(secs(5), |link| link.a.client.phase() == Phase::Probing));
    let now = link.now;
    link.a.stop(now);
    link.advance(secs(10));
    assert_eq!(link.b.count(MessageType::Release), 1);
    assert!(matches!(&link.a.events[..], [(_, Event::Stopped)]), "it was never told, so it is not lost");
}

#[test]
fn a_lease_for_ever_is_never_renewed() {
    let link = bound(|server| server.lease_time = u32::MAX);
    assert_eq!(link.a.client.poll_timeout(), None);
    assert_eq!(link.a.client.lease().unwrap().times, None);
}

/// A client that starts with the lease that another one got `age` ago.
fn rebooting(age: Duration, change: impl FnOnce(&mut Server)) -> Pair<ClientEnd, Server> {
    let before = bound(|_| {});
    let previous = before.a.previous(age);
    let mut server = Server::new();
    change(&mut server);
    let mut link = Pair::new(ClientEnd::new(2), server, Weather::FAIR, 2);
    let now = link.now + age;
    link.now = now;
    link.a.start(Some(previous), now);
    link
}

#[test]
fn a_lease_of_before_is_confirmed_in_one_exchange_and_without_a_probe() {
    let mut link = rebooting(secs(60), |_| {});
    assert!(link.run_until(secs(1), |link| link.a.client.phase() == Phase::Bound));
    assert_eq!(link.a.phases, [Phase::Rebooting, Phase::Bound]);
    assert_eq!(link.b.heard, [(MessageType::Request, Mac::BROADCAST)]);
}

#[test]
fn a_lease_of_before_that_is_refused_is_lost() {
    let mut link = rebooting(secs(60), |server| server.pool = vec![SECOND]);
    assert!(link.run_until(secs(10), |link| link.a.client.phase() == Phase::Bound));
    assert!(matches!(
        link.a.events[..],
        [(_, Event::Lost(Reason::Refused { .. })), (_, Event::Bound { .. })]
    ));
    assert_eq!(link.a.client.lease().unwrap().address.addr(), SECOND);
}

#[test]
fn a_lease_of_before_is_kept_while_nobody_answers_and_until_it_ends() {
    let mut link = rebooting(secs(60), |server| server.is_up = false);
    link.advance(secs(20));
    assert_eq!(link.a.client.phase(), Phase::Selecting, "it looks for something better");
    assert!(link.a.client.lease().is_some());
    link.advance(secs(3600 - 60 - 20));
    assert!(link.a.client.lease().is_none());
    assert_eq!(*link.a.reasons().last().unwrap(), &Reason::Expired);
}

#[test]
fn a_lease_of_before_that_has_ended_is_told_as_lost_at_once() {
    let mut link = rebooting(secs(3600), |_| {});
    link.advance(Duration::ZERO);
    assert_eq!(link.a.reasons(), [&Reason::Expired]);
    assert!(link.run_until(secs(10), |link| link.a.client.lease().is_some()));
}

#[test]
fn a_cable_that_was_out_has_the_lease_confirmed() {
    let mut link = bound(|_| {});
    link.b.heard.clear();
    link.inject(&Packet::Carrier);
    assert!(link.run_until(secs(1), |link| link.a.client.phase() == Phase::Bound));
    assert_eq!(link.b.heard, [(MessageType::Request, Mac::BROADCAST)]);
    assert_eq!((link.a.times_bound(), link.a.reasons().len()), (2, 0));
}

#[test]
fn a_cable_that_leads_elsewhere_now_gives_a_lease_of_there() {
    let mut link = bound(|_| {});
    // A server that knows nothing of us says nothing (RFC 2131 section 4.3.2).
    link.b.is_silent_to_strangers = true;
    link.b.pool = vec![SECOND];
    link.inject(&Packet::Carrier);
    assert!(link.run_until(secs(20), |link| link.a.client.lease().unwrap().address.addr() == SECOND));
    assert_eq!(link.a.reasons().len(), 0, "the new lease takes the place of the old one");
}

#[test]
fn a_cable_that_comes_back_ends_the_wait() {
    let mut link = link(Weather::FAIR, 4, |server| server.is_up = false);
    link.advance(secs(70));
    link.b.is_up = true;
    link.inject(&Packet::Carrier);
    assert!(link.run_until(secs(2), |link| link.a.client.phase() == Phase::Bound));
}
