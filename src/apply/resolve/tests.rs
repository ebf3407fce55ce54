//! Models and what becomes of them.
