//! What is: plain snapshots, of which facts, screens and JSON are made.

pub mod dhcp;
pub mod facts;
pub mod filter;
pub mod flow;
pub mod interface;
pub mod login;
pub mod monitor;
pub mod neighbour;
pub mod route;

pub use facts::{Facts, Lease};
pub use filter::{FilterStatus, Hits, LoggedPacket};
pub use flow::{Detail, Flow, FlowStatus, TcpState, Traffic, Tuple};
pub use interface::{AddressSource, AddressStatus, InterfaceStatus, LinkState};
pub use neighbour::{LinkTraffic, NeighbourStatus, Reachability, Sight, Sights};
pub use route::{RouteKind, RouteStatus, RouteTable};
