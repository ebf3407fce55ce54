//! tsuji (辻, a crossroads): a router operating system's command line for Linux.

pub mod apply;
pub mod config;
pub mod daemon;
pub mod lab;
pub mod language;
pub mod model;
pub mod net;
pub mod run;
pub mod shell;
pub mod status;
pub mod tool;
pub mod types;
