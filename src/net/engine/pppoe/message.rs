//! What goes in and out of both ends.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::{Blame, hex, ppp};
use crate::types::Mac;

/// Which EtherType a frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// 8863.
    Discovery,
    /// 8864.
    Session,
}

/// A frame that arrived, for us or for everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input<'a> {
    /// Who sent it.
    pub from: Mac,
    /// Its EtherType.
    pub stage: Stage,
    /// Everything behind the Ethernet header, padding included.
    #[serde(with = "hex")]
    pub packet: Cow<'a, [u8]>,
}

/// A frame that leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Whom it is for.
    pub to: Mac,
    /// Its EtherType.
    pub stage: Stage,
    /// Everything behind the Ethernet header.
    #[serde(with = "hex")]
    pub packet: Vec<u8>,
}

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Not wanted.
    Stopped,
    /// Waits before it dials again.
    Waiting,
    /// Asks who offers access.
    Discovering,
    /// Asks one concentrator for a session.
    Requesting,
    /// Has a session.
    Session,
    /// Says goodbye to its peer.
    Leaving,
}

/// What the owner of a client must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientEvent {
    /// The client stands elsewhere.
    Phase(Phase),
    /// A session began: packets of PPP travel in it.
    Established {
        /// The concentrator.
        concentrator: Mac,
        /// Its name, safe to print.
        name: String,
        /// The session.
        session: u16,
    },
    /// What the link of PPP tells.
    Ppp(ppp::Event),
    /// An attempt or a session ended. The client dials again unless it was stopped.
    Failed(Reason),
    /// Goodbye was said, nothing follows.
    Stopped,
}

/// What the owner of a concentrator must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConcentratorEvent {
    /// A session began.
    Opened {
        /// The session.
        session: u16,
        /// Whose it is.
        client: Mac,
    },
    /// What a session's link of PPP tells.
    Ppp {
        /// The session.
        session: u16,
        /// The event.
        event: ppp::Event,
    },
    /// A session is over.
    Ended {
        /// The session.
        session: u16,
    },
    /// A request was refused, for a limit or a wrong cookie.
    Refused {
        /// Who asked.
        client: Mac,
        /// Why.
        problem: &'static str,
    },
}

/// Why a client has no session. Text of the peer is safe to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nobody offers access.
    #[error(
        "PPPoE: no access concentrator answered (PADI timeout): check the cable, the modem and the contract"
    )]
    NoOffer,
    /// Those that offer access are not the one that is wanted, or not for the service.
    #[error("PPPoE: {name:?} answered, which is not the access concentrator that is wanted: check its name")]
    OtherConcentrator {
        /// Who answered.
        name: String,
    },
    /// The chosen concentrator fell silent.
    #[error("PPPoE: the access concentrator offers access and gives no session (PADR timeout)")]
    NoConfirmation,
    /// A concentrator said no.
    #[error("PPPoE: the access concentrator refused: {message}; an old session may still hold the line")]
    Refused {
        /// Its words.
        message: String,
    },
    /// The concentrator ended the session.
    #[error("PPPoE: the access concentrator ended the session (PADT)")]
    Terminated,
    /// The link of PPP ended.
    #[error("PPP: {layer}: {reason}")]
    Ppp {
        /// Where.
        layer: ppp::Layer,
        /// Why.
        reason: ppp::Reason,
    },
}

impl Reason {
    /// Who is at fault.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NoOffer | Self::NoConfirmation => Blame::TimedOut,
            Self::OtherConcentrator { .. } => Blame::Local,
            Self::Refused { .. } | Self::Terminated => Blame::PeerRefused,
            Self::Ppp { reason, .. } => reason.blame(),
        }
    }
}
