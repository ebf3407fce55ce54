//! Plans between hand-made states.
