//! PPPoE (RFC 2516, RFC 4638): how PPP finds a partner on an Ethernet, either end.
//!
//! ```text
//!  client                         concentrator
//!    │ ── PADI (broadcast) ──────────► │   who offers this service?
//!    │ ◄────────────────────── PADO ── │   I do; bring this cookie
//!    │ ── PADR ──────────────────────► │   then give me a session
//!    │ ◄────────────────────── PADS ── │   here it is
//!    │ ◄═════════════ PPP ═══════════► │
//!    │ ── PADT ─────────────────────── │   either end, any time
//! ```
//!
//! Each end has its links of PPP inside, and hands on what they tell.

mod client;
mod concentrator;
mod message;

pub use client::{Client, ClientConfig, Command};
pub use concentrator::{Command as ConcentratorCommand, Concentrator, ConcentratorConfig, NewEntropy};
pub use message::{ClientEvent, ConcentratorEvent, Frame, Input, Phase, Reason, Stage};

/// The longest packet of PPP in a frame of 1500 bytes.
const PLAIN_PAYLOAD: u16 = 1492;
/// What PPPoE and PPP add to a packet of IP.
const OVERHEAD: u16 = 8;
