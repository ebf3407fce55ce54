//! Who proves what, and what is said when a proof is wrong.

use std::collections::BTreeSet;

use tsuji::net::engine::Blame;
use tsuji::net::engine::ppp::{AuthenticationConfig, Event, Layer, Method, Reason};
use tsuji::net::wire::ppp::lcp::LcpOption;
use tsuji::net::wire::ppp::{Protocol, chap};

use crate::pair::Weather;
use crate::puppet::Puppet;
use crate::{client, link, secret, secs, server, up};

const METHODS: [Method; 4] = [Method::Pap, Method::Chap, Method::MsChapV1, Method::MsChapV2];

#[test]
fn every_method_proves_in_both_roles() {
    for method in METHODS {
        up(client(), server(method));
        // Both at once: each end is client and server.
        let mut both = server(method);
        both.authentication.own = client().authentication.own;
        both.authentication.accept = vec![method];
        let mut ours = client();
        ours.authentication.request = vec![method];
        ours.authentication.accounts = both.authentication.accounts.clone();
        up(ours, both);
    }
}

#[test]
fn a_wrong_password_is_told_to_both_ends() {
    for method in METHODS {
        let mut ours = client();
        ours.authentication.own.as_mut().unwrap().secret = secret("wrong");
        let mut link = link(ours, server(method), Weather::FAIR, 1);
        assert!(link.run_until(secs(5), |link| link.a.closed().is_some() && link.b.closed().is_some()));
        let (layer, reason) = link.a.closed().unwrap();
        assert_eq!(
            (layer, reason.blame()),
            (Layer::Authentication, Blame::PeerRefused),
            "{method:?}: {reason}"
        );
        assert!(reason.to_string().contains("user name or password"), "{reason}");
        let wrong = Reason::WrongProof { name: "user@isp.example".to_owned() };
        assert_eq!(link.b.closed(), Some((Layer::Authentication, wrong)));
        assert_eq!(link.a.ipv4(), None);
    }
}

#[test]
fn an_unknown_name_is_refused_as_a_wrong_password_is() {
    for method in METHODS {
        let mut ours = client();
        ours.authentication.own.as_mut().unwrap().name = "nobody".to_owned();
        let mut link = link(ours, server(method), Weather::FAIR, 1);
        assert!(link.run_until(secs(5), |link| link.b.closed().is_some()));
        let wrong = Reason::WrongProof { name: "nobody".to_owned() };
        assert_eq!(link.b.closed(), Some((Layer::Authentication, wrong)));
    }
}

#[test]
fn the_ends_settle_on_a_method_that_both_know() {
    let mut ours = client();
    ours.authentication.accept = vec![Method::Pap];
    let mut theirs = server(Method::MsChapV2);
    theirs.authentication.request = vec![Method::MsChapV2, Method::Chap, Method::Pap];
    up(ours, theirs);
}

#[test]
fn who_will_not_prove_itself_is_not_let_in() {
    let mut ours = client();
    ours.authentication = AuthenticationConfig::default();
    let mut link = link(ours, server(Method::Chap), Weather::FAIR, 1);
    assert!(link.run_until(secs(10), |link| link.b.closed().is_some()));
    assert_eq!(link.b.closed(), Some((Layer::Lcp, Reason::PeerRefusesMethod)));
}

#[test]
fn a_server_that_only_pretends_to_know_the_password_is_found_out() {
    let mut puppet = proving(Method::MsChapV2);
    puppet.say(Protocol::Chap, 1, 7, &[&[16][..], &[9; 16], b"BRAS"].concat());
    assert!(puppet.last(Protocol::Chap, 2).is_some(), "it answers the challenge");
    puppet.say(Protocol::Chap, 3, 7, format!("S={} M=welcome", "A".repeat(40)).as_bytes());
    puppet.wait(secs(10));
    assert_eq!(puppet.end.closed(), Some((Layer::Authentication, Reason::PeerNotGenuine)));
}

#[test]
fn our_own_challenge_is_not_answered_when_it_comes_back() {
    let mut ours = client();
    ours.authentication.request = vec![Method::Chap];
    let mut puppet = Puppet::new(ours);
    let option = LcpOption::AuthenticationProtocol(tsuji::net::wire::ppp::lcp::Authentication::Chap(
        chap::Algorithm::Md5,
    ));
    puppet.agree(Protocol::Lcp, &[option]);
    let challenge = puppet.last(Protocol::Chap, 1).unwrap();
    puppet.say(Protocol::Chap, 1, challenge.identifier, &challenge.data);
    assert_eq!(puppet.last(Protocol::Chap, 2), None);
    assert_eq!(puppet.end.ppp.counters().malformed, 1);
}

/// B34: an old identifier, a second response, a response that nobody asked for.
#[test]
fn a_challenge_is_decided_once() {
    let mut puppet = verifying(Method::Chap);
    let challenge = puppet.last(Protocol::Chap, 1).unwrap();
    let asked = challenge.identifier;
    let proof = |identifier| {
        let value = &challenge.data[1..17];
        let response = tsuji::net::crypto::chap::response(identifier, b"isp-password", value);
        [&[16][..], &response, b"user@isp.example"].concat()
    };
    let old = asked.wrapping_sub(1);
    puppet.say(Protocol::Chap, 2, old, &proof(old));
    assert_eq!(puppet.take(Protocol::Chap).len(), 1, "only the challenge: an old identifier has no answer");
    puppet.say(Protocol::Chap, 2, asked, &proof(asked));
    puppet.say(Protocol::Chap, 2, asked, &[&[16][..], &[0; 16], b"user@isp.example"].concat());
    let codes: Vec<u8> = puppet.take(Protocol::Chap).iter().map(|packet| packet.code).collect();
    assert_eq!(codes, [3, 3], "the second response gets the decision of the first");
    let names = puppet.events().iter().filter(|event| matches!(event, Event::Authenticated { .. })).count();
    assert_eq!(names, 1);
}

/// B34: what was right for one challenge is wrong for the next.
#[test]
fn a_good_response_is_no_good_a_second_time() {
    let mut first = verifying(Method::Chap);
    let challenge = first.last(Protocol::Chap, 1).unwrap();
    let response =
        tsuji::net::crypto::chap::response(challenge.identifier, b"isp-password", &challenge.data[1..17]);
    let eavesdropped = [&[16][..], &response, b"user@isp.example"].concat();
    first.say(Protocol::Chap, 2, challenge.identifier, &eavesdropped);
    assert!(first.last(Protocol::Chap, 3).is_some(), "it was right");
    // The next link of the same server.
    first.reopen();
    first.agree::<LcpOption>(Protocol::Lcp, &[]);
    let next = first.last(Protocol::Chap, 1).unwrap();
    assert_ne!(next.data, challenge.data);
    first.say(Protocol::Chap, 2, next.identifier, &eavesdropped);
    assert!(first.last(Protocol::Chap, 4).is_some(), "it is wrong now");
}

/// B35: guessing is slow, and challenges do not repeat.
#[test]
fn a_wrong_proof_waits_for_its_answer_and_a_right_one_does_not() {
    let mut theirs = server(Method::Pap);
    theirs.authentication.accounts[0].delay = secs(10);
    let began_up = up(client(), theirs.clone());
    assert!(began_up.a.is_up(), "the right password is let in at once");
    let mut ours = client();
    ours.authentication.own.as_mut().unwrap().secret = secret("wrong");
    let mut link = link(ours, theirs, Weather::FAIR, 1);
    link.advance(secs(9));
    assert_eq!(link.a.closed(), None);
    link.advance(secs(5));
    assert!(matches!(link.a.closed(), Some((Layer::Authentication, Reason::Refused { .. }))));
}

#[test]
fn challenges_never_repeat() {
    let mut seen = BTreeSet::new();
    let mut puppet = verifying(Method::Chap);
    for _ in 0..2000 {
        let challenge = puppet.last(Protocol::Chap, 1).unwrap();
        assert!(seen.insert(challenge.data), "a challenge came twice");
        puppet.reopen();
        puppet.take(Protocol::Chap);
        puppet.wait(secs(3));
        puppet.agree::<LcpOption>(Protocol::Lcp, &[]);
    }
}

/// A client whose link is up to the point where it has to prove itself.
fn proving(method: Method) -> Puppet {
    let mut ours = client();
    ours.authentication.accept = vec![method];
    let mut puppet = Puppet::new(ours);
    let algorithm = match method {
        Method::MsChapV2 => chap::Algorithm::MsChapV2,
        _ => chap::Algorithm::Md5,
    };
    let option =
        LcpOption::AuthenticationProtocol(tsuji::net::wire::ppp::lcp::Authentication::Chap(algorithm));
    puppet.agree(Protocol::Lcp, &[option]);
    puppet
}

/// A server whose link is up to the point where it wants a proof.
fn verifying(method: Method) -> Puppet {
    let mut puppet = Puppet::new(server(method));
    puppet.agree::<LcpOption>(Protocol::Lcp, &[]);
    puppet
}
