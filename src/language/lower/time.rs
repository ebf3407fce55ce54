//! Time servers, in the order in which they are preferred.

use crate::model::Model;
use crate::model::time::Server;
use crate::types::Sourced;

#[derive(Debug, Default)]
pub(super) struct Draft {
    servers: Vec<(u8, Sourced<Server>)>,
}

impl Draft {
    /// A server; one of a higher priority goes before, else the earlier line.
    pub(super) fn server(&mut self, priority: u8, server: Sourced<Server>) {
        self.servers.push((priority, server));
    }

    pub(super) fn settle(mut self, model: &mut Model) {
        self.servers.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
        let servers = &mut model.time.servers;
        for (_, server) in self.servers {
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
    }
}

/// A server by its address or its name.
pub(super) fn server(text: &str) -> Server {
    text.parse().map_or_else(|_| Server::Name(text.to_owned()), Server::Address)
}
