//! What a PPP link is told once, with the lines of the two vendors that say it.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::net::wire::ppp::chap::Algorithm;
use crate::net::wire::ppp::lcp::Authentication;
use crate::types::Secret;

/// All settings of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Whether packets have an address and a control field until ACFC is agreed upon: L2TP has them,
    /// PPPoE has not.
    pub address_and_control: bool,
    /// The longest information field that the lower layer can carry, in bytes (1492 in PPPoE).
    /// Whatever a peer would take, no packet of ours is longer.
    pub largest: u16,
    /// Control of the link.
    pub lcp: LcpConfig,
    /// Proofs, of us and of the peer.
    pub authentication: AuthenticationConfig,
    /// Control of IPv4; `None` refuses it.
    pub ipcp: Option<IpcpConfig>,
    /// Control of IPv6; `None` refuses it (RTX `ppp ipv6cp use off`).
    pub ipv6cp: Option<Ipv6cpConfig>,
}

/// How often and how long a control protocol asks (RFC 1661 section 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The pause before a question is sent again (RTX `ppp lcp restart MS`, IX `lcp retry-interval S`).
    pub restart: Duration,
    /// Configure-Requests without an answer (RTX `ppp lcp maxconfigure`, IX `lcp config-retry`).
    pub max_configure: u32,
    /// Terminate-Requests without an answer (RTX `ppp lcp maxterminate`, IX `lcp terminate-retry`).
    pub max_terminate: u32,
    /// Configure-Naks before what the peer insists on is rejected (RTX `ppp lcp maxfailure`,
    /// IX `lcp nak-retry`).
    pub max_failure: u32,
}

/// Settings of LCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LcpConfig {
    /// The longest packet that we offer to take (RTX `ppp lcp mru on N`, IX `lcp mru N`); `None`
    /// does not mention it (`mru off`).
    pub mru: Option<u16>,
    /// A number to tell a peer from a loop (RTX `ppp lcp magicnumber`, IX `lcp magic-number`).
    pub magic_number: bool,
    /// Protocol fields of one byte (RTX `ppp lcp pfc`, IX `lcp pfc`).
    pub pfc: bool,
    /// No address and control field (RTX `ppp lcp acfc`, IX `lcp acfc`).
    pub acfc: bool,
    /// Offer an empty map of control characters (RTX `ppp lcp accm`).
    pub accm: bool,
    /// Wait until the peer begins (RTX `ppp lcp silent`).
    pub silent: bool,
    /// How often and how long we ask.
    pub patience: Patience,
    /// Whether the peer lives; `None` does not ask.
    pub echo: Option<EchoConfig>,
}

/// Questions whether the peer lives (RTX `pp keepalive use lcp-echo`, IX `echo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchoConfig {
    /// The time between two questions (RTX `pp keepalive interval N`, IX `lcp echo-interval N`).
    pub interval: Duration,
    /// The time after a question that nobody answered (RTX `retry-interval=N`).
    pub retry_interval: Duration,
    /// So many questions in a row without an answer end the link (RTX `count=N`, IX `lcp echo-retry N`).
    pub count: u32,
}

/// A way to prove oneself that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the protocols'")]
pub enum Method {
    Pap,
    Chap,
    MsChapV1,
    MsChapV2,
}

/// Settings of PAP and CHAP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationConfig {
    /// How we may be asked to prove ourselves, best first (RTX `pp auth accept`, IX `authentication accept`).
    pub accept: Vec<Method>,
    /// Who we are (RTX `pp auth myname`, IX `authentication myname` and `authentication password`).
    pub own: Option<Credentials>,
    /// How the peer has to prove itself, best first; nothing if empty (RTX `pp auth request`,
    /// IX `authentication request`).
    pub request: Vec<Method>,
    /// The name in our challenges.
    pub challenge_name: String,
    /// Who is let in (RTX `pp auth username`, IX `authentication password`).
    pub accounts: Vec<Account>,
    /// Passwords sent, and waits for them (RTX `ppp pap restart`, `ppp pap maxauthreq`,
    /// IX `authentication retry`).
    pub pap: Retry,
    /// Challenges sent, and waits for them (RTX `ppp chap restart`, `ppp chap maxchallenge`,
    /// IX `authentication retry`).
    pub chap: Retry,
    /// How long the whole may take (IX `authentication timeout`).
    pub timeout: Duration,
    /// How long a wrong proof waits for its answer, so that guessing is slow.
    pub delay: Duration,
}

/// How often a question of an authentication protocol is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The pause before the next one.
    pub restart: Duration,
    /// How many.
    pub tries: u32,
}

/// A name and its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The name.
    pub name: String,
    /// The password.
    pub secret: Secret,
}

/// Somebody who is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The password.
    pub secret: Secret,
    /// The address that this one always gets (RTX `pp auth username NAME PASS ADDRESS`,
    /// IX `ipcp provide-ip-address user`).
    pub address: Option<Ipv4Addr>,
    /// As [`AuthenticationConfig::delay`], for wrong proofs under this name: the longer counts.
    pub delay: Duration,
}

/// Settings of IPCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpcpConfig {
    /// Our address.
    pub local: LocalAddress,
    /// The address that the peer gets, and no other (RTX `ip pp remote address`,
    /// IX `ipcp provide-ip-address`); `None` lets it choose.
    pub remote: Option<Ipv4Addr>,
    /// Ask for DNS servers (RTX `ppp ipcp msext on`, IX `ipcp request-dns`).
    pub request_dns: bool,
    /// Ask for NetBIOS name servers too (RTX `ppp ipcp msext on`).
    pub request_nbns: bool,
    /// DNS servers that the peer is told, at most two (RTX `ppp ipcp msext on`,
    /// IX `ipcp provide-remote-dns`).
    pub dns: Vec<Ipv4Addr>,
    /// NetBIOS name servers that the peer is told, at most two.
    pub nbns: Vec<Ipv4Addr>,
    /// How often and how long we ask (RTX `ppp ipcp restart` and so on, IX `ipcp config-retry`).
    pub patience: Patience,
}

/// Where our address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalAddress {
    /// The peer gives it (RTX `ppp ipcp ipaddress on`, IX `ip address ipcp`).
    Request,
    /// It stands fast, and the peer is told.
    Fixed(Ipv4Addr),
    /// We need none, and say nothing (RTX `ppp ipcp ipaddress off`).
    Unnumbered,
}

/// Settings of IPV6CP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ipv6cpConfig {
    /// Our interface identifier; a random one if `None`.
    pub identifier: Option<[u8; 8]>,
    /// How often and how long we ask (RTX `ppp ipv6cp restart` and so on).
    pub patience: Patience,
}

impl Default for Patience {
    /// As the RFC has it, and both vendors.
    fn default() -> Self {
        Self { restart: Duration::from_secs(3), max_configure: 10, max_terminate: 2, max_failure: 10 }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { restart: Duration::from_secs(3), tries: 10 }
    }
}

impl Default for LcpConfig {
    fn default() -> Self {
        Self {
            mru: None,
            magic_number: true,
            pfc: false,
            acfc: false,
            accm: false,
            silent: false,
            patience: Patience::default(),
            echo: None,
        }
    }
}

impl Default for EchoConfig {
    /// As an RTX has it.
    fn default() -> Self {
        Self { interval: Duration::from_secs(30), retry_interval: Duration::from_secs(1), count: 6 }
    }
}

impl Default for AuthenticationConfig {
    /// Nobody proves anything.
    fn default() -> Self {
        Self {
            accept: Vec::new(),
            own: None,
            request: Vec::new(),
            challenge_name: "tsuji".to_owned(),
            accounts: Vec::new(),
            pap: Retry::default(),
            chap: Retry::default(),
            timeout: Duration::from_secs(60),
            delay: Duration::ZERO,
        }
    }
}

impl Default for IpcpConfig {
    /// A client that takes what it is given.
    fn default() -> Self {
        Self {
            local: LocalAddress::Request,
            remote: None,
            request_dns: true,
            request_nbns: false,
            dns: Vec::new(),
            nbns: Vec::new(),
            patience: Patience::default(),
        }
    }
}

impl Method {
    /// As LCP names it; `None` for what we do not know.
    pub(super) fn from_option(authentication: &Authentication) -> Option<Self> {
        match authentication {
            Authentication::Pap => Some(Self::Pap),
            Authentication::Chap(Algorithm::Md5) => Some(Self::Chap),
            Authentication::Chap(Algorithm::MsChapV1) => Some(Self::MsChapV1),
            Authentication::Chap(Algorithm::MsChapV2) => Some(Self::MsChapV2),
            Authentication::Chap(Algorithm::Unknown(_)) | Authentication::Unknown(..) => None,
        }
    }

    /// As LCP names it.
    pub(super) fn option(self) -> Authentication {
        match self {
            Self::Pap => Authentication::Pap,
            Self::Chap => Authentication::Chap(Algorithm::Md5),
            Self::MsChapV1 => Authentication::Chap(Algorithm::MsChapV1),
            Self::MsChapV2 => Authentication::Chap(Algorithm::MsChapV2),
        }
    }
}
