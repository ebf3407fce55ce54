//! Protocol workers: a task each, which gives an engine what it does not have itself: sockets,
//! clock and randomness.
//!
//! The [`Supervisor`] starts and stops them for apply, and starts one again that failed. What
//! they learn leaves as [`FactUpdate`]s; what they do is read from [`Snapshots`].
//!
//! | Module | Is |
//! |---|---|
//! | `driver` | the loop that every engine runs in |
//! | `dhcp_client` | what lies below and above a DHCP client |
//! | `monitor` | asks hosts whether they live |
//! | `fault` | a panic as a failure like others |
//! | `packet` | packet sockets to wait for |
//! | `recorder` | an engine that writes down what it does |
//! | `clock` | the only clock |

mod clock;
mod dhcp_client;
mod driver;
mod fault;
mod monitor;
mod packet;
mod recorder;
mod snapshots;
mod supervisor;

pub use snapshots::Snapshots;
pub use supervisor::{FactUpdate, Supervisor};
