//! What is: plain snapshots, of which facts, screens and JSON are made.

pub mod dhcp;
pub mod facts;

pub use facts::{Facts, Lease};
