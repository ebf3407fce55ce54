//! `device`, `interface` and what is said of them as such.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::{any_mac, claim};
use crate::language::lower::link::{self, describe, tie};
use crate::types::InterfaceName;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_device => Some(device),
        Rule::ix_linux_interface => Some(linux_interface),
        Rule::ix_interface
        | Rule::ix_interface_sub
        | Rule::ix_interface_bridge
        | Rule::ix_interface_loopback => Some(enter_interface),
        Rule::ix_interface_null => Some(enter_null),
        Rule::ix_encapsulation => Some(tag),
        Rule::ix_mtu | Rule::ix_ip_mtu => Some(mtu),
        Rule::ix_ipv6_mtu => Some(ipv6_mtu),
        Rule::ix_mac_address => Some(mac),
        Rule::ix_bridge_group => Some(bridge_group),
        Rule::ix_bridge_irb_enable => Some(bridge_and_route),
        Rule::ix_description => Some(description),
        Rule::ix_shutdown => Some(shutdown),
        _ => None,
    }
}

/// A port that is named and not tied is nothing yet.
fn device(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn linux_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    tie(&mut draft.model.ports, args, args.context("port")?, args.get("link")?)
}

fn enter_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.link.name(args, args.get("interface")?);
    Ok(())
}

/// Nothing can be set of it.
fn enter_null(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn description(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (name, text) = (interface(args)?, args.sourced(args.get("text")?));
    describe(&mut draft.interface(name).link, text, name)
}

fn tag(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    if let Some(kind) = args.text("type").filter(|kind| *kind != "8100") {
        return Err(Refusal::Says(format!("Linux marks tagged frames with 8100 here, not {kind}")));
    }
    let (name, tag) = (interface(args)?, args.sourced(args.get("vlan")?));
    match name {
        InterfaceName::Sub(..) => {
            claim(&mut draft.interface(name).link.tag, tag, || format!("the tag of {name}"))
        }
        _ => Err(Refusal::Says(format!("{name} carries plain frames: tags are for interfaces on top of it"))),
    }
}

fn mtu(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let octets = args.sourced(args.get("octets")?);
    link::mtu(&mut draft.interface(interface(args)?).link, octets);
    Ok(())
}

fn ipv6_mtu(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.interface(interface(args)?).link.ipv6_mtu = Some(args.sourced(args.get("octets")?));
    Ok(())
}

fn mac(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let address = any_mac(&args.text("address").unwrap_or_default())?;
    draft.interface(interface(args)?).link.mac = Some(args.sourced(address));
    Ok(())
}

/// The bridge's own interface is no member of it, though an IX says so.
fn bridge_group(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (name, group) = (interface(args)?, args.sourced(args.get("group")?));
    match name {
        InterfaceName::Bridge(number) if number == group.value => Ok(()),
        InterfaceName::Port(_) | InterfaceName::Sub(..) => {
            link::member(&mut draft.interface(name).link, group, name)
        }
        _ => Err(Refusal::Says(format!("{name} cannot be a member of the bridge {}", group.value))),
    }
}

/// Linux does so always.
fn bridge_and_route(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn shutdown(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (name, up) = (interface(args)?, args.sourced(args.is_negated()));
    claim(&mut draft.interface(name).link.enabled, up, || format!("whether {name} is up"))
}
