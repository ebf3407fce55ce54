//! The long-lived half of tsuji: it owns the running configuration, the workers and all timers.
//!
//! Consoles come and go on a Unix socket ([`message`], [`client`]); what they typed is judged here, so a
//! terminal that dies takes nothing with it.

pub mod client;
pub mod message;
pub mod show;
