//! The state machine of every control protocol: the table of RFC 1661 section 4.1.
//!
//! The table alone, as a function without memory. What its actions mean stands in `control`.

/// Where a control protocol stands (RFC 1661 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum State {
    Initial,
    Starting,
    Closed,
    Stopped,
    Closing,
    Stopping,
    RequestSent,
    AckReceived,
    AckSent,
    Opened,
}

/// What happens to it (RFC 1661 section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The lower layer can carry packets, or no more.
    Up,
    Down,
    /// The administrator wants the layer, or no more.
    Open,
    Close,
    /// Nobody answered: the restart counter is above zero (TO+), or has run out (TO-).
    Timeout,
    TimeoutLast,
    /// Configure-Request that suits us (RCR+), or not (RCR-).
    Request,
    BadRequest,
    /// Configure-Ack.
    Ack,
    /// Configure-Nak or Configure-Reject (RCN).
    NakOrReject,
    TerminateRequest,
    TerminateAck,
    UnknownCode,
    /// Code-Reject or Protocol-Reject that we can live with (RXJ+), or not (RXJ-).
    RejectPermitted,
    RejectCatastrophic,
    /// Echo-Request, Echo-Reply, Discard-Request (RXR).
    Echo,
}

/// What is to be done (RFC 1661 section 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    LayerUp,
    LayerDown,
    LayerStarted,
    LayerFinished,
    InitializeRestartCount,
    ZeroRestartCount,
    SendRequest,
    SendAck,
    SendNakOrReject,
    SendTerminateRequest,
    SendTerminateAck,
    SendCodeReject,
    SendEchoReply,
}

impl State {
    /// Whether the restart timer runs in this state.
    pub(super) fn waits(self) -> bool {
        matches!(self, Self::Closing | Self::Stopping | Self::RequestSent | Self::AckReceived | Self::AckSent)
    }

    /// The table: the state after an event, and what is to be done in order. An event that cannot
    /// happen in a state changes nothing.
    pub(super) fn after(self, event: Event) -> (Self, &'static [Action]) {
        match event {
            Event::Up | Event::Down | Event::Open | Event::Close => self.after_lower_or_owner(event),
            Event::Timeout | Event::TimeoutLast => self.after_timeout(event),
            Event::Request | Event::BadRequest | Event::Ack | Event::NakOrReject => {
                self.after_configure(event)
            }
            Event::TerminateRequest
            | Event::TerminateAck
            | Event::UnknownCode
            | Event::RejectPermitted
            | Event::RejectCatastrophic
            | Event::Echo => self.after_other(event),
        }
    }

    fn after_lower_or_owner(self, event: Event) -> (Self, &'static [Action]) {
        use Action::{
            InitializeRestartCount, LayerDown, LayerFinished, LayerStarted, SendRequest, SendTerminateRequest,
        };
        use State::*;
        match (event, self) {
            (Event::Up, Initial) => (Closed, &[]),
            (Event::Up, Starting) => (RequestSent, &[InitializeRestartCount, SendRequest]),

            (Event::Down, Closed | Closing) => (Initial, &[]),
            (Event::Down, Stopped) => (Starting, &[LayerStarted]),
            (Event::Down, Stopping | RequestSent | AckReceived | AckSent) => (Starting, &[]),
            (Event::Down, Opened) => (Starting, &[LayerDown]),

            (Event::Open, Initial) => (Starting, &[LayerStarted]),
            (Event::Open, Closed) => (RequestSent, &[InitializeRestartCount, SendRequest]),
            (Event::Open, Closing) => (Stopping, &[]),

            (Event::Close, Starting) => (Initial, &[LayerFinished]),
            (Event::Close, Stopped) => (Closed, &[]),
            (Event::Close, Stopping) => (Closing, &[]),
            (Event::Close, RequestSent | AckReceived | AckSent) => {
                (Closing, &[InitializeRestartCount, SendTerminateRequest])
            }
            (Event::Close, Opened) => (Closing, &[LayerDown, InitializeRestartCount, SendTerminateRequest]),
            _ => (self, &[]),
        }
    }

    fn after_timeout(self, event: Event) -> (Self, &'static [Action]) {
        use Action::{LayerFinished, SendRequest, SendTerminateRequest};
        use State::*;
        match (event, self) {
            (Event::Timeout, Closing | Stopping) => (self, &[SendTerminateRequest]),
            (Event::Timeout, RequestSent | AckReceived) => (RequestSent, &[SendRequest]),
            (Event::Timeout, AckSent) => (AckSent, &[SendRequest]),
            (Event::TimeoutLast, Closing) => (Closed, &[LayerFinished]),
            (Event::TimeoutLast, Stopping | RequestSent | AckReceived | AckSent) => {
                (Stopped, &[LayerFinished])
            }
            _ => (self, &[]),
        }
    }

    fn after_configure(self, event: Event) -> (Self, &'static [Action]) {
        use Action::{
            InitializeRestartCount, LayerDown, LayerUp, SendAck, SendNakOrReject, SendRequest,
            SendTerminateAck,
        };
        use State::*;
        match (event, self) {
            (_, Closed) => (Closed, &[SendTerminateAck]),
            (Event::Request, Stopped) => (AckSent, &[InitializeRestartCount, SendRequest, SendAck]),
            (Event::BadRequest, Stopped) => {
                (RequestSent, &[InitializeRestartCount, SendRequest, SendNakOrReject])
            }
            (_, Stopped) => (Stopped, &[SendTerminateAck]),

            (Event::Request, RequestSent | AckSent) => (AckSent, &[SendAck]),
            (Event::Request, AckReceived) => (Opened, &[SendAck, LayerUp]),
            (Event::Request, Opened) => (AckSent, &[LayerDown, SendRequest, SendAck]),

            (Event::BadRequest, RequestSent | AckSent) => (RequestSent, &[SendNakOrReject]),
            (Event::BadRequest, AckReceived) => (AckReceived, &[SendNakOrReject]),
            (Event::BadRequest, Opened) => (RequestSent, &[LayerDown, SendRequest, SendNakOrReject]),

            (Event::Ack, RequestSent) => (AckReceived, &[InitializeRestartCount]),
            (Event::Ack, AckSent) => (Opened, &[InitializeRestartCount, LayerUp]),
            (Event::NakOrReject, RequestSent) => (RequestSent, &[InitializeRestartCount, SendRequest]),
            (Event::NakOrReject, AckSent) => (AckSent, &[InitializeRestartCount, SendRequest]),
            // Answers to nothing that is open: somebody crossed over, start again.
            (Event::Ack | Event::NakOrReject, AckReceived) => (RequestSent, &[SendRequest]),
            (Event::Ack | Event::NakOrReject, Opened) => (RequestSent, &[LayerDown, SendRequest]),
            _ => (self, &[]),
        }
    }

    fn after_other(self, event: Event) -> (Self, &'static [Action]) {
        use Action::{
            InitializeRestartCount, LayerDown, LayerFinished, SendCodeReject, SendEchoReply, SendRequest,
            SendTerminateAck, SendTerminateRequest, ZeroRestartCount,
        };
        use State::*;
        match (event, self) {
            (_, Initial | Starting) => (self, &[]),

            (Event::TerminateRequest, RequestSent | AckReceived | AckSent) => {
                (RequestSent, &[SendTerminateAck])
            }
            (Event::TerminateRequest, Opened) => (Stopping, &[LayerDown, ZeroRestartCount, SendTerminateAck]),
            (Event::TerminateRequest, _) => (self, &[SendTerminateAck]),

            (Event::TerminateAck, Closing) => (Closed, &[LayerFinished]),
            (Event::TerminateAck, Stopping) => (Stopped, &[LayerFinished]),
            (Event::TerminateAck, AckReceived) => (RequestSent, &[]),
            (Event::TerminateAck, Opened) => (RequestSent, &[LayerDown, SendRequest]),

            (Event::UnknownCode, _) => (self, &[SendCodeReject]),

            (Event::RejectPermitted, AckReceived) => (RequestSent, &[]),
            (Event::RejectCatastrophic, Closed | Closing) => (Closed, &[LayerFinished]),
            (Event::RejectCatastrophic, Opened) => {
                (Stopping, &[LayerDown, InitializeRestartCount, SendTerminateRequest])
            }
            (Event::RejectCatastrophic, _) => (Stopped, &[LayerFinished]),

            (Event::Echo, Opened) => (Opened, &[SendEchoReply]),
            _ => (self, &[]),
        }
    }
}

#[cfg(test)]
mod tests;
