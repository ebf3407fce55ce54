//! The DHCP client on a virtual clock, against a model of a server and a bad network.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]
#![allow(dead_code, reason = "the harness is shared, each test uses a part of it")]

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/replay.rs"]
mod replay;
#[path = "../support/seed.rs"]
mod seed;

mod client;
mod hostile;
mod life;
mod recordings;
mod server;
mod weather;

use std::time::Duration;

use client::ClientEnd;
use pair::{Pair, Weather};
use server::Server;
use tsuji::net::engine::dhcp4::Phase;

/// A client and a server.
type Link = Pair<ClientEnd, Server>;

/// A client that was just started, and what a test changes of the server before.
fn link(weather: Weather, seed: u64, change: impl FnOnce(&mut Server)) -> Link {
    let mut server = Server::new();
    change(&mut server);
    let mut link = Pair::new(ClientEnd::new(seed), server, weather, seed);
    let now = link.now;
    link.a.start(None, now);
    link
}

/// A client with a lease of an hour.
fn bound(change: impl FnOnce(&mut Server)) -> Link {
    let mut link = link(Weather::FAIR, 1, change);
    assert!(link.run_until(secs(5), |link| link.a.client.phase() == Phase::Bound));
    link
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
