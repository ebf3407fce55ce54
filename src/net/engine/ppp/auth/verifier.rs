//! The peer proves itself to us.

use std::time::{Duration, Instant};

use super::super::super::Entropy;
use super::super::config::{Account, AuthenticationConfig, Method, Retry};
use super::super::reason::Reason;
use super::Step;
use super::proof::Challenge;
use crate::net::crypto::equal;
use crate::net::wire::ppp::{Protocol, chap, pap};
use crate::net::wire::printable;

/// The authenticator's side of PAP or CHAP.
pub(in super::super) struct Verifier {
    method: Method,
    config: AuthenticationConfig,
    retry: Retry,
    tries: u32,
    /// When the challenge is sent again, or the wait for a password is over.
    pub(in super::super) deadline: Option<Instant>,
    challenge: Challenge,
    verdict: Verdict,
}

/// One decision, and no second one.
enum Verdict {
    Open,
    /// A wrong proof waits for its answer.
    Delayed {
        answer: Vec<u8>,
        name: String,
    },
    /// What was answered: repeated questions get it again.
    Decided {
        identifier: u8,
        answer: Vec<u8>,
        is_right: bool,
    },
}

impl Verifier {
    /// Begins, with a challenge or by waiting for a password.
    pub(in super::super) fn begin(
        method: Method,
        config: &AuthenticationConfig,
        now: Instant,
        entropy: &mut dyn Entropy,
    ) -> (Self, Vec<Step>) {
        let retry = if method == Method::Pap { config.pap } else { config.chap };
        let identifier = entropy.next_u32().to_be_bytes()[0];
        let challenge = Challenge::random(method, identifier, entropy);
        let config = config.clone();
        let mut this =
            Self { method, config, retry, tries: 0, deadline: None, challenge, verdict: Verdict::Open };
        let steps = this.timeout(now);
        (this, steps)
    }

    pub(in super::super) fn is_done(&self) -> bool {
        matches!(self.verdict, Verdict::Decided { is_right: true, .. })
    }

    /// What we asked, to know it again if it is sent back to us.
    pub(in super::super) fn challenge(&self) -> &[u8] {
        &self.challenge.value
    }

    /// The deadline has passed.
    pub(in super::super) fn timeout(&mut self, now: Instant) -> Vec<Step> {
        self.deadline = None;
        match std::mem::replace(&mut self.verdict, Verdict::Open) {
            Verdict::Delayed { answer, name } => return self.refuse(answer, name),
            decided @ Verdict::Decided { .. } => {
                self.verdict = decided;
                return Vec::new();
            }
            Verdict::Open => {}
        }
        if self.tries >= self.retry.tries {
            return vec![Step::Failed(Reason::NoAnswer)];
        }
        self.tries += 1;
        self.deadline = Some(now + self.retry.restart);
        match self.method {
            Method::Pap => Vec::new(),
            Method::Chap | Method::MsChapV1 | Method::MsChapV2 => {
                let name = self.config.challenge_name.as_bytes();
                let challenge = chap::Packet::Challenge { value: &self.challenge.value, name };
                vec![Step::Send(Protocol::Chap, challenge.emit(self.challenge.identifier))]
            }
        }
    }

    /// Takes a name and a password.
    pub(in super::super) fn receive_pap(
        &mut self,
        name: &[u8],
        password: &[u8],
        identifier: u8,
        now: Instant,
    ) -> Vec<Step> {
        match &self.verdict {
            _ if self.method != Method::Pap => Vec::new(),
            Verdict::Delayed { .. } => Vec::new(),
            Verdict::Decided { is_right, .. } => {
                // The answer may have been lost. Whatever is asked by now, it stays the same.
                vec![Step::Send(Protocol::Pap, pap_answer(*is_right, identifier))]
            }
            Verdict::Open => {
                let account = self.account(name);
                // A name that nobody has takes as long as a wrong password.
                let secret = account.map_or(&b""[..], |account| account.secret.expose().as_bytes());
                let is_right = equal(secret, password) && account.is_some();
                self.decide(name, identifier, pap_answer(is_right, identifier), is_right, now)
            }
        }
    }

    /// Takes a response.
    pub(in super::super) fn receive_response(
        &mut self,
        value: &[u8],
        name: &[u8],
        identifier: u8,
        now: Instant,
    ) -> Vec<Step> {
        match &self.verdict {
            _ if self.method == Method::Pap || identifier != self.challenge.identifier => Vec::new(),
            Verdict::Delayed { .. } => Vec::new(),
            Verdict::Decided { identifier: decided, answer, .. } => match *decided == identifier {
                true => vec![Step::Send(Protocol::Chap, answer.clone())],
                false => Vec::new(),
            },
            Verdict::Open => {
                let secret = self.account(name).map(|account| account.secret.expose());
                let checked = self.challenge.check(value, name, secret.unwrap_or_default());
                let right = checked.filter(|_| secret.is_some());
                let answer = match &right {
                    Some(proof) => {
                        let message = format!("{proof}{}", if proof.is_empty() { "" } else { " M=" });
                        chap::Packet::Success { message: message.as_bytes() }.emit(identifier)
                    }
                    None => chap::Packet::Failure { message: self.failure().as_bytes() }.emit(identifier),
                };
                self.decide(name, identifier, answer, right.is_some(), now)
            }
        }
    }

    /// No second chance (`R=0`): the peer may dial again.
    fn failure(&self) -> String {
        match self.method {
            Method::Pap | Method::Chap => "wrong user name or password".to_owned(),
            Method::MsChapV1 => "E=691 R=0".to_owned(),
            Method::MsChapV2 => {
                let digits: String = self.challenge.value.iter().map(|byte| format!("{byte:02X}")).collect();
                format!("E=691 R=0 C={digits} V=3 M=wrong user name or password")
            }
        }
    }

    fn decide(
        &mut self,
        name: &[u8],
        identifier: u8,
        answer: Vec<u8>,
        is_right: bool,
        now: Instant,
    ) -> Vec<Step> {
        let shown = printable(name);
        let delay = self.delay(name);
        if !is_right && !delay.is_zero() {
            self.verdict = Verdict::Delayed { answer, name: shown };
            self.deadline = Some(now + delay);
            return Vec::new();
        }
        if !is_right {
            return self.refuse(answer, shown);
        }
        self.deadline = None;
        self.verdict = Verdict::Decided { identifier, answer: answer.clone(), is_right };
        vec![Step::Send(self.protocol(), answer), Step::Done(Some(shown))]
    }

    fn refuse(&mut self, answer: Vec<u8>, name: String) -> Vec<Step> {
        let identifier = answer.get(1).copied().unwrap_or_default();
        self.deadline = None;
        self.verdict = Verdict::Decided { identifier, answer: answer.clone(), is_right: false };
        vec![Step::Send(self.protocol(), answer), Step::Failed(Reason::WrongProof { name })]
    }

    fn delay(&self, name: &[u8]) -> Duration {
        self.account(name).map_or(Duration::ZERO, |account| account.delay).max(self.config.delay)
    }

    fn account(&self, name: &[u8]) -> Option<&Account> {
        self.config.accounts.iter().find(|account| account.name.as_bytes() == name)
    }

    fn protocol(&self) -> Protocol {
        if self.method == Method::Pap { Protocol::Pap } else { Protocol::Chap }
    }
}

fn pap_answer(is_right: bool, identifier: u8) -> Vec<u8> {
    match is_right {
        true => pap::Packet::Ack { message: b"" }.emit(identifier),
        false => pap::Packet::Nak { message: b"wrong user name or password" }.emit(identifier),
    }
}
