//! TCP streams through a router.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{setsockopt, sockopt::TcpCongestion};

use crate::bed::{Bed, Router};
use crate::machine::Cores;

/// Which way the bytes go; the host `lan` opens the connection in either case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

impl Direction {
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// What is written at once.
const BLOCK: usize = 128 * 1024;

/// Before this, a stream still finds its speed.
const WARM_UP: Duration = Duration::from_millis(300);

/// Bytes per second that arrive over all flows.
pub fn run(
    bed: &Bed,
    router: &Router,
    direction: Direction,
    flows: usize,
    time: Duration,
    cores: &Cores,
) -> f64 {
    let pairs = connect(bed, router, flows);
    let (arrived, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let start = Barrier::new(2 * flows + 1);
    thread::scope(|scope| {
        for (near, far) in pairs {
            let (sender, receiver) = match direction {
                Direction::Up => ((near, cores.lan), (far, cores.wan)),
                Direction::Down => ((far, cores.wan), (near, cores.lan)),
            };
            let (arrived, over, start) = (&arrived, &over, &start);
            scope.spawn(move || send(sender, start, over));
            scope.spawn(move || receive(receiver, start, over, arrived));
        }
        start.wait();
        thread::sleep(WARM_UP);
        let (began, before) = (Instant::now(), arrived.load(Ordering::Relaxed));
        thread::sleep(time);
        let bytes = arrived.load(Ordering::Relaxed) - before;
        let rate = bytes as f64 / began.elapsed().as_secs_f64();
        over.store(true, Ordering::Relaxed);
        rate
    })
}

/// Connections from `lan` to `wan`: the near end and the far end of each.
fn connect(bed: &Bed, router: &Router, flows: usize) -> Vec<(TcpStream, TcpStream)> {
    let listener = bed.wan.run(|| TcpListener::bind((router.far, 0)).unwrap());
    let address = listener.local_addr().unwrap();
    let pair = |_| {
        let near = bed.lan.run(|| TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap());
        let (far, peer) = listener.accept().unwrap();
        assert_eq!(peer.ip(), router.seen, "{}: the address that wan sees", router.name);
        for end in [&near, &far] {
            // The default of a host may pace its packets (bbr): that would measure the pacing.
            setsockopt(end, TcpCongestion, &"cubic".into()).unwrap();
            end.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            end.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        }
        (near, far)
    };
    (0..flows).map(pair).collect()
}

fn send((mut stream, core): (TcpStream, usize), start: &Barrier, over: &AtomicBool) {
    Cores::pin(core);
    let block = vec![0x5a; BLOCK];
    start.wait();
    while !over.load(Ordering::Relaxed) {
        match stream.write(&block) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
}

fn receive((mut stream, core): (TcpStream, usize), start: &Barrier, over: &AtomicBool, arrived: &AtomicU64) {
    Cores::pin(core);
    let mut block = vec![0; BLOCK];
    start.wait();
    while !over.load(Ordering::Relaxed) {
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(bytes) => {
                arrived.fetch_add(bytes as u64, Ordering::Relaxed);
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
}
