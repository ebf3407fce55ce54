//! Small datagrams through a router: how many pass, and how long they are on their way.

use std::io::{IoSlice, IoSliceMut};
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmmsg};

use crate::bed::{Bed, Router};
use crate::machine::Cores;

/// Bytes of payload: a frame of 64 bytes on a wire.
const PAYLOAD: usize = 18;

/// Datagrams that one system call takes.
const BATCH: usize = 32;

/// What arrived.
pub struct Seen {
    /// Packets per second.
    pub rate: f64,
    /// Microseconds on the way, ascending.
    latencies: Vec<f64>,
}

impl Seen {
    /// The time that a part of the packets did not exceed.
    pub fn latency(&self, part: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * part) as usize).copied().unwrap_or(f64::NAN)
    }
}

/// Sends from `lan` to `wan` for a time; `rate` in packets per second, `None` as fast as it goes.
pub fn flood(bed: &Bed, router: &Router, rate: Option<f64>, time: Duration, cores: &Cores) -> Seen {
    let receiver = bed.wan.run(|| UdpSocket::bind((router.far, 0)).unwrap());
    receiver.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let sender = bed.lan.run(|| UdpSocket::bind((router.near, 0)).unwrap());
    sender.connect(receiver.local_addr().unwrap()).unwrap();
    let (epoch, over, start) = (Instant::now(), AtomicBool::new(false), Barrier::new(2));
    let (over, start) = (&over, &start);
    let mut latencies = thread::scope(|scope| {
        let receiving = scope.spawn(move || {
            Cores::pin(cores.wan);
            start.wait();
            receive(&receiver, epoch, over)
        });
        scope.spawn(move || {
            Cores::pin(cores.lan);
            start.wait();
            send(&sender, epoch, rate, time);
            // What is still on its way may arrive.
            thread::sleep(Duration::from_millis(50));
            over.store(true, Ordering::Relaxed);
        });
        receiving.join().unwrap()
    });
    latencies.sort_by(f64::total_cmp);
    Seen { rate: latencies.len() as f64 / time.as_secs_f64(), latencies }
}

fn send(socket: &UdpSocket, epoch: Instant, rate: Option<f64>, time: Duration) {
    let mut headers = MultiHeaders::<SockaddrIn>::preallocate(BATCH, None);
    // At a given rate one at a time, as a paced sender would; a batch is a burst.
    let batch = if rate.is_some() { 1 } else { BATCH };
    let began = Instant::now();
    let mut sent = 0u64;
    while began.elapsed() < time {
        if rate.is_some_and(|rate| sent as f64 > rate * began.elapsed().as_secs_f64()) {
            std::hint::spin_loop();
            continue;
        }
        let mut payload = [0; PAYLOAD];
        payload[..8].copy_from_slice(&(epoch.elapsed().as_nanos() as u64).to_be_bytes());
        let slices: Vec<[IoSlice<'_>; 1]> = (0..batch).map(|_| [IoSlice::new(&payload)]).collect();
        let to: Vec<Option<SockaddrIn>> = vec![None; batch];
        // A full queue refuses: that is what an unlimited load is about.
        let _ = sendmmsg(socket.as_raw_fd(), &mut headers, &slices, &to, [], MsgFlags::empty());
        sent += batch as u64;
    }
}

/// Microseconds that each packet was on its way.
fn receive(socket: &UdpSocket, epoch: Instant, over: &AtomicBool) -> Vec<f64> {
    let mut latencies = Vec::with_capacity(1 << 22);
    let mut buffers = vec![[0u8; PAYLOAD]; BATCH];
    let mut headers = MultiHeaders::<SockaddrIn>::preallocate(BATCH, None);
    while !over.load(Ordering::Relaxed) {
        let mut slices: Vec<[IoSliceMut<'_>; 1]> =
            buffers.iter_mut().map(|buffer| [IoSliceMut::new(buffer)]).collect();
        let received =
            recvmmsg(socket.as_raw_fd(), &mut headers, slices.iter_mut(), MsgFlags::MSG_WAITFORONE, None);
        let count = received.map_or(0, Iterator::count);
        let now = epoch.elapsed().as_nanos() as u64;
        for buffer in buffers.iter().take(count) {
            let sent = u64::from_be_bytes(buffer[..8].try_into().unwrap());
            latencies.push(now.saturating_sub(sent) as f64 / 1000.0);
        }
    }
    latencies
}
