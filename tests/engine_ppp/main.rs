//! A PPP link on a virtual clock: two engines, or an engine and packets made by hand.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]
#![allow(dead_code, reason = "the harness is shared, each test uses a part of it")]

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/seed.rs"]
mod seed;

mod end;
mod hostile;
mod life;
mod proofs;
mod puppet;
mod weather;

use std::net::Ipv4Addr;
use std::time::Duration;

use end::PppEnd;
use pair::{Pair, Weather};
use tsuji::net::engine::ppp::{
    Account, AuthenticationConfig, Config, Credentials, IpcpConfig, Ipv6cpConfig, LcpConfig, LocalAddress,
    Method,
};
use tsuji::types::Secret;

/// A client and a server.
type Link = Pair<PppEnd, PppEnd>;

const CLIENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 10);
const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const DNS: [Ipv4Addr; 2] = [Ipv4Addr::new(203, 0, 113, 53), Ipv4Addr::new(203, 0, 113, 54)];

/// A router that dials its provider.
fn client() -> Config {
    let own = Credentials { name: "user@isp.example".to_owned(), secret: secret("isp-password") };
    Config {
        address_and_control: false,
        largest: 1492,
        lcp: LcpConfig { mru: Some(1454), ..LcpConfig::default() },
        authentication: AuthenticationConfig {
            accept: vec![Method::Chap, Method::Pap, Method::MsChapV2, Method::MsChapV1],
            own: Some(own),
            ..AuthenticationConfig::default()
        },
        ipcp: Some(IpcpConfig::default()),
        ipv6cp: Some(Ipv6cpConfig { identifier: None, patience: Default::default() }),
    }
}

/// The provider.
fn server(method: Method) -> Config {
    let account = Account {
        name: "user@isp.example".to_owned(),
        secret: secret("isp-password"),
        address: None,
        delay: Duration::ZERO,
    };
    Config {
        address_and_control: false,
        largest: 1492,
        lcp: LcpConfig { mru: Some(1492), ..LcpConfig::default() },
        authentication: AuthenticationConfig {
            request: vec![method],
            accounts: vec![account],
            ..AuthenticationConfig::default()
        },
        ipcp: Some(IpcpConfig {
            local: LocalAddress::Fixed(SERVER),
            remote: Some(CLIENT),
            request_dns: false,
            dns: DNS.to_vec(),
            ..IpcpConfig::default()
        }),
        ipv6cp: Some(Ipv6cpConfig { identifier: None, patience: Default::default() }),
    }
}

/// A link whose two ends were just opened.
fn link(client: Config, server: Config, weather: Weather, seed: u64) -> Link {
    let mut link = Pair::new(PppEnd::new(client, seed), PppEnd::new(server, !seed), weather, seed);
    let now = link.now;
    link.a.open(now);
    link.b.open(now);
    link
}

/// A link over which both IPv4 and IPv6 are up.
fn up(client: Config, server: Config) -> Link {
    let mut link = link(client, server, Weather::FAIR, 1);
    assert!(link.run_until(secs(5), |link| link.a.is_up() && link.b.is_up()), "{:?}", link.a.events);
    link
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
