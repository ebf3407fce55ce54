//! What runs beside the configuration: protocol workers and the log.

pub mod log;
pub mod packet_log;
pub mod worker;
