//! One control protocol: packets to events of the automaton, its actions to packets (RFC 1661
//! sections 4 and 5).
//!
//! What the options mean stands in a [`Negotiator`]: `lcp`, `ipcp`, `ipv6cp`.

use std::time::Instant;

use super::super::Entropy;
use super::automaton::{Action, Event, State};
use super::config::Patience;
use super::reason::Reason;
use crate::net::wire::Malformed;
use crate::net::wire::ppp::control::{self, Code, ConfigurationOption, Packet};
use crate::net::wire::printable;

/// So many different proposals, in either direction, and no agreement: none will follow.
const MAX_ROUNDS: u32 = 10;

/// What the two ends may agree on in one control protocol.
pub(super) trait Negotiator {
    /// Its options.
    type Item: ConfigurationOption;
    /// Its name in errors.
    const NAME: &'static str;

    /// Forgets what was agreed before.
    fn begin(&mut self, entropy: &mut dyn Entropy);

    /// What we propose now.
    fn request(&self) -> Vec<Self::Item>;

    /// What the peer would rather have; what we cannot follow we propose again.
    fn naked(&mut self, options: &[Self::Item], entropy: &mut dyn Entropy) -> Result<(), Reason>;

    /// What the peer does not want to hear of.
    fn rejected(&mut self, options: &[Self::Item]) -> Result<(), Reason>;

    /// What we say to the peer's proposal. Without `may_nak`, what we would change is rejected.
    fn judge(
        &mut self,
        options: &[Self::Item],
        may_nak: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<Verdict<Self::Item>, Reason>;

    /// Both proposals are agreed on. An error says what is missing all the same.
    fn agreed(&self) -> Result<(), Reason>;

    /// Why it never came to that.
    fn disagreement(&self) -> Reason;
}

/// What we say to a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict<O> {
    Ack,
    Nak(Vec<O>),
    Reject(Vec<O>),
}

/// What a protocol wants done by the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// A packet.
    Send(Vec<u8>),
    /// The layer is up, or no more.
    Up,
    Down,
    /// It ended, or never began; the reason stands in the protocol.
    Finished,
}

/// A control protocol and its automaton.
pub(super) struct Control<N: Negotiator> {
    pub(super) negotiator: N,
    /// Why it is not up, as soon as that is known.
    pub(super) reason: Option<Reason>,
    /// When the restart timer fires.
    pub(super) restart_at: Option<Instant>,
    pub(super) effects: Vec<Effect>,
    patience: Patience,
    silent: bool,
    state: State,
    /// Questions left before we give up.
    restarts: u32,
    /// Configure-Naks left before we reject.
    naks: u32,
    /// Different proposals refused since the layer was last up.
    rounds: u32,
    /// The last proposal refused, to know it again.
    refused: Vec<u8>,
    /// The last proposal of the peer that we acknowledged, as a packet.
    acknowledged: Vec<u8>,
    identifier: u8,
    /// Our last Configure-Request: its identifier, and its options as they were sent.
    asked: Option<(u8, Vec<u8>)>,
    terminate_identifier: u8,
}

/// What the actions of one event need to know of the packet that caused it.
#[derive(Default)]
struct Cause<'a> {
    identifier: u8,
    answer: Option<(Code, Vec<u8>)>,
    packet: &'a [u8],
    is_repeat: bool,
}

impl<N: Negotiator> Control<N> {
    pub(super) fn new(negotiator: N, patience: Patience, silent: bool) -> Self {
        Self {
            negotiator,
            reason: None,
            restart_at: None,
            effects: Vec::new(),
            patience,
            silent,
            state: State::Initial,
            restarts: 0,
            naks: 0,
            rounds: 0,
            refused: Vec::new(),
            acknowledged: Vec::new(),
            identifier: 0,
            asked: None,
            terminate_identifier: 0,
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn is_opened(&self) -> bool {
        self.state == State::Opened
    }

    /// The layer is wanted, and what is below it can carry packets.
    pub(super) fn open(&mut self, now: Instant, entropy: &mut dyn Entropy) {
        self.reason = None;
        self.state = State::Initial;
        self.reset(entropy);
        self.happen(Event::Open, Cause::default(), now);
        if self.silent && self.state == State::Starting {
            self.state = State::Stopped; // The passive option: the peer's first packet wakes us.
            return;
        }
        self.happen(Event::Up, Cause::default(), now);
    }

    /// The layer is not wanted any more.
    pub(super) fn close(&mut self, reason: Reason, now: Instant) {
        self.reason.get_or_insert(reason);
        self.happen(Event::Close, Cause::default(), now);
    }

    /// What is below carries nothing any more.
    pub(super) fn lower_down(&mut self, reason: Reason, now: Instant) {
        self.reason.get_or_insert(reason);
        self.happen(Event::Down, Cause::default(), now);
        self.happen(Event::Close, Cause::default(), now);
        self.restart_at = None;
    }

    /// The peer does not know the protocol, or a code of it that nobody can do without.
    pub(super) fn rejected(&mut self, reason: Reason, now: Instant) {
        self.reason.get_or_insert(reason);
        self.happen(Event::RejectCatastrophic, Cause::default(), now);
    }

    /// The restart timer fires.
    pub(super) fn timeout(&mut self, now: Instant) {
        self.restart_at = None;
        if self.restarts > 0 {
            let is_repeat = self.state != State::AckReceived;
            return self.happen(Event::Timeout, Cause { is_repeat, ..Cause::default() }, now);
        }
        let silence = if self.rounds == 0 { Reason::NoAnswer } else { self.negotiator.disagreement() };
        self.reason.get_or_insert(silence);
        self.happen(Event::TimeoutLast, Cause::default(), now);
    }

    /// Takes a packet whose code the protocol shares with all others. The other codes come back.
    pub(super) fn receive<'a>(
        &mut self,
        information: &'a [u8],
        now: Instant,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<(Code, Packet<'a>)>, Malformed> {
        let packet = Packet::new_checked(information, N::NAME)?;
        if matches!(self.state, State::Initial | State::Starting) {
            return Ok(None);
        }
        let cause = Cause { identifier: packet.identifier(), packet: packet.bytes(), ..Cause::default() };
        match Code::from(packet.code()) {
            Code::ConfigureRequest => self.receive_request(&packet, now, entropy)?,
            Code::ConfigureAck => self.receive_ack(&packet, now),
            Code::ConfigureNak => self.receive_nak(&packet, false, now, entropy)?,
            Code::ConfigureReject => self.receive_nak(&packet, true, now, entropy)?,
            Code::TerminateRequest => {
                self.reason.get_or_insert(Reason::PeerTerminated { message: printable(packet.data()) });
                self.happen(Event::TerminateRequest, cause, now);
            }
            Code::TerminateAck => {
                if self.is_answer_to_goodbye(&packet) {
                    self.happen(Event::TerminateAck, cause, now);
                }
            }
            Code::CodeReject => self.receive_code_reject(&packet, now),
            code => return Ok(Some((code, packet))),
        }
        Ok(None)
    }

    /// Answers a question whether we live.
    pub(super) fn echo(&mut self, question: &Packet<'_>, data: Vec<u8>, now: Instant) {
        let answer = Some((Code::EchoReply, data));
        self.happen(
            Event::Echo,
            Cause { identifier: question.identifier(), answer, ..Cause::default() },
            now,
        );
    }

    /// A code that the protocol does not have.
    pub(super) fn unknown_code(&mut self, packet: &Packet<'_>, now: Instant) {
        let cause = Cause { packet: packet.bytes(), ..Cause::default() };
        self.happen(Event::UnknownCode, cause, now);
    }

    /// A packet under a fresh identifier.
    pub(super) fn send(&mut self, code: Code, data: &[u8]) -> u8 {
        self.identifier = self.identifier.wrapping_add(1);
        self.effects.push(Effect::Send(control::emit(code.into(), self.identifier, data)));
        self.identifier
    }

    /// Starts over with nothing agreed.
    fn reset(&mut self, entropy: &mut dyn Entropy) {
        self.negotiator.begin(entropy);
        self.naks = self.patience.max_failure;
        self.rounds = 0;
        self.refused.clear();
        self.acknowledged.clear();
        self.asked = None;
        self.identifier = entropy.next_u32().to_be_bytes()[0];
    }

    fn receive_request(
        &mut self,
        packet: &Packet<'_>,
        now: Instant,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Malformed> {
        let options = control::parse_options(packet.data(), N::NAME)?;
        if self.state == State::Opened && self.acknowledged == packet.bytes() {
            // The RFC would begin anew. But this is no new proposal: our answer to it was lost, or it
            // took the long way. On a line with losses, beginning anew each time might never end.
            let ack = control::emit(Code::ConfigureAck.into(), packet.identifier(), packet.data());
            self.effects.push(Effect::Send(ack));
            return Ok(());
        }
        if matches!(self.state, State::Opened | State::Stopped) {
            self.reset(entropy);
        }
        let verdict = match repeated_kinds(&options) {
            Some(repeated) => Ok(Verdict::Reject(repeated)),
            None => self.negotiator.judge(&options, self.naks > 0, entropy),
        };
        let identifier = packet.identifier();
        let cause = |code, data| Cause { identifier, answer: Some((code, data)), ..Cause::default() };
        match verdict {
            Ok(Verdict::Ack) => {
                let data = packet.data().to_owned();
                self.acknowledged = packet.bytes().to_owned();
                self.happen(Event::Request, cause(Code::ConfigureAck, data), now);
            }
            Ok(Verdict::Nak(options)) => {
                self.naks = self.naks.saturating_sub(1);
                let data = control::emit_options(&options);
                self.refuse(packet, cause(Code::ConfigureNak, data), now);
            }
            Ok(Verdict::Reject(options)) => {
                let data = control::emit_options(&options);
                self.refuse(packet, cause(Code::ConfigureReject, data), now);
            }
            Err(reason) => self.fail(reason, now),
        }
        Ok(())
    }

    fn refuse(&mut self, packet: &Packet<'_>, cause: Cause<'_>, now: Instant) {
        if self.is_too_late(packet.data()) {
            return self.fail(self.negotiator.disagreement(), now);
        }
        self.happen(Event::BadRequest, cause, now);
    }

    fn receive_ack(&mut self, packet: &Packet<'_>, now: Instant) {
        let is_ours =
            self.asked.as_ref().is_some_and(|(id, data)| *id == packet.identifier() && data == packet.data());
        if is_ours {
            self.happen(Event::Ack, Cause::default(), now);
        }
    }

    fn receive_nak(
        &mut self,
        packet: &Packet<'_>,
        is_reject: bool,
        now: Instant,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Malformed> {
        let Some((_, asked)) = self.asked.as_ref().filter(|(id, _)| *id == packet.identifier()) else {
            return Ok(());
        };
        let options: Vec<N::Item> = control::parse_options(packet.data(), N::NAME)?;
        let ours: Vec<N::Item> = control::parse_options(asked, N::NAME)?;
        if is_reject && !options.iter().all(|option| ours.contains(option)) {
            return Ok(()); // It rejects what we never said.
        }
        if matches!(self.state, State::RequestSent | State::AckSent) {
            if self.is_too_late(packet.bytes()) {
                self.fail(self.negotiator.disagreement(), now);
                return Ok(());
            }
            let followed = match is_reject {
                true => self.negotiator.rejected(&options),
                false => self.negotiator.naked(&options, entropy),
            };
            if let Err(reason) = followed {
                self.fail(reason, now);
                return Ok(());
            }
        }
        self.happen(Event::NakOrReject, Cause::default(), now);
        Ok(())
    }

    /// Counts a refusal, unless it is of the same proposal as the last one.
    fn is_too_late(&mut self, proposal: &[u8]) -> bool {
        if self.refused != proposal {
            self.refused = proposal.to_owned();
            self.rounds += 1;
        }
        self.rounds > MAX_ROUNDS + self.patience.max_failure
    }

    fn receive_code_reject(&mut self, packet: &Packet<'_>, now: Instant) {
        let Some(rejected) = packet.data().first().map(|code| Code::from(*code)) else { return };
        match rejected {
            Code::Unknown(_) | Code::Identification | Code::TimeRemaining | Code::DiscardRequest => {
                self.happen(Event::RejectPermitted, Cause::default(), now);
            }
            Code::EchoRequest | Code::EchoReply => {
                self.happen(Event::RejectPermitted, Cause::default(), now);
            }
            Code::ConfigureRequest
            | Code::ConfigureAck
            | Code::ConfigureNak
            | Code::ConfigureReject
            | Code::TerminateRequest
            | Code::TerminateAck
            | Code::CodeReject
            | Code::ProtocolReject => self.rejected(Reason::CodeRejected, now),
        }
    }

    /// While we say goodbye, only the answer to that counts: an old one means nothing.
    fn is_answer_to_goodbye(&self, packet: &Packet<'_>) -> bool {
        let is_leaving = matches!(self.state, State::Closing | State::Stopping);
        !is_leaving || packet.identifier() == self.terminate_identifier
    }

    /// Gives up, and says goodbye.
    fn fail(&mut self, reason: Reason, now: Instant) {
        self.close(reason, now);
    }

    fn happen(&mut self, event: Event, cause: Cause<'_>, now: Instant) {
        let before = self.state;
        let (after, actions) = before.after(event);
        if actions.contains(&Action::LayerUp)
            && let Err(reason) = self.negotiator.agreed()
        {
            self.effects.extend(
                cause
                    .answer
                    .map(|(code, data)| Effect::Send(control::emit(code.into(), cause.identifier, &data))),
            );
            return self.fail(reason, now);
        }
        self.state = after;
        for action in actions {
            self.act(*action, &cause, now);
        }
        if !self.state.waits() {
            self.restart_at = None;
        } else if self.restart_at.is_none() {
            self.restart_at = Some(now + self.patience.restart);
        }
    }

    fn act(&mut self, action: Action, cause: &Cause<'_>, now: Instant) {
        match action {
            Action::LayerUp => {
                (self.rounds, self.naks) = (0, self.patience.max_failure);
                self.reason = None;
                self.effects.push(Effect::Up);
            }
            Action::LayerDown => self.effects.push(Effect::Down),
            Action::LayerStarted => {}
            Action::LayerFinished => self.effects.push(Effect::Finished),
            Action::InitializeRestartCount => {
                self.restarts = match self.state {
                    State::Closing | State::Stopping => self.patience.max_terminate,
                    _ => self.patience.max_configure,
                };
            }
            Action::ZeroRestartCount => {
                self.restarts = 0;
                self.restart_at = Some(now + self.patience.restart);
            }
            Action::SendRequest => self.send_request(cause.is_repeat, now),
            Action::SendAck | Action::SendNakOrReject | Action::SendEchoReply => {
                if let Some((code, data)) = &cause.answer {
                    let bytes = control::emit((*code).into(), cause.identifier, data);
                    self.effects.push(Effect::Send(bytes));
                }
            }
            Action::SendTerminateRequest => {
                self.restarts = self.restarts.saturating_sub(1);
                self.restart_at = Some(now + self.patience.restart);
                self.terminate_identifier = self.send(Code::TerminateRequest, &[]);
            }
            Action::SendTerminateAck => {
                let bytes = control::emit(Code::TerminateAck.into(), cause.identifier, &[]);
                self.effects.push(Effect::Send(bytes));
            }
            Action::SendCodeReject => {
                self.send(Code::CodeReject, cause.packet);
            }
        }
    }

    /// A Configure-Request. One that is repeated keeps its identifier, so that a late answer to the
    /// first is as good as one to the second.
    fn send_request(&mut self, is_repeat: bool, now: Instant) {
        self.restarts = self.restarts.saturating_sub(1);
        self.restart_at = Some(now + self.patience.restart);
        let data = control::emit_options(&self.negotiator.request());
        match &self.asked {
            Some((identifier, asked)) if is_repeat && *asked == data => {
                let bytes = control::emit(Code::ConfigureRequest.into(), *identifier, &data);
                self.effects.push(Effect::Send(bytes));
            }
            _ => self.asked = Some((self.send(Code::ConfigureRequest, &data), data)),
        }
    }
}

/// The options that stand a second time for their type.
fn repeated_kinds<O: ConfigurationOption>(options: &[O]) -> Option<Vec<O>> {
    let mut seen = [false; 256];
    let mut repeated = Vec::new();
    for option in options {
        if let Some(seen) = seen.get_mut(usize::from(option.kind())) {
            if *seen {
                repeated.push(option.clone());
            }
            *seen = true;
        }
    }
    (!repeated.is_empty()).then_some(repeated)
}
