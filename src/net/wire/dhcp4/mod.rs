//! DHCP messages between a client and its servers (RFC 2131 section 2, options of RFC 2132,
//! long options of RFC 3396, classless routes of RFC 3442).
//!
//! `dhcproto` writes what we send and reads the fixed header. Options of a server are read here:
//! the crate stops silently at a truncated one, takes any length, and asserts things of options
//! that a peer chooses freely.

mod options;

use std::net::Ipv4Addr;

use dhcproto::v4::{self, DhcpOption, HType, Opcode, OptionCode, borrowed};
use dhcproto::{Encodable, Encoder};
use ipnet::Ipv4Net;

use super::Malformed;
use crate::types::Mac;
use options::Options;

/// The UDP port of servers.
pub const SERVER_PORT: u16 = 67;
/// The UDP port of clients.
pub const CLIENT_PORT: u16 = 68;

/// The largest message that we ask for: what an Ethernet frame holds after IP and UDP.
const MAX_MESSAGE_SIZE: u16 = 1472;

/// Where the options begin, after the header and the magic cookie.
const OPTIONS: usize = 240;

/// What we would like to know. Routes come before the router: RFC 3442 prefers them in this order.
const WANTED: [OptionCode; 11] = [
    OptionCode::SubnetMask,
    OptionCode::ClasslessStaticRoute,
    OptionCode::Router,
    OptionCode::DomainNameServer,
    OptionCode::DomainName,
    OptionCode::BroadcastAddr,
    OptionCode::NtpServers,
    OptionCode::AddressLeaseTime,
    OptionCode::ServerIdentifier,
    OptionCode::Renewal,
    OptionCode::Rebinding,
];

/// A message of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What it is for.
    pub kind: RequestKind,
    /// Names the exchange.
    pub xid: u32,
    /// Seconds since the client began to ask.
    pub secs: u16,
    /// Answers are to be broadcast.
    pub broadcast: bool,
    /// The client's hardware address.
    pub mac: Mac,
    /// The address that the client has and answers for (`ciaddr`), or unspecified.
    pub client_address: Ipv4Addr,
    /// The address that the client would like (option 50).
    pub requested: Option<Ipv4Addr>,
    /// The server that is meant (option 54).
    pub server: Option<Ipv4Addr>,
    /// The client's name (option 12).
    pub hostname: Option<String>,
    /// Why, in words (option 56).
    pub message: Option<&'static str>,
}

/// The messages that we send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// Who has an address for me?
    Discover,
    /// I take this address, or I want to keep it.
    Request,
    /// Somebody else uses this address.
    Decline,
    /// I need the address no more.
    Release,
}

impl Request {
    /// The bytes of the message, padded to what every BOOTP relay passes on.
    pub fn emit(&self) -> Vec<u8> {
        let none = Ipv4Addr::UNSPECIFIED;
        let mut message =
            v4::Message::new_with_id(self.xid, self.client_address, none, none, none, &self.mac.0);
        message.set_secs(self.secs);
        if self.broadcast {
            message.set_flags(v4::Flags::default().set_broadcast());
        }
        message.set_opts(self.options().into_iter().collect());
        let mut bytes = Vec::with_capacity(v4::MIN_PACKET_SIZE);
        // Writing into a growing vector cannot fail; a message cut short would be dropped by any server.
        let _written = message.encode(&mut Encoder::new(&mut bytes));
        bytes.resize(bytes.len().max(v4::MIN_PACKET_SIZE), 0);
        bytes
    }

    fn options(&self) -> Vec<DhcpOption> {
        const ETHERNET: u8 = 1;
        let client_identifier = [&[ETHERNET], &self.mac.0[..]].concat();
        let mut options =
            vec![DhcpOption::MessageType(self.kind.into()), DhcpOption::ClientIdentifier(client_identifier)];
        options.extend(self.requested.map(DhcpOption::RequestedIpAddress));
        options.extend(self.server.map(DhcpOption::ServerIdentifier));
        options.extend(self.message.map(|text| DhcpOption::Message(text.to_owned())));
        if matches!(self.kind, RequestKind::Discover | RequestKind::Request) {
            options.push(DhcpOption::MaxMessageSize(MAX_MESSAGE_SIZE));
            options.push(DhcpOption::ParameterRequestList(WANTED.to_vec()));
            options.extend(self.hostname.clone().map(DhcpOption::Hostname));
        }
        options
    }
}

impl From<RequestKind> for v4::MessageType {
    fn from(kind: RequestKind) -> Self {
        match kind {
            RequestKind::Discover => Self::Discover,
            RequestKind::Request => Self::Request,
            RequestKind::Decline => Self::Decline,
            RequestKind::Release => Self::Release,
        }
    }
}

/// The exchange and the client that a message belongs to, however malformed the rest of it is.
pub fn addressee(bytes: &[u8]) -> Option<(u32, Mac)> {
    let header = borrowed::Message::new(bytes).ok()?;
    Some((header.xid(), Mac(super::array(bytes, 28))))
}

/// A message of a server: well formed, not yet sensible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What it is.
    pub kind: ReplyKind,
    /// The exchange that it belongs to.
    pub xid: u32,
    /// The client that it is for.
    pub mac: Mac,
    /// The address for the client (`yiaddr`).
    pub address: Ipv4Addr,
    /// Who sends it (option 54).
    pub server: Option<Ipv4Addr>,
    /// Option 1.
    pub subnet_mask: Option<Ipv4Addr>,
    /// Option 3.
    pub routers: Vec<Ipv4Addr>,
    /// Option 6.
    pub dns_servers: Vec<Ipv4Addr>,
    /// Option 15, with control characters escaped.
    pub domain_name: Option<String>,
    /// Option 42.
    pub ntp_servers: Vec<Ipv4Addr>,
    /// Option 51, in seconds.
    pub lease_time: Option<u32>,
    /// Option 58, in seconds.
    pub renewal_time: Option<u32>,
    /// Option 59, in seconds.
    pub rebinding_time: Option<u32>,
    /// Option 121: network and router; an unspecified router means the link itself.
    pub routes: Option<Vec<(Ipv4Net, Ipv4Addr)>>,
    /// Option 56, with control characters escaped.
    pub message: Option<String>,
}

/// The messages that a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// An address may be had.
    Offer,
    /// The address is the client's.
    Ack,
    /// It is not.
    Nak,
}

impl Reply {
    /// Reads a UDP payload.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let header = borrowed::Message::new(bytes)
            .map_err(|_| malformed(bytes.len(), "message is shorter than its header"))?;
        if header.opcode() != Opcode::BootReply {
            return Err(malformed(0, "not a reply"));
        }
        if header.htype() != HType::Eth || header.hlen() != 6 {
            return Err(malformed(1, "hardware address is not Ethernet's"));
        }
        if bytes.get(OPTIONS - 4..OPTIONS) != Some(&v4::MAGIC) {
            return Err(malformed(OPTIONS - 4, "magic cookie is missing"));
        }
        let options = Options::parse(bytes)?;
        Ok(Self {
            kind: options.kind()?,
            xid: header.xid(),
            mac: Mac(super::array(bytes, 28)),
            address: header.yiaddr(),
            server: options.address(OptionCode::ServerIdentifier, "server identifier is not 4 bytes")?,
            subnet_mask: options.address(OptionCode::SubnetMask, "subnet mask is not 4 bytes")?,
            routers: options.addresses(OptionCode::Router, "routers are not whole addresses")?,
            dns_servers: options
                .addresses(OptionCode::DomainNameServer, "name servers are not whole addresses")?,
            domain_name: options.text(OptionCode::DomainName),
            ntp_servers: options.addresses(OptionCode::NtpServers, "time servers are not whole addresses")?,
            lease_time: options.number(OptionCode::AddressLeaseTime, "lease time is not 4 bytes")?,
            renewal_time: options.number(OptionCode::Renewal, "renewal time is not 4 bytes")?,
            rebinding_time: options.number(OptionCode::Rebinding, "rebinding time is not 4 bytes")?,
            routes: options.routes()?,
            message: options.text(OptionCode::Message),
        })
    }
}

fn malformed(offset: usize, problem: &'static str) -> Malformed {
    Malformed { layer: "dhcp", offset, problem }
}

#[cfg(test)]
mod tests;
