//! Bad networks: a lease is had, or the failure is told, within the limits of the RFC.

use std::time::Duration;

use tsuji::net::engine::dhcp4::{Event, Phase};

use crate::pair::Weather;
use crate::{Link, link, secs};

/// Five questions, each with its pause, and a second's leeway for each.
const LIMIT: u64 = 4 + 8 + 16 + 32 + 64 + 5;

#[test]
fn a_third_lost_and_all_out_of_order_still_gives_a_lease_or_a_report() {
    let mut slowest = Duration::ZERO;
    for seed in 0..300 {
        let mut link = link(Weather::FOUL, seed, |_| {});
        let begun = link.now;
        let decided = link.run_until(secs(LIMIT), |link| !link.a.events.is_empty());
        assert!(decided, "seed {seed}: neither a lease nor a report in {LIMIT} s");
        let bound = link.run_until(secs(600), |link| link.a.client.phase() == Phase::Bound);
        assert!(bound, "seed {seed}: no lease in ten minutes: {:?}", link.a.events);
        assert_is_safe(&link, seed);
        slowest = slowest.max(link.now.duration_since(begun));
    }
    assert!(slowest > secs(4), "no packet of the first exchange was ever lost: the weather is too fair");
}

#[test]
fn a_week_of_bad_weather_never_uses_an_address_longer_than_it_is_lent() {
    for seed in 0..20 {
        let mut link = link(Weather::FOUL, seed, |server| server.lease_time = 600);
        let end = link.now + secs(7 * 24 * 3600);
        while link.now < end {
            link.run_until(end.duration_since(link.now).min(secs(30)), |_| false);
            link.advance(secs(30));
            assert_is_safe(&link, seed);
        }
        let bound = link.a.times_bound();
        assert!(bound > 500, "seed {seed}: bound only {bound} times");
        let uses = link.a.events.iter().filter(|(_, event)| matches!(event, Event::Lost(_))).count();
        assert!(uses * 20 < bound, "seed {seed}: lost {uses} times of {bound}");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let mut link = link(Weather::FOUL, 99, |_| {});
        link.advance(secs(4 * 3600));
        let begun = link.a.sent[0];
        let offsets: Vec<Duration> = link.a.sent.iter().map(|at| at.duration_since(begun)).collect();
        (offsets, link.a.phases)
    };
    assert_eq!(run(), run());
}

/// What the client uses, the server lends.
fn assert_is_safe(link: &Link, seed: u64) {
    if let Some(lease) = link.a.client.lease() {
        let end = link.b.leased.get(&lease.address.addr());
        assert!(end.is_some_and(|end| *end >= link.now), "seed {seed}: used longer than lent");
    }
}
