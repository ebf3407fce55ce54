//! What a packet of the peer changes.

use std::time::Instant;

use super::{Layer, Phase, Ppp, Reason};
use crate::net::wire::Malformed;
use crate::net::wire::ppp::control::{Code, Packet};
use crate::net::wire::ppp::{Frame, Protocol, chap, pap};

/// A Protocol-Reject brings back no more of a packet than any peer can take.
const MOST_REJECTED: usize = 128;

impl Ppp {
    pub(super) fn receive(&mut self, packet: &[u8], now: Instant) {
        let taken = Frame::new_checked(packet).and_then(|frame| self.receive_frame(&frame, now));
        if taken.is_err() {
            self.counters.malformed += 1;
        }
    }

    fn receive_frame(&mut self, frame: &Frame<'_>, now: Instant) -> Result<(), Malformed> {
        let information = frame.information();
        match (self.phase, frame.protocol()) {
            (Phase::Dead, _) => self.counters.untimely += 1,
            (_, Protocol::Lcp) => {
                let rest = self.lcp.receive(information, now, self.entropy.as_mut())?;
                if let Some((code, packet)) = rest {
                    self.receive_lcp(code, &packet, now);
                }
            }
            (Phase::Authenticate | Phase::Network, Protocol::Pap) => self.receive_pap(information, now)?,
            (Phase::Authenticate | Phase::Network, Protocol::Chap) => self.receive_chap(information, now)?,
            (Phase::Network, Protocol::Ipcp) if self.ipcp.is_some() => self.receive_ipcp(information, now)?,
            (Phase::Network, Protocol::Ipv6cp) if self.ipv6cp.is_some() => {
                self.receive_ipv6cp(information, now)?;
            }
            // Network packets pass beside this engine; one that comes here had no right to pass.
            (_, Protocol::Ipv4 | Protocol::Ipv6) => self.counters.untimely += 1,
            (Phase::Network, Protocol::Ipcp | Protocol::Ipv6cp | Protocol::Ccp) => self.reject(frame),
            (_, Protocol::Ipcp | Protocol::Ipv6cp | Protocol::Ccp) => self.counters.untimely += 1,
            (_, Protocol::Pap | Protocol::Chap) => self.counters.untimely += 1,
            (Phase::Authenticate | Phase::Network, Protocol::Eap | Protocol::Unknown(_)) => {
                self.reject(frame)
            }
            (Phase::Establish | Phase::Terminate, Protocol::Eap | Protocol::Unknown(_)) => {
                self.counters.untimely += 1;
            }
        }
        Ok(())
    }

    /// Says that we do not speak a protocol.
    fn reject(&mut self, frame: &Frame<'_>) {
        self.counters.unknown += 1;
        let information = frame.information();
        let shown = information.get(..MOST_REJECTED).unwrap_or(information);
        let data = [&u16::from(frame.protocol()).to_be_bytes()[..], shown].concat();
        self.lcp.send(Code::ProtocolReject, &data);
    }

    /// The codes that only LCP has.
    fn receive_lcp(&mut self, code: Code, packet: &Packet<'_>, now: Instant) {
        match code {
            Code::ProtocolReject => self.receive_protocol_reject(packet, now),
            Code::EchoRequest => self.answer_echo(packet, now),
            Code::EchoReply => self.receive_echo_reply(packet, now),
            // Packets that are for throwing away, and what the peer tells of itself.
            Code::DiscardRequest | Code::Identification | Code::TimeRemaining => {}
            Code::ConfigureRequest
            | Code::ConfigureAck
            | Code::ConfigureNak
            | Code::ConfigureReject
            | Code::TerminateRequest
            | Code::TerminateAck
            | Code::CodeReject
            | Code::Unknown(_) => self.lcp.unknown_code(packet, now),
        }
    }

    fn receive_protocol_reject(&mut self, packet: &Packet<'_>, now: Instant) {
        let Some(protocol) = packet.data().first_chunk().map(|bytes| u16::from_be_bytes(*bytes)) else {
            self.counters.malformed += 1;
            return;
        };
        if !self.lcp.is_opened() {
            self.counters.untimely += 1;
            return;
        }
        match Protocol::from(protocol) {
            Protocol::Ipcp => {
                if let Some(ipcp) = &mut self.ipcp {
                    ipcp.rejected(Reason::ProtocolRejected, now);
                }
            }
            Protocol::Ipv6cp => {
                if let Some(ipv6cp) = &mut self.ipv6cp {
                    ipv6cp.rejected(Reason::ProtocolRejected, now);
                }
            }
            Protocol::Pap | Protocol::Chap if self.phase == Phase::Authenticate => {
                self.close(Layer::Authentication, Reason::ProtocolRejected, now);
            }
            // Nobody can be without LCP: whoever says so has not read it. The rest we never send.
            Protocol::Lcp
            | Protocol::Pap
            | Protocol::Chap
            | Protocol::Ipv4
            | Protocol::Ipv6
            | Protocol::Ccp
            | Protocol::Eap
            | Protocol::Unknown(_) => self.counters.untimely += 1,
        }
    }

    fn receive_pap(&mut self, information: &[u8], now: Instant) -> Result<(), Malformed> {
        let (identifier, packet) = pap::Packet::parse(information)?;
        let steps = match packet {
            pap::Packet::Request { name, password } => {
                self.verifier.as_mut().map(|verifier| verifier.receive_pap(name, password, identifier, now))
            }
            answer @ (pap::Packet::Ack { .. } | pap::Packet::Nak { .. }) => {
                self.prover.as_mut().map(|prover| prover.receive_pap(answer, identifier))
            }
        };
        self.follow_steps(steps.unwrap_or_default(), now);
        Ok(())
    }

    fn receive_chap(&mut self, information: &[u8], now: Instant) -> Result<(), Malformed> {
        let (identifier, packet) = chap::Packet::parse(information)?;
        let steps = match packet {
            chap::Packet::Response { value, name } => {
                let respond =
                    |verifier: &mut super::Verifier| verifier.receive_response(value, name, identifier, now);
                self.verifier.as_mut().map(respond)
            }
            _ => match &mut self.prover {
                Some(prover) => {
                    let reflected = self.verifier.as_ref().map(super::Verifier::challenge);
                    Some(prover.receive_chap(packet, identifier, reflected, now, self.entropy.as_mut())?)
                }
                None => None,
            },
        };
        self.follow_steps(steps.unwrap_or_default(), now);
        Ok(())
    }

    fn receive_ipcp(&mut self, information: &[u8], now: Instant) -> Result<(), Malformed> {
        let Some(ipcp) = &mut self.ipcp else { return Ok(()) };
        if let Some((_, packet)) = ipcp.receive(information, now, self.entropy.as_mut())? {
            ipcp.unknown_code(&packet, now);
        }
        Ok(())
    }

    fn receive_ipv6cp(&mut self, information: &[u8], now: Instant) -> Result<(), Malformed> {
        let Some(ipv6cp) = &mut self.ipv6cp else { return Ok(()) };
        if let Some((_, packet)) = ipv6cp.receive(information, now, self.entropy.as_mut())? {
            ipv6cp.unknown_code(&packet, now);
        }
        Ok(())
    }
}
