//! `sshd …`, `telnetd …`, `httpd …`, `sntpd …`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::access::{clients, switch};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_sshd_service => Some(ssh),
        Rule::rtx_sshd_listen => Some(ssh_port),
        Rule::rtx_sshd_host => Some(ssh_clients),
        Rule::rtx_telnetd_service => Some(telnet),
        Rule::rtx_telnetd_listen => Some(telnet_port),
        Rule::rtx_telnetd_host => Some(telnet_clients),
        Rule::rtx_httpd_service => Some(http),
        Rule::rtx_httpd_listen => Some(http_port),
        Rule::rtx_httpd_host => Some(http_clients),
        Rule::rtx_sntpd_service => Some(time),
        Rule::rtx_sntpd_host => Some(time_clients),
        _ => None,
    }
}

fn ssh(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    switch(&mut draft.model.access.ssh, args);
    Ok(())
}

fn ssh_port(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.ssh.port = Some(args.sourced(args.get("port")?));
    Ok(())
}

fn ssh_clients(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.ssh.clients = clients(draft, args)?;
    Ok(())
}

fn telnet(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    switch(&mut draft.model.access.telnet, args);
    Ok(())
}

fn telnet_port(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.telnet.port = Some(args.sourced(args.get("port")?));
    Ok(())
}

fn telnet_clients(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.telnet.clients = clients(draft, args)?;
    Ok(())
}

fn http(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    switch(&mut draft.model.access.http, args);
    Ok(())
}

fn http_port(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.http.port = Some(args.sourced(args.get("port")?));
    Ok(())
}

fn http_clients(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.http.clients = clients(draft, args)?;
    Ok(())
}

fn time(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    switch(&mut draft.model.access.time, args);
    Ok(())
}

fn time_clients(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.access.time.clients = clients(draft, args)?;
    Ok(())
}
