//! PPPoE on a virtual clock: a client against a concentrator, or against frames made by hand.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]
#![allow(dead_code, reason = "the harness is shared, each test uses a part of it")]

#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/seed.rs"]
mod seed;

mod ends;
mod hostile;
mod life;

use std::net::Ipv4Addr;
use std::time::Duration;

use ends::{ClientEnd, ConcentratorEnd};
use pair::{Pair, Weather};
use tsuji::net::engine::ppp::{
    Account, AuthenticationConfig, Config, Credentials, IpcpConfig, LcpConfig, LocalAddress, Method, Retry,
};
use tsuji::net::engine::pppoe::{ClientConfig, ConcentratorConfig};
use tsuji::types::{Mac, Secret};

type Link = Pair<ClientEnd, ConcentratorEnd>;

const CLIENT: Mac = Mac([2, 0, 0, 0, 0, 1]);
const CONCENTRATOR: Mac = Mac([2, 0, 0, 0, 0, 9]);
const ADDRESS: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 10);

fn client() -> ClientConfig {
    let own = Credentials { name: "user".to_owned(), secret: Secret::new("password".to_owned()) };
    let retry = Retry { restart: secs(3), tries: 5 };
    ClientConfig {
        service_name: String::new(),
        ac_name: None,
        padi: retry,
        padr: retry,
        port_mtu: 1500,
        closes_foreign_sessions: true,
        ppp: Config {
            address_and_control: false,
            largest: 1492,
            lcp: LcpConfig { mru: Some(1500), echo: Some(Default::default()), ..LcpConfig::default() },
            authentication: AuthenticationConfig {
                accept: vec![Method::Chap],
                own: Some(own),
                ..AuthenticationConfig::default()
            },
            ipcp: Some(IpcpConfig::default()),
            ipv6cp: None,
        },
    }
}

fn concentrator() -> ConcentratorConfig {
    let account = Account {
        name: "user".to_owned(),
        secret: Secret::new("password".to_owned()),
        address: None,
        delay: Duration::ZERO,
    };
    ConcentratorConfig {
        name: "BRAS".to_owned(),
        services: vec!["internet".to_owned()],
        max_sessions: 4,
        max_sessions_per_client: 2,
        port_mtu: 1508,
        pool: vec![ADDRESS, Ipv4Addr::new(198, 51, 100, 11), Ipv4Addr::new(198, 51, 100, 12)],
        ppp: Config {
            address_and_control: false,
            largest: 1492,
            lcp: LcpConfig { mru: Some(1500), echo: Some(Default::default()), ..LcpConfig::default() },
            authentication: AuthenticationConfig {
                request: vec![Method::Chap],
                accounts: vec![account],
                ..AuthenticationConfig::default()
            },
            ipcp: Some(IpcpConfig {
                local: LocalAddress::Fixed(Ipv4Addr::new(198, 51, 100, 1)),
                request_dns: false,
                ..IpcpConfig::default()
            }),
            ipv6cp: None,
        },
    }
}

fn link(client: ClientConfig, concentrator: ConcentratorConfig, weather: Weather, seed: u64) -> Link {
    let mut link =
        Pair::new(ClientEnd::new(client, seed), ConcentratorEnd::new(concentrator, !seed), weather, seed);
    let now = link.now;
    link.a.start(None, now);
    link
}

/// A line that is up.
fn up(client: ClientConfig, concentrator: ConcentratorConfig) -> Link {
    let mut link = link(client, concentrator, Weather::FAIR, 1);
    assert!(link.run_until(secs(5), |link| link.a.is_up()), "{:?}", link.a.events);
    link
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
