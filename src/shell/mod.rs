//! The console: what stands between a terminal and the daemon.

pub mod client;

pub use client::{Answer, Client, ClientError};
