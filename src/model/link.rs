//! Ports, the Linux interfaces behind them, and administrative state.

use crate::types::{KernelName, Sourced};

/// The Linux interfaces behind a logical port.
///
/// One is used as it is. Several are the port's switch: they become members of a bridge.
/// None: the port is not tied, its lines are held and shown as not tied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortTie {
    /// In the order of their lines.
    pub devices: Vec<Sourced<KernelName>>,
}

/// The administrative state of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Whether it is to be up. IX shuts an interface down until `no shutdown`; on RTX every
    /// interface that is named is up. `None` where no line speaks of the interface itself.
    pub enabled: Option<Sourced<bool>>,
}
