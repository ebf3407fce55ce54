//! What LCP agrees on (RFC 1661 section 6).

use super::super::Entropy;
use super::config::{AuthenticationConfig, LcpConfig, Method};
use super::control::{Negotiator, Verdict};
use super::reason::Reason;
use crate::net::wire::ppp::lcp::LcpOption;

/// What a peer may send as long as nothing else was agreed on.
const DEFAULT_MRU: u16 = 1500;
/// A smaller unit would not even carry a proof of the longest name and password.
const MIN_MRU: u16 = 128;
/// So many proposals that carry our own magic number are a loop (RFC 1661 section 6.4).
const MAX_LOOPS: u32 = 5;

/// The proposals of both ends.
pub(super) struct Lcp {
    config: LcpConfig,
    authentication: AuthenticationConfig,
    /// What the lower layer carries.
    largest: u16,
    ours: Ours,
    /// What the peer said of itself, once it was accepted.
    pub(super) peer: Peer,
    loops: u32,
}

/// What we propose.
#[derive(Default)]
struct Ours {
    mru: Option<u16>,
    accm: bool,
    /// The ways to prove itself that the peer did not refuse yet, best first.
    methods: Vec<Method>,
    magic: u32,
    pfc: bool,
    acfc: bool,
}

/// What the peer proposed and we accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) mru: u16,
    pub(super) pfc: bool,
    pub(super) acfc: bool,
    /// How we have to prove ourselves.
    pub(super) method: Option<Method>,
    magic: u32,
}

impl Default for Peer {
    fn default() -> Self {
        Self { mru: DEFAULT_MRU, pfc: false, acfc: false, method: None, magic: 0 }
    }
}

impl Lcp {
    pub(super) fn new(config: LcpConfig, authentication: AuthenticationConfig) -> Self {
        Self {
            config,
            authentication,
            largest: u16::MAX,
            ours: Ours::default(),
            peer: Peer::default(),
            loops: 0,
        }
    }

    /// We offer to take no more than the lower layer carries.
    pub(super) fn set_largest(&mut self, largest: u16) {
        self.largest = largest;
    }

    /// Our magic number; zero if none was agreed on.
    pub(super) fn magic(&self) -> u32 {
        self.ours.magic
    }

    /// The longest packet that the peer may send us.
    pub(super) fn local_mru(&self) -> u16 {
        self.ours.mru.unwrap_or(DEFAULT_MRU)
    }

    /// How the peer has to prove itself.
    pub(super) fn requested(&self) -> Option<Method> {
        self.ours.methods.first().copied()
    }

    /// The best way to prove ourselves.
    fn accepted(&self) -> Option<Method> {
        self.authentication.own.as_ref().and(self.authentication.accept.first().copied())
    }

    /// What is wrong with one option of the peer: nothing, a better value, or all of it.
    fn judge_option(&mut self, option: &LcpOption, entropy: &mut dyn Entropy) -> Judgement {
        match option {
            LcpOption::MaximumReceiveUnit(mru) if *mru < MIN_MRU => {
                Judgement::Change(LcpOption::MaximumReceiveUnit(MIN_MRU))
            }
            LcpOption::AuthenticationProtocol(authentication) => {
                let method = Method::from_option(authentication);
                let is_accepted = |method: &Method| self.authentication.accept.contains(method);
                match self.accepted() {
                    Some(_) if method.as_ref().is_some_and(is_accepted) => Judgement::Good,
                    Some(better) => Judgement::Change(LcpOption::AuthenticationProtocol(better.option())),
                    None => Judgement::Refuse,
                }
            }
            LcpOption::MagicNumber(magic) => {
                if *magic == self.ours.magic && self.ours.magic != 0 {
                    self.loops += 1;
                    return Judgement::Change(LcpOption::MagicNumber(random_magic(entropy)));
                }
                match magic {
                    0 => Judgement::Change(LcpOption::MagicNumber(random_magic(entropy))),
                    _ => Judgement::Good,
                }
            }
            LcpOption::ProtocolFieldCompression if !self.config.pfc => Judgement::Refuse,
            LcpOption::AddressAndControlFieldCompression if !self.config.acfc => Judgement::Refuse,
            LcpOption::Unknown { .. } => Judgement::Refuse,
            LcpOption::MaximumReceiveUnit(_)
            | LcpOption::AsyncControlCharacterMap(_)
            | LcpOption::ProtocolFieldCompression
            | LcpOption::AddressAndControlFieldCompression => Judgement::Good,
        }
    }

    fn accept(&mut self, options: &[LcpOption]) {
        self.peer = Peer::default();
        for option in options {
            match option {
                LcpOption::MaximumReceiveUnit(mru) => self.peer.mru = *mru,
                LcpOption::AuthenticationProtocol(authentication) => {
                    self.peer.method = Method::from_option(authentication);
                }
                LcpOption::MagicNumber(magic) => self.peer.magic = *magic,
                LcpOption::ProtocolFieldCompression => self.peer.pfc = true,
                LcpOption::AddressAndControlFieldCompression => self.peer.acfc = true,
                LcpOption::AsyncControlCharacterMap(_) | LcpOption::Unknown { .. } => {}
            }
        }
    }
}

/// What is to be said to one option.
pub(super) enum Judgement<O = LcpOption> {
    Good,
    Change(O),
    Refuse,
}

/// The answer to a proposal: rejections first, then changes (RFC 1661 sections 5.3 and 5.4).
pub(super) fn verdict<O: Clone>(options: &[O], judgements: Vec<Judgement<O>>, may_nak: bool) -> Verdict<O> {
    let (mut refused, mut changed) = (Vec::new(), Vec::new());
    for (option, judgement) in options.iter().zip(judgements) {
        match judgement {
            Judgement::Good => {}
            Judgement::Change(better) if may_nak => changed.push(better),
            Judgement::Change(_) | Judgement::Refuse => refused.push(option.clone()),
        }
    }
    match (refused.is_empty(), changed.is_empty()) {
        (false, _) => Verdict::Reject(refused),
        (true, false) => Verdict::Nak(changed),
        (true, true) => Verdict::Ack,
    }
}

impl Negotiator for Lcp {
    type Item = LcpOption;
    const NAME: &'static str = "lcp";

    fn begin(&mut self, entropy: &mut dyn Entropy) {
        self.ours = Ours {
            mru: self.config.mru.map(|mru| mru.min(self.largest)),
            accm: self.config.accm,
            methods: self.authentication.request.clone(),
            magic: if self.config.magic_number { random_magic(entropy) } else { 0 },
            pfc: self.config.pfc,
            acfc: self.config.acfc,
        };
        self.peer = Peer::default();
        self.loops = 0;
    }

    fn request(&self) -> Vec<LcpOption> {
        let ours = &self.ours;
        let mut options = Vec::new();
        options.extend(ours.mru.map(LcpOption::MaximumReceiveUnit));
        options.extend(ours.accm.then_some(LcpOption::AsyncControlCharacterMap(0)));
        options.extend(self.requested().map(|method| LcpOption::AuthenticationProtocol(method.option())));
        options.extend((ours.magic != 0).then_some(LcpOption::MagicNumber(ours.magic)));
        options.extend(ours.pfc.then_some(LcpOption::ProtocolFieldCompression));
        options.extend(ours.acfc.then_some(LcpOption::AddressAndControlFieldCompression));
        options
    }

    fn naked(&mut self, options: &[LcpOption], entropy: &mut dyn Entropy) -> Result<(), Reason> {
        for option in options {
            match option {
                // Providers name the unit that their network carries (1454 at NTT): a smaller one is fine.
                LcpOption::MaximumReceiveUnit(mru) => {
                    let most = self.config.mru.unwrap_or(DEFAULT_MRU).min(self.largest);
                    self.ours.mru = self.ours.mru.map(|_| (*mru).clamp(MIN_MRU, most.max(MIN_MRU)));
                }
                LcpOption::AuthenticationProtocol(authentication) => {
                    let wanted = Method::from_option(authentication);
                    match wanted.filter(|wanted| self.ours.methods.contains(wanted)) {
                        Some(wanted) => {
                            self.ours.methods.retain(|method| *method != wanted);
                            self.ours.methods.insert(0, wanted);
                        }
                        None if self.ours.methods.len() > 1 => drop(self.ours.methods.remove(0)),
                        None => return Err(Reason::PeerRefusesMethod),
                    }
                }
                LcpOption::MagicNumber(_) if self.ours.magic != 0 => self.ours.magic = random_magic(entropy),
                LcpOption::MagicNumber(_)
                | LcpOption::AsyncControlCharacterMap(_)
                | LcpOption::ProtocolFieldCompression
                | LcpOption::AddressAndControlFieldCompression
                | LcpOption::Unknown { .. } => {}
            }
        }
        Ok(())
    }

    fn rejected(&mut self, options: &[LcpOption]) -> Result<(), Reason> {
        for option in options {
            match option {
                LcpOption::MaximumReceiveUnit(_) => self.ours.mru = None,
                LcpOption::AsyncControlCharacterMap(_) => self.ours.accm = false,
                LcpOption::AuthenticationProtocol(_) => return Err(Reason::PeerRefusesMethod),
                LcpOption::MagicNumber(_) => self.ours.magic = 0,
                LcpOption::ProtocolFieldCompression => self.ours.pfc = false,
                LcpOption::AddressAndControlFieldCompression => self.ours.acfc = false,
                LcpOption::Unknown { .. } => {}
            }
        }
        Ok(())
    }

    fn judge(
        &mut self,
        options: &[LcpOption],
        may_nak: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<Verdict<LcpOption>, Reason> {
        let judgements = options.iter().map(|option| self.judge_option(option, entropy)).collect();
        if self.loops >= MAX_LOOPS {
            return Err(Reason::Loop);
        }
        let verdict = verdict(options, judgements, may_nak);
        if verdict == Verdict::Ack {
            self.accept(options);
        }
        Ok(verdict)
    }

    fn agreed(&self) -> Result<(), Reason> {
        Ok(())
    }

    fn disagreement(&self) -> Reason {
        match self.loops {
            0 => Reason::NoAgreement { about: "the settings of the link".to_owned() },
            _ => Reason::Loop,
        }
    }
}

/// Never zero: that means none.
fn random_magic(entropy: &mut dyn Entropy) -> u32 {
    entropy.next_u32().max(1)
}
