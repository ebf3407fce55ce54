//! Protocols: codecs in [`wire`], state machines without input and output in [`engine`].

pub mod engine;
pub mod wire;
