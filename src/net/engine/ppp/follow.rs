//! From phase to phase: what the protocols of a link ask for is carried out (RFC 1661 section 3).

use std::time::Instant;

use super::auth::{Prover, Step, Verifier};
use super::control::Effect;
use super::{Addresses, Event, IpcpConfig, Layer, Network, Phase, Ppp, PppTimer, Reason, State, new_ipcp};
use crate::net::wire::ppp::Protocol;

impl Ppp {
    /// Carries out what the protocols ask for, until they ask for nothing more.
    pub(super) fn settle(&mut self, now: Instant) {
        loop {
            if let Some(effect) = take(&mut self.lcp.effects) {
                self.follow_lcp(effect, now);
            } else if let Some(effect) = self.ipcp.as_mut().and_then(|ipcp| take(&mut ipcp.effects)) {
                self.follow_ipcp(effect);
            } else if let Some(effect) = self.ipv6cp.as_mut().and_then(|ipv6cp| take(&mut ipv6cp.effects)) {
                self.follow_ipv6cp(effect);
            } else {
                break;
            }
        }
        self.set_timers();
        if self.phase == Phase::Network && self.is_pointless() {
            let ipcp = self.ipcp.as_ref().and_then(|ipcp| ipcp.reason.clone());
            let ipv6cp = self.ipv6cp.as_ref().and_then(|ipv6cp| ipv6cp.reason.clone());
            let ipcp = ipcp.map(|reason| (Layer::Ipcp, reason));
            let cause = ipcp.or(ipv6cp.map(|reason| (Layer::Ipv6cp, reason)));
            let (layer, reason) = cause.unwrap_or((Layer::Lcp, Reason::NothingUp));
            self.close(layer, reason, now);
        }
    }

    fn follow_lcp(&mut self, effect: Effect, now: Instant) {
        match effect {
            Effect::Send(packet) => self.send(Protocol::Lcp, &packet),
            Effect::Up => self.authenticate(now),
            Effect::Down => {
                let reason = self.lcp.reason.clone().unwrap_or(Reason::LowerDown);
                let renegotiates = matches!(self.lcp.state(), State::RequestSent | State::AckSent);
                self.leave_network(&reason, now);
                self.enter(if renegotiates { Phase::Establish } else { Phase::Terminate });
            }
            Effect::Finished => {
                if let Some(reason) = self.lcp.reason.clone() {
                    self.cause.get_or_insert((Layer::Lcp, reason));
                }
                self.finish();
            }
        }
    }

    fn follow_ipcp(&mut self, effect: Effect) {
        let Some(ipcp) = &self.ipcp else { return };
        let reason = ipcp.reason.clone();
        let addresses = Addresses::Ipv4(ipcp.negotiator.link());
        self.follow_network(Protocol::Ipcp, Layer::Ipcp, effect, addresses, reason);
    }

    fn follow_ipv6cp(&mut self, effect: Effect) {
        let Some(ipv6cp) = &self.ipv6cp else { return };
        let reason = ipv6cp.reason.clone();
        let addresses = Addresses::Ipv6(ipv6cp.negotiator.link());
        self.follow_network(Protocol::Ipv6cp, Layer::Ipv6cp, effect, addresses, reason);
    }

    fn follow_network(
        &mut self,
        protocol: Protocol,
        layer: Layer,
        effect: Effect,
        addresses: Addresses,
        reason: Option<Reason>,
    ) {
        match effect {
            Effect::Send(packet) => self.send(protocol, &packet),
            Effect::Up => {
                let mtu = self.mtu();
                self.tell(Event::Up(Network { mtu, addresses }));
            }
            Effect::Down => {
                self.tell(Event::Down { layer, reason: reason.unwrap_or(Reason::LowerDown) });
            }
            // After a goodbye the loss was told already.
            Effect::Finished if self.phase == Phase::Network => {
                if let Some(reason) = reason {
                    self.tell(Event::Down { layer, reason });
                }
            }
            Effect::Finished => {}
        }
    }

    /// LCP is up: who has to prove itself?
    fn authenticate(&mut self, now: Instant) {
        self.enter(Phase::Authenticate);
        let authentication = &self.config.authentication;
        self.timers.set(PppTimer::Authentication, now + authentication.timeout);
        let mut steps = Vec::new();
        if let Some((method, own)) = self.lcp.negotiator.peer.method.zip(authentication.own.clone()) {
            let (prover, first) = Prover::begin(method, own, authentication, now);
            self.prover = Some(prover);
            steps.extend(first);
        }
        if let Some(method) = self.lcp.negotiator.requested() {
            let (verifier, first) = Verifier::begin(method, authentication, now, self.entropy.as_mut());
            self.verifier = Some(verifier);
            steps.extend(first);
        }
        self.follow_steps(steps, now);
        self.enter_network(now);
    }

    pub(super) fn follow_steps(&mut self, steps: Vec<Step>, now: Instant) {
        for step in steps {
            match step {
                Step::Send(protocol, packet) => self.send(protocol, &packet),
                Step::Done(name) => {
                    self.assign_address(name.as_deref());
                    if let Some(name) = name {
                        self.tell(Event::Authenticated { name });
                    }
                    self.enter_network(now);
                }
                Step::Failed(reason) => self.close(Layer::Authentication, reason, now),
            }
        }
    }

    /// Some accounts have an address of their own.
    fn assign_address(&mut self, name: Option<&str>) {
        let accounts = &self.config.authentication.accounts;
        let own = accounts.iter().find(|account| Some(account.name.as_str()) == name);
        if let (Some(address), Some(config)) = (own.and_then(|own| own.address), &self.config.ipcp) {
            let config = IpcpConfig { remote: Some(address), ..config.clone() };
            self.ipcp = Some(new_ipcp(&config));
        }
    }

    /// Both have proven what was asked: the network protocols may begin.
    fn enter_network(&mut self, now: Instant) {
        let is_proven = self.prover.as_ref().is_none_or(Prover::is_done)
            && self.verifier.as_ref().is_none_or(Verifier::is_done);
        if self.phase != Phase::Authenticate || !is_proven {
            return;
        }
        self.timers.stop(PppTimer::Authentication);
        self.enter(Phase::Network);
        let entropy = self.entropy.as_mut();
        if let Some(ipcp) = &mut self.ipcp {
            ipcp.open(now, entropy);
        }
        if let Some(ipv6cp) = &mut self.ipv6cp {
            ipv6cp.open(now, entropy);
        }
        self.echo.begin(now);
    }

    /// Nothing above LCP may go on.
    fn leave_network(&mut self, reason: &Reason, now: Instant) {
        if let Some(ipcp) = &mut self.ipcp {
            ipcp.lower_down(reason.clone(), now);
            ipcp.effects.retain(|effect| *effect == Effect::Down);
        }
        if let Some(ipv6cp) = &mut self.ipv6cp {
            ipv6cp.lower_down(reason.clone(), now);
            ipv6cp.effects.retain(|effect| *effect == Effect::Down);
        }
        (self.prover, self.verifier) = (None, None);
        self.timers.stop(PppTimer::Authentication);
        self.echo.stop();
    }
}

/// The oldest one.
fn take(effects: &mut Vec<Effect>) -> Option<Effect> {
    (!effects.is_empty()).then(|| effects.remove(0))
}
