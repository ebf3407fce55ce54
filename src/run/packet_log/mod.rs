//! Reads the packets that filters log, and passes on as many as a person can read.
//!
//! Whoever floods the router must not flood its log: of each second so many packets get a line,
//! and one more line says how many did not.

mod limit;
mod packet;

use std::io;
use std::time::Instant;

use self::limit::Limit;
use crate::apply::kernel::linux::{Logged, PacketLog};
use crate::status::LoggedPacket;

/// Hands packets to `write`, which says whether it took them, until the kernel gives no more.
pub async fn run(mut log: PacketLog, write: impl Fn(LoggedPacket) -> bool) -> io::Error {
    let mut limit = Limit::default();
    loop {
        let logged = tokio::select! {
            logged = log.next() => match logged {
                Ok(logged) => Some(logged),
                Err(error) => return error,
            },
            () = until(limit.poll_timeout()) => None,
        };
        let now = now();
        if let Some(more) = limit.settle(now) {
            tracing::info!("{more} more packets");
        }
        let written = match logged {
            None => true,
            Some(Logged::Missed) => false,
            Some(Logged::Packet { prefix, bytes }) => match packet::read(prefix, &bytes) {
                Some(packet) => limit.admit(now) && write(packet),
                None => true, // a filter judges IP packets only
            },
        };
        if !written {
            limit.pass_over(now);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the log is limited by the real clock")]
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "the log is limited by the real clock")]
fn now() -> Instant {
    Instant::now()
}
