//! Randomness that an engine asks for and its owner provides.

use ring::rand::SecureRandom;

/// A source of random bytes. Tests give a seeded one, so that a run repeats.
pub trait Entropy {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]);

    /// A random number of 32 bits.
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        u32::from_be_bytes(bytes)
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
