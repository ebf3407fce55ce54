//! What runs beside the configuration: the log.

pub mod log;
