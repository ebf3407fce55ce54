//! `login user`, `user attribute`, `login password`, `administrator password`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::claim;
use crate::language::lower::user::{Attributes, Rise};
use crate::model::user::Password;
use crate::types::{Secret, Sourced};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_login_user => Some(login_user),
        Rule::rtx_user_attribute => Some(attribute),
        Rule::rtx_login_password => Some(login_password),
        Rule::rtx_administrator_password => Some(administrator_password),
        _ => None,
    }
}

fn login_user(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let password = password(draft, args);
    draft.user.login(args, args.get("user")?, password);
    Ok(())
}

fn login_password(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let Some(password) = password(draft, args) else { return Ok(()) };
    claim(&mut draft.model.users.login_password, password, || "the login password".to_owned())
}

fn administrator_password(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let Some(password) = password(draft, args) else { return Ok(()) };
    claim(&mut draft.model.users.administrator_password, password, || {
        "the administrator's password".to_owned()
    })
}

fn password(draft: &mut Draft, args: &Args<'_>) -> Option<Sourced<Password>> {
    let secret = Secret::new(args.text("secret")?.into_owned());
    // `show config` prints a star in place of each password.
    if !args.has("encrypted") && secret.expose() != "*" {
        return Some(args.sourced(Password::Clear(secret)));
    }
    draft.user.warn(args, "the password is not known from this line: it is locked until it is set anew");
    Some(args.sourced(Password::Locked(secret)))
}

fn attribute(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let mut attributes = Attributes { rise: Rise::default(), may_connect: true, line: args.line() };
    for attribute in args.all::<String>("attribute")? {
        match attribute.split_once('=').unwrap_or((&attribute, "")) {
            ("administrator", "off") => attributes.rise = Rise::Never,
            ("administrator", "2") => attributes.rise = Rise::Always,
            ("administrator", "on" | "1") => attributes.rise = Rise::ByPassword,
            ("administrator", _) => {
                return Err(Refusal::Says(format!("{attribute:?}: on, off, 1 or 2 is needed")));
            }
            ("connection", ways) => attributes.may_connect = ways != "off",
            _ => draft.user.warn(args, format!("{attribute} has no effect here")),
        }
    }
    match args.text("user").as_deref() {
        None | Some("*") => draft.user.attributes(None, attributes),
        Some("*radius") => draft.user.warn(args, "no RADIUS server is asked: this line has no effect"),
        Some(name) => draft.user.attributes(Some(name.to_owned()), attributes),
    }
    Ok(())
}
