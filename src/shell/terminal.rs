//! The mode of the terminal between two lines.

use std::io;
use std::os::fd::AsFd;

use nix::sys::termios::{InputFlags, LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// A terminal that neither echoes nor makes signals while a line runs.
///
/// What is pasted then waits for the line editor instead of appearing twice, and Ctrl-C reaches
/// the editor instead of ending the console. The old mode comes back on drop.
pub struct Quiet<T: AsFd> {
    terminal: T,
    before: Termios,
}

impl<T: AsFd> Quiet<T> {
    /// Silences `terminal`.
    pub fn new(terminal: T) -> io::Result<Self> {
        Self::without(terminal, InputFlags::empty(), LocalFlags::empty())
    }

    /// Silences `terminal`, and has it pass on every key as it is.
    pub fn raw(terminal: T) -> io::Result<Self> {
        let input = InputFlags::BRKINT
            | InputFlags::ICRNL
            | InputFlags::INPCK
            | InputFlags::ISTRIP
            | InputFlags::IXON;
        Self::without(terminal, input, LocalFlags::IEXTEN)
    }

    fn without(terminal: T, input: InputFlags, local: LocalFlags) -> io::Result<Self> {
        let before = tcgetattr(&terminal)?;
        let mut quiet = before.clone();
        quiet.input_flags &= !input;
        quiet.local_flags &= !(local | LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::ISIG);
        tcsetattr(&terminal, SetArg::TCSADRAIN, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl<T: AsFd> Drop for Quiet<T> {
    fn drop(&mut self) {
        // A terminal that is gone needs no mode.
        let _ = tcsetattr(&self.terminal, SetArg::TCSADRAIN, &self.before);
    }
}
