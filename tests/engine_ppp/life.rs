//! The life of a link, in fair weather.

use tsuji::net::engine::ppp::{
    Command, EchoConfig, Event, IpcpConfig, Layer, LcpConfig, LocalAddress, Method, Phase, Reason, State,
};
use tsuji::net::engine::{Blame, Engine};
use tsuji::net::wire::ppp::control::Code;
use tsuji::net::wire::ppp::lcp::LcpOption;
use tsuji::net::wire::ppp::{Framing, Protocol};

use crate::pair::Weather;
use crate::puppet::Puppet;
use crate::{CLIENT, DNS, SERVER, client, link, secs, server, up};

#[test]
fn a_line_comes_up_with_address_servers_and_mtu() {
    let link = up(client(), server(Method::Chap));
    let (ipv4, mtu) = link.a.ipv4().unwrap();
    assert_eq!((ipv4.local, ipv4.remote), (Some(CLIENT), Some(SERVER)));
    assert_eq!((ipv4.dns, mtu), (DNS.to_vec(), 1492));
    // The server heard of 1454, and sends no longer packets.
    assert_eq!(link.b.ipv4().unwrap().1, 1454);
    let (ours, theirs) = (link.a.ipv6().unwrap(), link.b.ipv6().unwrap());
    assert_eq!((Some(ours.local), ours.remote), (theirs.remote, Some(theirs.local)));
    let name = "user@isp.example".to_owned();
    assert!(link.b.events.contains(&Event::Authenticated { name }));
}

#[test]
fn every_packet_of_a_fair_line_is_needed() {
    // LCP and two network protocols: a request and an answer each, IPCP two more; CHAP answers once.
    let link = up(client(), server(Method::Chap));
    assert!(link.a.sent + link.b.sent <= 24, "{} and {}", link.a.sent, link.b.sent);
}

#[test]
fn goodbye_is_said_and_answered() {
    let mut link = up(client(), server(Method::Pap));
    let now = link.now;
    link.a.close(now);
    assert!(link.run_until(secs(4), |link| link.a.closed().is_some() && link.b.closed().is_some()));
    assert_eq!(link.a.closed(), Some((Layer::Lcp, Reason::Closed)));
    assert_eq!(link.b.closed(), Some((Layer::Lcp, Reason::PeerTerminated { message: String::new() })));
    let down = |events: &[Event]| events.iter().filter(|event| matches!(event, Event::Down { .. })).count();
    assert_eq!((down(&link.a.events), down(&link.b.events)), (2, 2));
    assert_eq!(link.a.ppp.poll_timeout(), None);
}

#[test]
fn a_link_opens_again_after_it_was_closed() {
    let mut link = up(client(), server(Method::Chap));
    let now = link.now;
    link.a.close(now);
    assert!(link.run_until(secs(4), |link| link.b.ppp.phase() == Phase::Dead));
    let now = link.now;
    link.a.open(now);
    link.b.open(now);
    assert!(link.run_until(secs(5), |link| link.a.is_up() && link.b.is_up()));
}

#[test]
fn nobody_there_is_told_after_max_configure() {
    let mut puppet = Puppet::new(client());
    puppet.wait(secs(29));
    assert_eq!(puppet.end.closed(), None);
    puppet.wait(secs(2));
    assert_eq!(puppet.end.closed(), Some((Layer::Lcp, Reason::NoAnswer)));
    assert_eq!(Reason::NoAnswer.blame(), Blame::TimedOut);
    assert_eq!(puppet.take(Protocol::Lcp).len(), 10);
}

#[test]
fn the_patience_is_that_of_the_configuration() {
    let mut config = client();
    config.lcp.patience.restart = secs(1);
    config.lcp.patience.max_configure = 3;
    let mut puppet = Puppet::new(config);
    puppet.wait(secs(3));
    assert_eq!(puppet.end.closed(), Some((Layer::Lcp, Reason::NoAnswer)));
    assert_eq!(puppet.take(Protocol::Lcp).len(), 3);
}

#[test]
fn a_silent_end_waits_for_the_other() {
    let mut config = client();
    config.lcp.silent = true;
    let mut puppet = Puppet::new(config.clone());
    puppet.wait(secs(600));
    assert_eq!((puppet.take(Protocol::Lcp), puppet.end.closed()), (vec![], None));
    up(config, server(Method::Chap));
}

#[test]
fn a_provider_that_names_a_smaller_unit_is_followed() {
    let mut config = client();
    config.lcp.mru = Some(1492);
    let mut puppet = Puppet::new(config);
    let asked = puppet.last(Protocol::Lcp, Code::ConfigureRequest).unwrap();
    let smaller = [LcpOption::MaximumReceiveUnit(1454)];
    puppet.propose(Protocol::Lcp, Code::ConfigureNak, asked.identifier, &smaller);
    assert_eq!(puppet.last(Protocol::Lcp, Code::ConfigureRequest).unwrap().data[..4], [1, 4, 0x05, 0xae]);
    assert_eq!(puppet.end.ppp.mru(), 1454);
}

#[test]
fn compression_of_headers_is_used_only_if_both_want_it() {
    let small = LcpConfig { pfc: true, acfc: true, ..LcpConfig::default() };
    let (mut ours, mut theirs) = (client(), server(Method::Chap));
    (ours.lcp, ours.address_and_control) = (small.clone(), true);
    theirs.address_and_control = true;
    let apart = up(ours.clone(), theirs.clone());
    let full = Framing { address_and_control: true, short_protocol: false };
    assert_eq!(apart.a.ppp.framing(), full);
    theirs.lcp = small;
    let together = up(ours, theirs);
    let short = Framing { address_and_control: false, short_protocol: true };
    assert_eq!((together.a.ppp.framing(), together.b.ppp.framing()), (short, short));
}

#[test]
fn a_peer_that_falls_silent_is_noticed_by_echo() {
    let mut config = client();
    config.lcp.echo = Some(EchoConfig { interval: secs(10), retry_interval: secs(2), count: 3 });
    let mut link = up(config, server(Method::Chap));
    link.advance(secs(600));
    assert!(link.a.is_up(), "a living peer stays up");
    link.weather.loss = 100;
    link.advance(secs(17));
    let lost = Event::Down { layer: Layer::Ipcp, reason: Reason::EchoLost };
    assert!(link.a.events.contains(&lost), "{:?}", link.a.events);
    link.advance(secs(10));
    assert_eq!(link.a.closed(), Some((Layer::Lcp, Reason::EchoLost)));
}

#[test]
fn a_lower_layer_that_goes_takes_all_with_it_and_nothing_is_said() {
    let mut link = up(client(), server(Method::Chap));
    let (now, sent) = (link.now, link.a.sent);
    link.a.ppp.handle_command(Command::LowerDown, now);
    link.advance(secs(60));
    assert_eq!((link.a.closed(), link.a.sent), (Some((Layer::Lcp, Reason::LowerDown)), sent));
    assert!(!link.a.ppp.carries(Protocol::Ipv4));
}

#[test]
fn an_account_with_an_address_of_its_own_gets_it() {
    let mut theirs = server(Method::Pap);
    let own = "198.51.100.77".parse().unwrap();
    theirs.authentication.accounts[0].address = Some(own);
    let link = up(client(), theirs);
    assert_eq!(link.a.ipv4().unwrap().0.local, Some(own));
}

#[test]
fn an_end_without_an_address_needs_none() {
    let mut ours = client();
    ours.ipcp =
        Some(IpcpConfig { local: LocalAddress::Unnumbered, request_dns: false, ..IpcpConfig::default() });
    let (ipv4, _) = up(ours, server(Method::Chap)).a.ipv4().unwrap();
    assert_eq!((ipv4.local, ipv4.remote, ipv4.dns), (None, Some(SERVER), vec![]));
}

#[test]
fn a_protocol_that_one_end_refuses_does_not_hold_up_the_other() {
    let mut theirs = server(Method::Chap);
    theirs.ipv6cp = None;
    let mut link = link(client(), theirs, Weather::FAIR, 1);
    assert!(link.run_until(secs(5), |link| link.a.ppp.carries(Protocol::Ipv4)));
    link.advance(secs(1));
    let refused = Event::Down { layer: Layer::Ipv6cp, reason: Reason::ProtocolRejected };
    assert!(link.a.events.contains(&refused), "{:?}", link.a.events);
    assert!(link.a.ppp.carries(Protocol::Ipv4) && !link.a.ppp.carries(Protocol::Ipv6));
    assert_eq!(link.a.ppp.states(), [Some(State::Opened), Some(State::Opened), Some(State::Stopped)]);
}

#[test]
fn a_line_on_which_nothing_comes_up_is_closed_with_the_reason() {
    let mut theirs = server(Method::Chap);
    (theirs.ipcp, theirs.ipv6cp) = (None, None);
    let mut link = link(client(), theirs, Weather::FAIR, 1);
    assert!(link.run_until(secs(10), |link| link.a.closed().is_some()));
    let (layer, reason) = link.a.closed().unwrap();
    assert!(matches!(reason, Reason::ProtocolRejected | Reason::PeerTerminated { .. }), "{layer} {reason}");
}
