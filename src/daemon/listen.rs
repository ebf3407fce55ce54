//! The Unix socket: from bytes to requests of one session, and back.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{Group, chown};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::access::{self, Operator, SOCKET_GROUP};
use super::login;
use super::message::{Page, REQUEST_LIMIT, Reply, Request, SOCKET_NAME, Status};
use super::router::Handle;
use super::session::Session;
use crate::types::Encoding;

/// How long to wait after a console that could not come in.
const PAUSE: Duration = Duration::from_millis(100);

/// A socket that is taken off the file system when the daemon ends.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Opens the socket in `directory`, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// `AddrInUse` where another daemon answers there.
    pub fn bind(directory: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join(SOCKET_NAME);
        if std::os::unix::net::UnixStream::connect(&path).is_ok() {
            let text = format!("another daemon answers at {}", path.display());
            return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
        }
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o660))?;
        if let Ok(Some(group)) = Group::from_name(SOCKET_GROUP) {
            // Only root may give a socket to a group; without it the owner alone may connect.
            let _ = chown(&path, None, Some(group.gid));
        }
        Ok(Self { listener, path })
    }

    /// Serves every console that connects, each in a task of its own, for ever. The tasks end
    /// with the future.
    #[expect(clippy::disallowed_methods, reason = "nothing tells when there are free descriptors again")]
    pub async fn run(&self, router: Handle) {
        let mut consoles = JoinSet::new();
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => drop(consoles.spawn(watch_over(stream, router.clone()))),
                Err(error) => {
                    tracing::warn!(%error, "a console cannot come in");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            while consoles.try_join_next().is_some() {}
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Whoever removed it before us did what we want.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// One console; that it broke off is its own affair.
async fn watch_over(stream: UnixStream, router: Handle) {
    if let Err(error) = serve(stream, router).await {
        tracing::debug!(%error, "a console broke off");
    }
}

/// One console, from its greeting to its end.
async fn serve(stream: UnixStream, router: Handle) -> io::Result<()> {
    let peer = stream.peer_cred()?;
    let (reader, mut writer) = stream.into_split();
    let (sender, mut requests) = mpsc::channel(1);
    let reading = tokio::spawn(read_requests(reader, sender));
    let Some(Request::Hello { dialect, terminal }) = requests.recv().await else { return Ok(()) };
    let Some(operator) = access::admit(peer.uid(), peer.gid(), &router.running().model.users) else {
        tracing::warn!(uid = peer.uid(), "a user without a role was turned away");
        let text = "tsuji does not know you: ask for the group tsuji-monitor or tsuji-operator\n".to_owned();
        send(&mut writer, &Reply::Output { text }).await?;
        return send(&mut writer, &closed()).await;
    };
    let connection = peer.pid().and_then(login::connection_of);
    let operator = Operator { connection, ..operator };
    let mut notices = router.notices();
    let mut session = Session::new(router, operator, dialect, terminal);
    answer(&mut writer, &session, session.greeting().replies()).await?;
    while !session.is_closed() {
        tokio::select! {
            request = requests.recv() => {
                let Some(request) = request else { break };
                let replies = session.request(request).await;
                answer(&mut writer, &session, replies).await?;
            }
            notice = notices.recv() => match notice {
                Ok(notice) if notice.from == Some(session.id()) => {}
                Ok(notice) => send(&mut writer, &Reply::Notice { text: session.notice(&notice.text) }).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            },
        }
    }
    reading.abort();
    Ok(())
}

/// Reads until the console closes, says something that is no request, or nobody listens here.
///
/// A task of its own, so that waiting for a notice never loses half a request.
async fn read_requests(reader: OwnedReadHalf, requests: mpsc::Sender<Request>) -> io::Result<()> {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while read_line(&mut reader, &mut line).await? {
        let request = serde_json::from_slice(&line).map_err(io::Error::other)?;
        if requests.send(request).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// The next line; false at the end, an error if it is longer than a request may be.
async fn read_line(reader: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(false);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        line.extend_from_slice(&chunk[..end.unwrap_or(chunk.len())]);
        let used = end.map_or(chunk.len(), |end| end + 1);
        reader.consume(used);
        if line.len() > REQUEST_LIMIT {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a request is too long"));
        }
        if end.is_some() {
            return Ok(true);
        }
    }
}

async fn answer(
    writer: &mut OwnedWriteHalf,
    session: &Session,
    (replies, status): (Vec<Reply>, Status),
) -> io::Result<()> {
    for reply in &replies {
        send(writer, reply).await?;
    }
    let (prompt, page, encoding) = (session.prompt(), session.page(), session.encoding());
    let hidden = session.is_hidden();
    send(writer, &Reply::Done { status, prompt, page, encoding, hidden }).await
}

async fn send(writer: &mut OwnedWriteHalf, reply: &Reply) -> io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    writer.write_all(&line).await
}

fn closed() -> Reply {
    let (prompt, page, encoding) = (String::new(), Page::default(), Encoding::default());
    Reply::Done { status: Status::Closed, prompt, page, encoding, hidden: false }
}
