//! The stage of a session case: a router over a fake kernel, and who sits at its consoles.
//!
//! | Line | Happens |
//! |---|---|
//! | `@as NAME [administrator\|operator\|monitor] [ix\|rtx] [ask] [REMOTE>LOCAL]` | this console types from now on; `ask`: it can be asked; it came by this connection |
//! | `@login REMOTE>LOCAL LINK WRITTEN RECEIVED` | who is logged in over the network, and how many bytes went to them |
//! | `@start FILE-LINES` | nothing runs before: this is the startup configuration, `;` ends a line |
//! | `@plug NAME`, `@unplug NAME` | a network interface appears, or goes |
//! | `@refuse PART = WORDS`, `@obey` | Linux refuses operations with this part, or none |
//! | `@linux` | what was asked of Linux since the last time |
//! | `@lease INTERFACE ADDRESS/LENGTH ROUTER` | a DHCP server lends an address |
//! | `@wait SECONDS` | time passes |
//! | `@block FILE`, `@unblock FILE` | a file of the state directory cannot be written, or can again |
//! | `@kill`, `@stop` | the daemon dies, or ends in good order; and starts again |
//! | `@notices` | what this console was told meanwhile |
//! | `@help TEXT`, `@tab TEXT`, `@end` | the keys `?`, Tab and Ctrl-Z |

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use regex::Regex;
use tokio::sync::broadcast::Receiver;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tracing_subscriber::layer::SubscriberExt;
use tsuji::apply::Applier;
use tsuji::apply::kernel::fake::{FakeKernel, FakeWorkers};
use tsuji::daemon::access::Operator;
use tsuji::daemon::message::{Reply, Request, Status, Terminal};
use tsuji::daemon::router::{Event, Handle, Notice, Router, Store};
use tsuji::daemon::session::Session;
use tsuji::run::log::Log;
use tsuji::run::worker::FactUpdate;
use tsuji::status::Lease;
use tsuji::status::login::{Connection, Login};
use tsuji::types::Role;

pub struct Stage {
    directory: PathBuf,
    kernel: FakeKernel,
    daemon: Option<Daemon>,
    consoles: BTreeMap<String, Console>,
    current: String,
    seen_operations: usize,
    transcript: String,
    _log: tracing::subscriber::DefaultGuard,
    log: Log,
}

struct Daemon {
    handle: Handle,
    events: UnboundedSender<Event>,
    task: JoinHandle<Router<FakeKernel, FakeWorkers>>,
}

struct Console {
    session: Session,
    notices: Receiver<Notice>,
}

impl Stage {
    pub async fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("tsuji-session-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        let log = Log::default();
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(log.layer()));
        let mut stage = Self {
            directory,
            kernel: FakeKernel::with_devices(["eth0", "eth1"]),
            daemon: None,
            consoles: BTreeMap::new(),
            current: "root".to_owned(),
            seen_operations: 0,
            transcript: String::new(),
            _log: guard,
            log,
        };
        stage.start().await;
        stage
    }

    pub fn finish(self) -> String {
        fs::remove_dir_all(&self.directory).unwrap();
        self.transcript
    }

    /// One line of a case.
    pub async fn play(&mut self, line: &str) {
        let Some(event) = line.strip_prefix('@') else { return self.type_line(line).await };
        self.transcript += &format!("[{event}]\n");
        let (name, rest) = event.split_once(' ').unwrap_or((event, ""));
        match name {
            "as" => self.sit_down(rest),
            "start" => self.start_with(rest).await,
            "plug" => {
                self.kernel.meddle(|linux| linux.plug(rest.parse().unwrap()));
                self.daemon().events.send(Event::Links).unwrap();
                self.wait(3).await;
            }
            "unplug" => {
                self.kernel.meddle(|linux| linux.unplug(&rest.parse().unwrap()));
                self.daemon().events.send(Event::Links).unwrap();
                self.wait(3).await;
            }
            "refuse" => {
                let (part, words) = rest.split_once(" = ").unwrap();
                self.kernel.refuse(part, words);
            }
            "obey" => self.kernel.obey(),
            "linux" => self.show_operations(),
            "login" => self.kernel.log_in(vec![login(rest)]),
            "lease" => self.lend(rest).await,
            "wait" => self.wait(rest.parse().unwrap()).await,
            "block" => fs::create_dir_all(self.draft(rest).join("in the way")).unwrap(),
            "unblock" => fs::remove_dir_all(self.draft(rest)).unwrap(),
            "kill" => {
                self.daemon.take().unwrap().task.abort();
                self.start_again().await;
            }
            "stop" => {
                self.consoles.clear();
                let Daemon { handle, task, .. } = self.daemon.take().unwrap();
                drop(handle);
                task.await.unwrap().stop().await;
                self.start_again().await;
            }
            "notices" => self.show_notices(),
            "help" => self.request(Request::Help { text: rest.to_owned() }).await,
            "tab" => self.request(Request::Complete { text: rest.to_owned() }).await,
            "end" => self.request(Request::End).await,
            other => panic!("nothing is called @{other}"),
        }
    }

    /// Where a file of the state directory is written before it takes its name.
    fn draft(&self, file: &str) -> PathBuf {
        self.directory.join("state").join(format!("{file}.new"))
    }

    async fn start(&mut self) {
        let store = Store::open(None, &self.directory.join("run"), &self.directory.join("state")).unwrap();
        let journal = store.journal().to_owned();
        let (applier, _) = Applier::start(self.kernel.clone(), self.kernel.workers(), journal).await.unwrap();
        let (events, events_in) = unbounded_channel();
        let (mut router, handle) = Router::new(applier, store, events_in, self.log.clone());
        router.boot(&[]).await.unwrap();
        self.daemon = Some(Daemon { handle, events, task: tokio::spawn(router.run()) });
        self.sit_down("root");
    }

    async fn start_again(&mut self) {
        self.consoles.clear();
        self.start().await;
    }

    async fn start_with(&mut self, lines: &str) {
        fs::write(self.directory.join("state/startup.conf"), lines.replace(';', "\n")).unwrap();
        let _ = fs::remove_file(self.directory.join("run/running.conf"));
        self.daemon.take().unwrap().task.abort();
        self.start_again().await;
    }

    fn sit_down(&mut self, words: &str) {
        let mut words = words.split(' ');
        self.current = words.next().unwrap().replace("<escape>", "\x1b");
        let (mut role, mut dialect, mut terminal) = (Role::Administrator, None, Terminal::SCRIPT);
        let mut connection = None;
        for word in words {
            match word {
                "administrator" => role = Role::Administrator,
                "operator" => role = Role::Operator,
                "monitor" => role = Role::Monitor,
                "ask" => terminal.interactive = true,
                word if word.contains('>') => connection = Some(ends(word)),
                word => dialect = Some(word.parse().unwrap()),
            }
        }
        if !self.consoles.contains_key(&self.current) {
            let handle = self.daemon().handle.clone();
            let notices = handle.notices();
            let operator = Operator { name: self.current.clone(), role, connection };
            let session = Session::new(handle, operator, dialect, terminal);
            self.transcript += &session.greeting().text;
            self.consoles.insert(self.current.clone(), Console { session, notices });
        }
    }

    async fn type_line(&mut self, line: &str) {
        let text = line.replace("<4096 bytes>", &"x".repeat(4096)).replace("<escape>", "\x1b");
        let prompt = self.console().session.prompt();
        self.transcript += format!("{prompt}{line}").trim_end();
        self.transcript.push('\n');
        self.request(Request::Line { text }).await;
    }

    async fn request(&mut self, request: Request) {
        let directory = self.directory.to_string_lossy().into_owned();
        let (replies, status) = self.console().session.request(request).await;
        for reply in replies {
            match reply {
                Reply::Output { text } | Reply::Notice { text } => {
                    self.transcript += &timeless(&text.replace(&directory, ""));
                }
                Reply::Words { start, words } => {
                    self.transcript += &format!("at {start}: {}\n", words.join(" "));
                }
                Reply::Done { .. } => {}
            }
        }
        if status == Status::Closed {
            self.transcript += "[closed]\n";
            self.consoles.remove(&self.current);
        }
    }

    async fn lend(&mut self, words: &str) {
        let words: Vec<&str> = words.split(' ').collect();
        let lease = Lease {
            address: words[1].parse().unwrap(),
            routers: vec![words[2].parse().unwrap()],
            dns_servers: Vec::new(),
            server: words[2].parse().unwrap(),
        };
        let update = FactUpdate::Lease { interface: words[0].parse().unwrap(), lease: Some(lease) };
        self.daemon().events.send(Event::Fact(update)).unwrap();
        self.wait(1).await;
    }

    #[expect(clippy::disallowed_methods, reason = "the clock of these tests is a paused one")]
    async fn wait(&mut self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    fn show_operations(&mut self) {
        let log = self.kernel.log();
        for operation in &log[self.seen_operations..] {
            self.transcript += &format!("{operation}\n");
        }
        self.seen_operations = log.len();
    }

    fn show_notices(&mut self) {
        let Console { session, notices } = self.consoles.get_mut(&self.current).unwrap();
        while let Ok(notice) = notices.try_recv() {
            if notice.from != Some(session.id()) {
                self.transcript += &session.notice(&notice.text);
            }
        }
    }

    fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().unwrap()
    }

    fn console(&mut self) -> &mut Console {
        let transcript = &self.transcript;
        self.consoles.get_mut(&self.current).unwrap_or_else(|| panic!("nobody sits there:\n{transcript}"))
    }
}

fn login(words: &str) -> Login {
    let words: Vec<&str> = words.split(' ').collect();
    let links = [words[1].parse().unwrap()].into();
    let (written, received) = (words[2].parse().unwrap(), words[3].parse().unwrap());
    Login { connection: ends(words[0]), links, written, received }
}

fn ends(text: &str) -> Connection {
    let (remote, local) = text.split_once('>').unwrap();
    Connection { local: local.parse().unwrap(), remote: remote.parse().unwrap() }
}

/// Text without the date and time of the day on which the test runs.
fn timeless(text: &str) -> String {
    let dates = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d|[A-Z][a-z]{2} (\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [A-Z]+|\d+ \d\d:\d\d:\d\d \d{4})|\b1[78]\d{8}\b|[A-Z][a-z]+day, \d+ [A-Z][a-z]+ \d{4} \d\d:\d\d:\d\d";
    Regex::new(dates).unwrap().replace_all(text, "DATE").into_owned()
}
