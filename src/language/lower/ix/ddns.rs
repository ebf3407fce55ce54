//! `ddns …`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::model::ddns::Profile;
use crate::types::{Secret, Sourced};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ddns_enable => Some(enable),
        Rule::ix_ddns_profile => Some(enter),
        Rule::ix_ddns_profile_url => Some(url),
        Rule::ix_ddns_profile_query => Some(query),
        Rule::ix_ddns_profile_transport => Some(transport),
        Rule::ix_ddns_profile_source_interface => Some(source),
        Rule::ix_ddns_profile_notify_interface => Some(told),
        Rule::ix_ddns_profile_update_interval => Some(interval),
        _ => None,
    }
}

fn enable(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.ddns.enabled = Some(args.sourced(()));
    Ok(())
}

fn enter(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let profile = args.sourced(Profile::default());
    draft.model.ddns.profiles.entry(args.get("profile")?).or_insert(profile);
    Ok(())
}

/// The profile in whose context the line stands.
fn profile<'a>(draft: &'a mut Draft, args: &Args<'_>) -> Result<&'a mut Profile, Refusal> {
    let new = || Sourced::new(Profile::default(), args.line());
    Ok(&mut draft.model.ddns.profiles.entry(args.context("profile")?).or_insert_with(new).value)
}

fn url(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.url = Some(args.sourced(args.get("url")?));
    Ok(())
}

fn query(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let query = args.text("secret").map(|text| args.sourced(Secret::new(text.into_owned())));
    profile(draft, args)?.query = query;
    Ok(())
}

fn transport(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.over_ipv6 = args.text("family").as_deref() == Some("ipv6");
    Ok(())
}

fn source(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    match args.interface("interface") {
        Some(interface) => profile(draft, args)?.source = Some(args.sourced(interface)),
        None => draft.beyond(args, "requests from this interface"),
    }
    Ok(())
}

fn told(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    match args.interface("interface") {
        Some(interface) => profile(draft, args)?.told = Some(args.sourced(interface)),
        None => draft.beyond(args, "the address of this interface"),
    }
    Ok(())
}

fn interval(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    profile(draft, args)?.minutes = Some(args.sourced(args.get("minutes")?));
    Ok(())
}
