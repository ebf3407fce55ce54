//! Remote logins: TCP connections by which somebody works on this machine.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;

use crate::types::KernelName;

/// Both ends of a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// Our end: where the login server listens.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
}

/// A connection to a login server of this machine, as it is at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Its ends.
    pub connection: Connection,
    /// The links that carry it: the one with the local address, and the one that packets leave by.
    pub links: BTreeSet<KernelName>,
    /// Bytes that this end has written so far.
    pub written: u64,
    /// Bytes of these that the other end has said it received, counted alike.
    pub received: u64,
}

impl Connection {
    /// The ends that `SSH_CONNECTION` tells: the client's address and port, then the server's.
    ///
    /// Source: ssh(1), section ENVIRONMENT.
    pub fn from_ssh(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let mut end = || Some(SocketAddr::new(words.next()?.parse().ok()?, words.next()?.parse().ok()?));
        let (remote, local) = (end()?, end()?);
        Some(Self { local, remote }.canonical())
    }

    /// The same with IPv4 addresses that are written as IPv6 ones (`::ffff:192.0.2.1`) as IPv4.
    pub fn canonical(self) -> Self {
        let plain = |end: SocketAddr| SocketAddr::new(end.ip().to_canonical(), end.port());
        Self { local: plain(self.local), remote: plain(self.remote) }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {} port {}", self.remote.ip(), self.remote.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ssh_tells_of_a_connection() {
        let connection = Connection::from_ssh("192.0.2.9 50022 ::ffff:192.0.2.1 22").unwrap();
        assert_eq!(connection.local, "192.0.2.1:22".parse().unwrap());
        assert_eq!(connection.to_string(), "from 192.0.2.9 port 50022");
        assert!(Connection::from_ssh("2001:db8::9 50022 2001:db8::1 22").is_some());
        for wrong in ["", "192.0.2.9 50022", "192.0.2.9 22 x 22", "192.0.2.9 99999 192.0.2.1 22"] {
            assert_eq!(Connection::from_ssh(wrong), None, "{wrong}");
        }
    }
}
