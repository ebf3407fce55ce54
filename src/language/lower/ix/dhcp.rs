//! `ip dhcp …`.

use std::net::Ipv4Addr;

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::dhcp::Profile;
use crate::model::dhcp::{Client, Lease, OptionValue, Reservation};
use crate::types::Mac;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_dhcp_enable => Some(enable),
        Rule::ix_ip_dhcp_profile => Some(enter),
        Rule::ix_dhcp_profile_assignable_range => Some(range),
        Rule::ix_dhcp_profile_exclude_range => Some(exclude),
        Rule::ix_dhcp_profile_subnet_mask => Some(mask),
        Rule::ix_dhcp_profile_default_gateway => Some(routers),
        Rule::ix_dhcp_profile_dns_server => Some(name_servers),
        Rule::ix_dhcp_profile_wins_server | Rule::ix_dhcp_profile_netbios_name_server => Some(wins_servers),
        Rule::ix_dhcp_profile_ntp_server => Some(time_servers),
        Rule::ix_dhcp_profile_domain_name => Some(domain),
        Rule::ix_dhcp_profile_lease_time => Some(lease),
        Rule::ix_dhcp_profile_fixed_assignment => Some(reserve),
        Rule::ix_dhcp_profile_option => Some(option),
        Rule::ix_dhcp_profile_deny_unknown_clients => Some(known_only),
        Rule::ix_ip_dhcp_binding => Some(bind),
        _ => None,
    }
}

fn enable(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.dhcp.enabled = Some(args.sourced(()));
    Ok(())
}

fn enter(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dhcp.profile(args.get("profile")?, args.line());
    Ok(())
}

fn bind(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.dhcp.bind(interface(args)?, args.sourced(args.get("profile")?));
    Ok(())
}

/// The profile in whose context the line stands.
fn profile<'a>(draft: &'a mut Draft, args: &Args<'_>) -> Result<&'a mut Profile, Refusal> {
    Ok(draft.dhcp.profile(args.context("profile")?, args.line()))
}

fn range(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (first, last): (Ipv4Addr, Ipv4Addr) = (args.get("first")?, args.get("last")?);
    if first > last {
        return Err(Refusal::Says("the range ends before it begins".to_owned()));
    }
    profile(draft, args)?.ranges.push((first, last));
    Ok(())
}

fn exclude(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let first = args.get("first")?;
    profile(draft, args)?.excluded.push((first, args.optional("last")?.unwrap_or(first)));
    Ok(())
}

fn mask(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.mask = Some(args.get("mask")?);
    Ok(())
}

fn routers(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let routers = args.all("router")?.into_iter().chain(args.optional("second")?);
    profile(draft, args)?.told.routers = routers.collect();
    Ok(())
}

fn name_servers(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let servers: Vec<Ipv4Addr> = args.all("server")?;
    if servers.is_empty() {
        draft.beyond(args, "DNS servers that the router has learnt itself, told to hosts");
    }
    profile(draft, args)?.told.name_servers = servers;
    Ok(())
}

fn wins_servers(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.told.wins_servers = args.all("server")?;
    Ok(())
}

fn time_servers(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.told.time_servers = args.all("server")?;
    Ok(())
}

fn domain(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.told.domain = Some(args.get("domain")?);
    Ok(())
}

fn lease(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let infinite = args.has("infinity");
    let lease = if infinite { Lease::Infinite } else { Lease::Seconds(args.get("seconds")?) };
    profile(draft, args)?.lease = lease;
    Ok(())
}

fn known_only(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.known_only = true;
    Ok(())
}

fn reserve(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let address = args.get("address")?;
    let client = Client::Mac(mac(&args.get::<String>("host")?)?);
    let reservation = args.sourced(Reservation { addresses: Some((address, address)), client });
    profile(draft, args)?.reservations.push(reservation);
    Ok(())
}

/// Twelve digits, with whatever between them; of pairs, the first zero may be missing.
fn mac(text: &str) -> Result<Mac, Refusal> {
    let refuse = || Refusal::Says(format!("{text:?} is no MAC address"));
    let pairs = |sign| text.split(sign).map(|pair| format!("{pair:0>2}")).collect::<String>();
    let digits = match text {
        text if text.contains(':') => pairs(':'),
        text if text.contains('-') => pairs('-'),
        text => text.replace('.', ""),
    };
    let octets = octets(&digits).and_then(|octets| octets.try_into().ok());
    octets.map(Mac).ok_or_else(refuse)
}

/// Bytes, two digits each.
fn octets(digits: &str) -> Option<Vec<u8>> {
    let even = digits.len().is_multiple_of(2) && digits.is_ascii();
    let pairs = (0..digits.len()).step_by(2).filter(|_| even);
    let octets = pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok());
    octets.collect::<Option<Vec<u8>>>().filter(|octets| !octets.is_empty())
}

fn option(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (number, value): (u8, String) = (args.get("number")?, args.get("value")?);
    let refuse = || Refusal::Says(format!("{value:?} is no such value"));
    let value = match args.text("form").as_deref() {
        Some("ip") => OptionValue::Addresses(
            value
                .split_whitespace()
                .map(|text| text.parse().ok())
                .collect::<Option<_>>()
                .ok_or_else(refuse)?,
        ),
        Some("hex") => {
            let digits: String = value.chars().filter(char::is_ascii_hexdigit).collect();
            OptionValue::Octets(octets(&digits).ok_or_else(refuse)?)
        }
        Some("integer") => OptionValue::Number(value.parse().map_err(|_| refuse())?),
        _ => OptionValue::Text(value),
    };
    profile(draft, args)?.told.options.insert(number, value);
    Ok(())
}
