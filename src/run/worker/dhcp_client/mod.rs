//! The worker of a DHCP client: an engine, a link, and somebody to tell.

mod link;
mod owner;

use std::io;

use tokio::sync::mpsc::UnboundedReceiver;

pub(super) use link::DhcpLink;
pub(super) use owner::DhcpOwner;

use super::driver::drive;
use super::recorder::{Recorded, Recorder};
use crate::net::engine::dhcp4::{Client, Command, Config};
use crate::net::engine::{Engine, Entropy, SystemEntropy};

/// Runs a client over an open link until it is stopped or the link fails.
pub(super) async fn run(
    mut link: DhcpLink,
    owner: &mut DhcpOwner,
    commands: &mut UnboundedReceiver<Command>,
    recorder: Option<Recorder>,
) -> io::Result<()> {
    // No name is announced: neither appliance does so unless a line of its own asks for it.
    let config = Config { mac: link.mac(), hostname: None };
    let start = Command::Start { previous: owner.previous() };
    match recorder {
        None => {
            let mut client = Client::new(config, Box::new(SystemEntropy::new()));
            client.handle_command(start, super::clock::now());
            drive(&mut client, &mut link, owner, commands).await
        }
        Some(recorder) => {
            recorder.header("dhcp4", &config);
            let entropy: Box<dyn Entropy> = Box::new(recorder.entropy(SystemEntropy::new()));
            let mut client = Recorded::new(Client::new(config, entropy), recorder);
            client.handle_command(start, super::clock::now());
            drive(&mut client, &mut link, owner, commands).await
        }
    }
}
