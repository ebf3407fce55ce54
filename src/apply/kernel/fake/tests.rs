//! The fake kernel answers as Linux does.
