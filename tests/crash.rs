//! Kill -9 in the middle of a commit, with the real daemon on the real kernel: whenever it comes,
//! the next start ends in the old or in the new state, never between.
#![expect(clippy::disallowed_methods, reason = "kills a real process after real time")]

#[path = "support/namespace.rs"]
mod namespace;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use namespace::{in_namespace, sh};
use tsuji::daemon::client::Client;
use tsuji::daemon::message::Terminal;

/// So many kills must hit a commit half done, as the next start finds out.
const HITS: usize = 12;

/// The kills in all. Where none of them hits, the machine is not the one to judge by.
const ROUNDS: usize = 300;

/// Routes that one commit brings and the next takes away: enough to be hit among them.
const ROUTES: u32 = 200;

/// What a daemon may take to start.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_killed_commit_ends_in_the_old_or_in_the_new_state() {
    in_namespace(|| {
        sh("ip link add wan type veth peer name far && ip link set far up");
        let mut router = Router::start(Path::new("/run/router"));
        router.commit(&["interface GigaEthernet0.0", "ip address 198.51.100.10/24", "no shutdown"]);
        let few = router.state();
        let time = router.commit(&all_of_it(true));
        let many = router.state();
        assert_ne!(few, many);

        // The time until the kill follows what it meets: later where nothing was begun, earlier
        // where all was done. So it stays about the commit, however long that takes today.
        let (mut hits, mut after) = (0, time / 2);
        for round in 0..ROUNDS {
            // From wherever the last round ended to the other side.
            let (old, new) = if router.state() == few { (&few, &many) } else { (&many, &few) };
            let adds = new == &many;
            let was_told = router.commit_and_kill(&all_of_it(adds), after);
            router = Router::start(&router.directory);
            let now = router.state();
            assert!(
                &now == old || &now == new,
                "round {round}, adding: {adds}\n{now}\nis neither\n{old}\nnor\n{new}"
            );
            assert!(!was_told || &now == new, "round {round}: a commit that was told is lost");
            let found_half_done = router.log().contains("an unfinished commit was found");
            hits += usize::from(found_half_done);
            if hits == HITS {
                return;
            }
            after = match (found_half_done, &now == new) {
                (true, _) => after.mul_f64(if round % 2 == 0 { 1.1 } else { 0.9 }),
                (false, true) => after.mul_f64(0.8),
                (false, false) => after.mul_f64(1.25).max(Duration::from_millis(1)),
            };
        }
        panic!("only {hits} of {ROUNDS} kills hit a commit half done");
    });
}

/// Lines for one setting of each kind and many routes, or the lines that remove them.
fn all_of_it(adds: bool) -> Vec<String> {
    let no = if adds { "" } else { "no " };
    let mut lines = vec![
        format!("{no}ip access-list some permit ip src 192.0.2.0/24 dest any"),
        "interface GigaEthernet0.0".to_owned(),
        format!("{no}ip filter some 10 in"),
        format!("{no}ip napt enable"),
        format!("{no}ipv6 address 2001:db8:51::10/64"),
    ];
    lines.extend((0..ROUTES).map(|number| format!("{no}ip route 10.{number}.0.0/16 198.51.100.1")));
    lines
}

/// The daemon, in the network of the test.
struct Router {
    directory: PathBuf,
    daemon: Child,
}

impl Router {
    /// Starts the daemon over what its predecessor left, and waits until it answers.
    fn start(directory: &Path) -> Self {
        let state = directory.join("state");
        std::fs::create_dir_all(&state).expect("a directory for the daemon");
        let daemon = Command::new(env!("CARGO_BIN_EXE_tsuji"))
            .args(["daemon", "--port", "GigaEthernet0=wan", "--directory"])
            .arg(directory)
            .arg("--state")
            .arg(state)
            .stdin(Stdio::null())
            .stderr(File::create(directory.join("log")).expect("a file for its log"))
            .spawn()
            .expect("the built program starts");
        let deadline = Instant::now() + PATIENCE;
        while Client::connect(directory, None, Terminal::SCRIPT).is_err() {
            assert!(Instant::now() < deadline, "the daemon does not answer");
            thread::sleep(Duration::from_millis(5));
        }
        Self { directory: directory.to_owned(), daemon }
    }

    /// Types lines in configuration mode, up to the commit; gives the time that the commit took.
    fn commit(&self, lines: &[impl AsRef<str>]) -> Duration {
        let mut session = self.candidate(lines);
        let started = Instant::now();
        let answer = session.run("commit").expect("an answer");
        assert!(answer.ok, "{}", answer.output);
        started.elapsed()
    }

    /// Starts a commit, and kills the daemon in the midst of it.
    ///
    /// Answers whether the console was told that all is done.
    fn commit_and_kill(&mut self, lines: &[impl AsRef<str>], after: Duration) -> bool {
        let mut session = self.candidate(lines);
        let commit = thread::spawn(move || session.run("commit").is_ok_and(|answer| answer.ok));
        thread::sleep(after);
        self.daemon.kill().expect("killed");
        self.daemon.wait().expect("gone");
        commit.join().expect("the session ended")
    }

    /// What the daemon wrote since it started.
    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).expect("its log")
    }

    fn candidate(&self, lines: &[impl AsRef<str>]) -> Client {
        let (mut session, _) = Client::connect(&self.directory, None, Terminal::SCRIPT).expect("a session");
        for line in std::iter::once("configure").chain(lines.iter().map(AsRef::as_ref)) {
            let answer = session.run(line).expect("an answer");
            assert!(answer.ok, "{line}: {}", answer.output);
        }
        session
    }

    /// The running configuration, and all that is ours in Linux; without the comments on rules,
    /// which name lines by the order of their typing.
    fn state(&self) -> String {
        let mut session = self.candidate(&[""; 0]);
        let shown = session.run("show running-config").expect("an answer").output;
        // Without the head: it tells the time.
        let running: Vec<&str> = shown.lines().filter(|line| !line.starts_with("! ")).collect();
        let linux = sh("ip -brief address show dev wan scope global; ip route show proto 116; \
            ip -6 route show proto 116; nft -s list ruleset | sed 's/ comment .*//'; cat /proc/sys/net/ipv4/ip_forward");
        format!("{}\n{linux}", running.join("\n"))
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
