//! Bad networks: the link comes up, or closes with the reason, within the limits of the RFC.

use std::time::Duration;

use tsuji::net::engine::ppp::{Method, Phase, Reason};

use crate::pair::Weather;
use crate::{client, link, secs, server};

const METHODS: [Method; 4] = [Method::Pap, Method::Chap, Method::MsChapV1, Method::MsChapV2];

/// Ten questions of three seconds for each of LCP, the proofs and a network protocol, and goodbye.
const LIMIT: u64 = 3 * 30 + 60;

#[test]
fn a_third_lost_and_all_out_of_order_still_comes_up_or_says_why() {
    let (mut came_up, mut slowest) = (0, Duration::ZERO);
    for seed in 0..400 {
        let method = METHODS[seed as usize % METHODS.len()];
        let mut link = link(client(), server(method), Weather::FOUL, seed);
        let began = link.now;
        let is_up = link.run_until(secs(LIMIT), |link| link.a.is_up() && link.b.is_up());
        let decided = link.a.is_decided() && link.b.is_decided();
        assert!(is_up || decided, "seed {seed}: undecided: {:?} {:?}", link.a.events, link.b.events);
        for end in [&link.a, &link.b] {
            if let Some((layer, reason)) = end.closed() {
                assert!(!reason.to_string().is_empty(), "seed {seed}: {layer}");
                assert_ne!(reason, Reason::Loop, "seed {seed}");
            }
        }
        came_up += usize::from(is_up);
        slowest = slowest.max(link.now.duration_since(began));
    }
    assert!(came_up > 360, "only {came_up} of 400 came up");
    assert!(slowest > secs(6), "no packet was ever lost twice: the weather is too fair");
}

#[test]
fn goodbye_ends_in_any_weather() {
    for seed in 0..100 {
        let mut link = link(client(), server(Method::Chap), Weather::FOUL, seed);
        link.advance(secs(seed % 20));
        let now = link.now;
        link.a.close(now);
        assert!(link.run_until(secs(10), |link| link.a.ppp.phase() == Phase::Dead), "seed {seed}");
        let sent = link.a.sent;
        link.advance(secs(300));
        assert_eq!(link.a.sent, sent, "seed {seed}: it speaks after goodbye");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let mut link = link(client(), server(Method::MsChapV2), Weather::FOUL, 99);
        link.advance(secs(120));
        (link.a.events, link.a.sent, link.b.events, link.b.sent)
    };
    assert_eq!(run(), run());
}
