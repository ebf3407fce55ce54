//! Protocols: codecs in [`wire`], what they compute with secrets in [`crypto`], state machines
//! without input and output in [`engine`].

pub mod crypto;
pub mod engine;
pub mod wire;
