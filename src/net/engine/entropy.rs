//! Randomness that an engine asks for and its owner provides.

use std::time::Duration;

use ring::rand::SecureRandom;

/// A source of random bytes. Tests give a seeded one, so that a run repeats.
///
/// A trait of ours, because `ring` seals its own and no test could stand in for it.
pub trait Entropy: Send {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]);

    /// A random number of 32 bits.
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        u32::from_be_bytes(bytes)
    }

    /// A random length of time, shorter than `limit`, in whole milliseconds.
    fn below(&mut self, limit: Duration) -> Duration {
        // Scaled by a multiplication: at this width, its bias is far below a millisecond.
        let share = u128::from(self.next_u32());
        let millis = (limit.as_millis() * share) >> 32;
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

/// The operating system's randomness, by `ring`.
#[derive(Clone, Debug)]
pub struct SystemEntropy(ring::rand::SystemRandom);

impl SystemEntropy {
    /// Opens the source.
    pub fn new() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    /// # Panics
    ///
    /// If the operating system has no randomness to give: no secret may be made without it.
    #[expect(clippy::expect_used, reason = "a router without randomness must not go on")]
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill(buffer).expect("getrandom(2) works on every Linux that we support");
    }
}
