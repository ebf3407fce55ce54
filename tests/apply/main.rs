//! Plans, commits and recovery against the kernel in memory.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod crashes;
mod failures;
mod models;
mod plans;
mod properties;
mod shield;
mod support;
