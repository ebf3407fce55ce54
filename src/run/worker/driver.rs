//! The one loop that drives every engine.

use std::future::Future;
use std::io;
use std::ops::ControlFlow;

use tokio::sync::mpsc::UnboundedReceiver;

use super::clock;
use crate::net::engine::{Engine, Output};

/// The most that one turn reads before outputs, commands and timers have theirs.
const BUDGET: usize = 64;

/// What lies below an engine: sockets and framing.
pub(super) trait Lower<E: Engine>: Send {
    /// Waits until there may be something to read. May be dropped at any time.
    fn ready(&mut self) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads without waiting.
    fn receive(&mut self) -> io::Result<Received<E::Input<'_>>>;

    /// Sends. What gets lost on the way is the engine's to repeat; an error ends the worker.
    fn transmit(&mut self, transmit: E::Transmit) -> io::Result<()>;
}

/// What one attempt to read gave.
pub(super) enum Received<I> {
    /// For the engine.
    Input(I),
    /// Something that is not.
    Foreign,
    /// There is nothing more.
    Nothing,
}

/// Who wants to know what an engine says.
pub(super) trait Owner<E: Engine>: Send {
    /// Takes an event; a break ends the worker.
    fn handle_event(&mut self, event: E::Event) -> ControlFlow<()>;
}

/// Runs an engine until its owner breaks, the commands end, or its sockets fail.
///
/// Outputs are drained before anything is awaited, so that the engine's deadline stands for all
/// that it still wants.
pub(super) async fn drive<E: Engine>(
    engine: &mut E,
    lower: &mut impl Lower<E>,
    owner: &mut impl Owner<E>,
    commands: &mut UnboundedReceiver<E::Command>,
) -> io::Result<()> {
    loop {
        while let Some(output) = engine.poll_output() {
            match output {
                Output::Transmit(transmit) => lower.transmit(transmit)?,
                Output::Event(event) => {
                    if owner.handle_event(event).is_break() {
                        return Ok(());
                    }
                }
            }
        }
        let deadline = engine.poll_timeout();
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => engine.handle_command(command, clock::now()),
                None => return Ok(()),
            },
            ready = lower.ready() => {
                ready?;
                read(engine, lower)?;
            }
            timer = clock::reach(deadline) => {
                tracing::trace!(timer, "timer");
                engine.handle_timeout(clock::now());
            }
        }
    }
}

fn read<E: Engine>(engine: &mut E, lower: &mut impl Lower<E>) -> io::Result<()> {
    for _ in 0..BUDGET {
        match lower.receive()? {
            Received::Input(input) => engine.handle_input(input, clock::now()),
            Received::Foreign => {}
            Received::Nothing => break,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
