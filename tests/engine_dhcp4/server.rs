//! A model of a DHCP server, by another decoder and encoder than the client's.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use dhcproto::v4::{DhcpOption, Message, MessageType, Opcode, OptionCode};
use dhcproto::{Decodable, Decoder, Encodable};
use tsuji::net::wire::arp;
use tsuji::types::Mac;

use crate::client::{CLIENT_MAC, Packet};
use crate::pair::End;

/// Changes a reply before it is sent.
pub type Spoil = Box<dyn FnMut(&mut Message)>;

/// A server, and other stations of its link.
pub struct Server {
    pub id: Ipv4Addr,
    pub mac: Mac,
    /// The time of a lease, in seconds.
    pub lease_time: u32,
    /// It answers nothing while it is down.
    pub is_up: bool,
    /// Requests are refused.
    pub refuses: bool,
    /// It says nothing to a request for an address that it does not hand out.
    pub is_silent_to_strangers: bool,
    /// Addresses that it hands out, the first free one first.
    pub pool: Vec<Ipv4Addr>,
    /// Until when the client's address is the client's.
    pub leased: BTreeMap<Ipv4Addr, Instant>,
    /// Addresses that another station of the link uses.
    pub occupied: BTreeSet<Ipv4Addr>,
    /// What was heard, in order, and to whom it was sent.
    pub heard: Vec<(MessageType, Mac)>,
    pub spoil: Option<Spoil>,
    outbox: VecDeque<Packet>,
}

/// The station that has the addresses in use.
pub const OTHER_MAC: Mac = Mac([2, 0, 0, 0, 0, 3]);

impl Server {
    /// A server of 192.0.2.0/24 with an hour's leases.
    pub fn new() -> Self {
        Self {
            id: Ipv4Addr::new(192, 0, 2, 1),
            mac: Mac([2, 0, 0, 0, 0, 9]),
            lease_time: 3600,
            is_up: true,
            refuses: false,
            is_silent_to_strangers: false,
            pool: (10..20).map(|host| Ipv4Addr::new(192, 0, 2, host)).collect(),
            leased: BTreeMap::new(),
            occupied: BTreeSet::new(),
            heard: Vec::new(),
            spoil: None,
            outbox: VecDeque::new(),
        }
    }

    /// How often a message was heard.
    pub fn count(&self, kind: MessageType) -> usize {
        self.heard.iter().filter(|(heard, _)| *heard == kind).count()
    }

    fn answer(&mut self, request: &Message, kind: MessageType, now: Instant) {
        let named = match request.opts().get(OptionCode::ServerIdentifier) {
            Some(DhcpOption::ServerIdentifier(server)) => Some(*server),
            _ => None,
        };
        let wanted = match request.opts().get(OptionCode::RequestedIpAddress) {
            Some(DhcpOption::RequestedIpAddress(address)) => *address,
            _ => request.ciaddr(),
        };
        if named.is_some_and(|named| named != self.id) {
            return;
        }
        match kind {
            MessageType::Discover => {
                let offer =
                    if self.pool.contains(&wanted) { Some(wanted) } else { self.pool.first().copied() };
                if let Some(offer) = offer {
                    self.reply(request, MessageType::Offer, offer);
                }
            }
            MessageType::Request if self.is_silent_to_strangers && !self.pool.contains(&wanted) => {}
            MessageType::Request if self.refuses || !self.pool.contains(&wanted) => {
                self.leased.remove(&wanted);
                self.reply(request, MessageType::Nak, Ipv4Addr::UNSPECIFIED);
            }
            MessageType::Request => {
                self.leased.insert(wanted, now + Duration::from_secs(self.lease_time.into()));
                self.reply(request, MessageType::Ack, wanted);
            }
            MessageType::Decline => self.pool.retain(|address| *address != wanted),
            MessageType::Release => drop(self.leased.remove(&request.ciaddr())),
            other => panic!("a client does not send {other:?}"),
        }
    }

    fn reply(&mut self, request: &Message, kind: MessageType, address: Ipv4Addr) {
        let mut reply = Message::new_with_id(
            request.xid(),
            Ipv4Addr::UNSPECIFIED,
            address,
            Ipv4Addr::UNSPECIFIED,
            Ipv4Addr::UNSPECIFIED,
            request.chaddr(),
        );
        reply.set_opcode(Opcode::BootReply);
        let options = reply.opts_mut();
        options.insert(DhcpOption::MessageType(kind));
        options.insert(DhcpOption::ServerIdentifier(self.id));
        if kind == MessageType::Nak {
            options.insert(DhcpOption::Message("not yours".to_owned()));
        } else {
            options.insert(DhcpOption::AddressLeaseTime(self.lease_time));
            options.insert(DhcpOption::SubnetMask(Ipv4Addr::new(255, 255, 255, 0)));
            options.insert(DhcpOption::Router(vec![self.id]));
            options.insert(DhcpOption::DomainNameServer(vec![self.id]));
        }
        if let Some(spoil) = &mut self.spoil {
            spoil(&mut reply);
        }
        let to = if request.flags().broadcast() { Mac::BROADCAST } else { CLIENT_MAC };
        let message = reply.to_vec().unwrap();
        self.outbox.push_back(Packet::Dhcp { from: self.mac, to, message });
    }
}

impl End for Server {
    type Packet = Packet;

    fn receive(&mut self, packet: &Packet, now: Instant) {
        match packet {
            Packet::Arp(question) if self.occupied.contains(&question.target) => {
                self.outbox.push_back(Packet::Arp(arp::Packet {
                    operation: arp::Operation::Reply,
                    sender_mac: OTHER_MAC,
                    sender: question.target,
                    target_mac: question.sender_mac,
                    target: question.sender,
                }));
            }
            Packet::Arp(_) => {}
            Packet::Dhcp { to, message, .. } if self.is_up && [self.mac, Mac::BROADCAST].contains(to) => {
                let request = Message::decode(&mut Decoder::new(message)).unwrap();
                let kind = request.opts().msg_type().unwrap();
                self.heard.push((kind, *to));
                self.answer(&request, kind, now);
            }
            Packet::Dhcp { .. } | Packet::Carrier => {}
        }
    }

    fn timeout(&mut self, _: Instant) {}

    fn next_packet(&mut self, _: Instant) -> Option<Packet> {
        self.outbox.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}
