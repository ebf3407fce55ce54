//! `lan linux-interface`, `vlan`, `bridge member`, and what is set of interfaces as such.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::{claim, parse};
use crate::language::lower::link::{self, describe, tie};
use crate::types::InterfaceName;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_lan_linux_interface => Some(linux_interface),
        Rule::rtx_vlan => Some(tag),
        Rule::rtx_bridge_member => Some(bridge),
        Rule::rtx_ip_mtu => Some(mtu),
        Rule::rtx_ipv6_mtu => Some(ipv6_mtu),
        Rule::rtx_description => Some(description),
        _ => None,
    }
}

fn linux_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    tie(&mut draft.model.ports, args, args.get("interface")?, args.get("link")?)
}

fn tag(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    let vid = args.text("vid").unwrap_or_default();
    let tag: u16 = parse(vid.trim_start_matches("vid="))?;
    if !(2..=4094).contains(&tag) {
        return Err(Refusal::Says(format!("a tag is a number from 2 to 4094, not {tag}")));
    }
    let link = &mut draft.interface(name).link;
    if let Some(text) = args.text("name") {
        let text = text.strip_prefix("name=").unwrap_or(&text).to_owned();
        describe(link, args.sourced(text), name)?;
    }
    claim(&mut link.tag, args.sourced(tag), || format!("the tag of {name}"))
}

fn bridge(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let InterfaceName::Bridge(number) = args.get("bridge")? else { return Ok(()) };
    draft.link.name(args, InterfaceName::Bridge(number));
    for member in args.all("interface")? {
        draft.link.name(args, member);
        link::member(&mut draft.interface(member).link, args.sourced(number), member)?;
    }
    Ok(())
}

fn mtu(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    link::mtu(&mut draft.interface(name).link, args.sourced(args.get("mtu")?));
    Ok(())
}

fn ipv6_mtu(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = interface(draft, args)?;
    draft.interface(name).link.ipv6_mtu = Some(args.sourced(args.get("mtu")?));
    Ok(())
}

/// Of an interface it is shown with its state. Of the router and of all else it is printed.
fn description(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let Some(Ok(name)) = args.text("what").map(|what| what.parse()) else {
        draft.idle.push(args.line());
        return Ok(());
    };
    let text = args.sourced(args.get("text")?);
    draft.link.name(args, name);
    describe(&mut draft.interface(name).link, text, name)
}
