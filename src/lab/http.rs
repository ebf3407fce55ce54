//! As much of HTTP/1.0 (RFC 1945) as it takes to see who reaches whom, and from which address.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::socket::{Shutdown, shutdown};

/// How long either end waits for the other.
const PATIENCE: Duration = Duration::from_secs(3);

/// The largest body that is fetched, in bytes.
const LARGEST: u64 = 1 << 20;

/// A server that greets whoever connects, and remembers them.
pub(super) struct Listener {
    socket: Arc<TcpListener>,
    peers: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Listener {
    /// Listens on a TCP port, IPv4 and IPv6, in the network of the calling thread.
    pub(super) fn start(host: &'static str, port: u16) -> io::Result<Self> {
        let socket = Arc::new(TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))?);
        let peers = Arc::new(Mutex::new(Vec::new()));
        let listener = Self { socket: Arc::clone(&socket), peers: Arc::clone(&peers) };
        thread::Builder::new().name(format!("{host}:{port}")).spawn(move || {
            // Ends when the socket is shut down.
            while let Ok((stream, peer)) = socket.accept() {
                let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
                peers.lock().unwrap_or_else(PoisonError::into_inner).push(peer);
                thread::spawn(move || greet(stream, host, port, peer));
            }
        })?;
        Ok(listener)
    }

    /// Address and port of each peer so far, in the order of their coming.
    pub(super) fn seen(&self) -> Vec<SocketAddr> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = shutdown(self.socket.as_raw_fd(), Shutdown::Both);
    }
}

fn greet(mut stream: TcpStream, host: &str, port: u16, peer: SocketAddr) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = BufReader::new(stream.try_clone()?.take(16 << 10)).lines();
    // The request ends with an empty line; what it asks for makes no difference.
    while request.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let body = format!("{host}:{port} greets {peer}\n");
    write!(
        stream,
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The body of a page, or what went wrong. Each address of the name is tried in turn.
pub(super) fn fetch(url: &str) -> Result<String, String> {
    let rest = url.strip_prefix("http://").ok_or_else(|| format!("{url}: only http:// is spoken here\n"))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let target = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let addresses = target.to_socket_addrs().map_err(|error| format!("{authority}: {error}\n"))?;
    let mut problems = String::new();
    for address in addresses {
        match get(address, authority, if path.is_empty() { "/" } else { path }) {
            Ok(answer) => return body_of(&answer),
            Err(error) => problems += &format!("{address}: {error}\n"),
        }
    }
    Err(problems)
}

fn get(address: SocketAddr, authority: &str, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(LARGEST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn body_of(answer: &str) -> Result<String, String> {
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("no HTTP: {answer}\n"))?;
    let status = head.lines().next().unwrap_or_default();
    match status.split_whitespace().nth(1) {
        Some(code) if code.starts_with('2') => Ok(body.to_owned()),
        _ => Err(format!("{status}\n{body}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_greets_and_remembers() {
        let listener = Listener::start("server", 0).unwrap();
        let port = listener.socket.local_addr().unwrap().port();
        let body = fetch(&format!("http://127.0.0.1:{port}/any/page")).unwrap();
        let peers = listener.seen();
        assert_eq!(peers.len(), 1);
        assert_eq!(peers[0].ip().to_string(), "127.0.0.1");
        assert_eq!(body, format!("server:0 greets {}\n", peers[0]));

        drop(listener);
        assert!(fetch(&format!("http://127.0.0.1:{port}")).unwrap_err().contains("refused"));
    }

    #[test]
    fn an_answer_is_its_body_or_its_status() {
        assert_eq!(body_of("HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello"), Ok("hello".to_owned()));
        assert_eq!(
            body_of("HTTP/1.1 404 Not Found\r\n\r\ngone"),
            Err("HTTP/1.1 404 Not Found\ngone".to_owned())
        );
        assert!(body_of("SSH-2.0-x").is_err());
        assert!(fetch("ftp://server/").is_err());
    }
}
