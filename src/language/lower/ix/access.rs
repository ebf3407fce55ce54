//! `ssh-server …`, `telnet-server …`, `http-server …`, `ntp … enable`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::access::enable;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ssh_server_enable => Some(ssh),
        Rule::ix_ssh_server_port => Some(ssh_port),
        Rule::ix_telnet_server_enable => Some(telnet),
        Rule::ix_telnet_server_port => Some(telnet_port),
        Rule::ix_http_server_enable => Some(http),
        Rule::ix_http_server_port => Some(http_port),
        Rule::ix_ntp_enable => Some(time),
        _ => None,
    }
}

fn ssh(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    enable(&mut draft.model.access.ssh, args);
    Ok(())
}

fn ssh_port(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.ssh.port = Some(args.sourced(args.get("port")?));
    Ok(())
}

fn telnet(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    enable(&mut draft.model.access.telnet, args);
    Ok(())
}

fn telnet_port(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.telnet.port = Some(args.sourced(args.get("port")?));
    Ok(())
}

fn http(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    enable(&mut draft.model.access.http, args);
    Ok(())
}

fn http_port(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.http.port = Some(args.sourced(args.get("port")?));
    Ok(())
}

fn time(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    enable(&mut draft.model.access.time, args);
    Ok(())
}
