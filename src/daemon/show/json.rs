//! Snapshots as JSON values: names in the session's dialect, addresses as text, ages in seconds.

use serde_json::{Value, json};

use crate::run::log::LogSnapshot;
use crate::status::{AddressSource, InterfaceStatus, LinkState, RouteKind, RouteTable};
use crate::types::Dialect;

/// `{"routes": [{"prefix", "kind", "distance", "metric", "gateway", "interface", "age"}], "hidden"}`.
pub fn routes(table: &RouteTable, dialect: Dialect) -> Value {
    let routes: Vec<Value> = table
        .routes
        .iter()
        .map(|route| {
            json!({
                "prefix": route.prefix,
                "kind": match route.kind {
                    RouteKind::Connected => "connected",
                    RouteKind::Static => "static",
                    RouteKind::Dhcp => "dhcp",
                },
                "distance": route.distance,
                "metric": route.metric,
                "gateway": route.gateway,
                "interface": route.interface.map(|name| name.in_dialect(dialect)),
                "age": route.age.as_secs(),
            })
        })
        .collect();
    json!({ "routes": routes, "hidden": table.hidden })
}

/// `[{"name", "link", "state", "mac", "mtu", "description", "traffic", "addresses": [{"address", "source", "server"}]}]`.
pub fn interfaces(interfaces: &[InterfaceStatus], dialect: Dialect) -> Value {
    interfaces.iter().map(|interface| one_interface(interface, dialect)).collect()
}

fn one_interface(interface: &InterfaceStatus, dialect: Dialect) -> Value {
    let addresses: Vec<Value> = interface
        .addresses
        .iter()
        .map(|address| {
            let (source, server) = match address.source {
                AddressSource::Configuration => ("configuration", None),
                AddressSource::Dhcp { server } => ("dhcp", Some(server)),
                AddressSource::Foreign => ("foreign", None),
            };
            json!({ "address": address.network, "source": source, "server": server })
        })
        .collect();
    json!({
        "name": interface.name.in_dialect(dialect),
        "link": interface.link,
        "state": match interface.state {
            LinkState::NotTied => "not-tied",
            LinkState::Missing => "missing",
            LinkState::Shut => "shutdown",
            LinkState::NoCarrier => "no-carrier",
            LinkState::Up => "up",
        },
        "mac": interface.mac.map(|mac| mac.to_string()),
        "mtu": interface.mtu,
        "description": interface.description,
        "traffic": interface.traffic.map(|traffic| json!({
            "packets_in": traffic.packets_in,
            "bytes_in": traffic.bytes_in,
            "errors_in": traffic.errors_in,
            "dropped_in": traffic.dropped_in,
            "packets_out": traffic.packets_out,
            "bytes_out": traffic.bytes_out,
            "errors_out": traffic.errors_out,
        })),
        "addresses": addresses,
    })
}

/// `{"capacity", "used", "first", "records": [{"time", "severity", "subsystem", "number", "text"}]}`.
pub fn log(log: &LogSnapshot) -> Value {
    json!({ "capacity": log.capacity, "used": log.used, "first": log.first, "records": log.records })
}

/// Text without a better form: `{"lines": […]}`.
pub fn lines(text: &str) -> Value {
    json!({ "lines": text.lines().collect::<Vec<_>>() })
}
