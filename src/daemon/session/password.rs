//! Passwords at an RTX's console: becoming administrator, and the dialogues that change one.
//!
//! What an appliance has hashed or encrypted only that vendor can check: such a password is
//! locked, and lets nobody through.

use ring::hmac;
use ring::rand::SystemRandom;

use super::question::{Account, Question};
use super::{Answer, Place, Session};
use crate::language::command;
use crate::model::user::Password;
use crate::types::{Dialect, Role, Secret};

/// Why a locked password does not help, and what does.
const LOCKED: &str =
    "the administrator password is locked, because only the appliance that encrypted it can check it";
const REMEDY: &str = "an administrator sets a new one with \"administrator password\"";

impl Session {
    /// RTX `administrator`: asks for the password if one is set.
    ///
    /// Those who administer the router by the socket's word are let in where there is none that
    /// could be checked; all others need it.
    pub(super) fn rise(&mut self, line: &str) -> Answer {
        let running = self.running();
        let users = &running.model.users;
        let is_administrator = self.operator.role == Role::Administrator;
        if self.place == Place::Configuration {
            return self.enter_configuration();
        }
        let may_rise = users.by_name.get(&self.operator.name).is_some_and(|user| user.may_rise);
        if !is_administrator && !may_rise {
            return Answer::error(self.voice().administrators_only(line));
        }
        let password = users.administrator_password.as_ref().map(|password| &password.value);
        match password {
            Some(Password::Clear(_)) => {
                self.question = Some(Question::Administrator);
                Answer::ok()
            }
            None if is_administrator => self.enter_configuration(),
            Some(Password::Locked(_)) if is_administrator => {
                let note =
                    self.voice().note(&format!("{LOCKED}; {} is let in without it", self.operator.name));
                Answer::said(note).then(self.enter_configuration())
            }
            Some(Password::Locked(_)) => Answer::error(self.voice().error(&format!("{LOCKED}: {REMEDY}"))),
            None => Answer::error(self.voice().error(&format!("no administrator password is set: {REMEDY}"))),
        }
    }

    /// The answer to "Password:".
    pub(super) fn rise_with(&mut self, typed: &str) -> Answer {
        let running = self.running();
        let password = running.model.users.administrator_password.as_ref().map(|password| &password.value);
        match password {
            Some(Password::Clear(password)) if is_same(typed, password) => {
                if self.operator.role != Role::Administrator {
                    self.lent = Some(self.operator.role);
                    self.operator.role = Role::Administrator;
                }
                self.enter_configuration()
            }
            Some(_) | None => {
                tracing::warn!(user = self.operator.name, "a wrong administrator password was typed");
                Answer::error(self.voice().wrong_password())
            }
        }
    }

    /// `login password`, `administrator password`: asks for the old and twice for the new one.
    pub(super) fn change_password(&mut self, account: Account) -> Answer {
        self.question = Some(match self.password(account) {
            Some(Password::Clear(_)) => Question::Old(account),
            Some(Password::Locked(_)) | None => Question::New(account),
        });
        Answer::ok()
    }

    /// The answer to "Old_Password:".
    pub(super) fn old_password(&mut self, account: Account, typed: &str) -> Answer {
        match self.password(account) {
            Some(Password::Clear(password)) if !is_same(typed, &password) => {
                Answer::error(self.voice().wrong_password())
            }
            Some(_) | None => {
                self.question = Some(Question::New(account));
                Answer::ok()
            }
        }
    }

    /// The answer to "New_Password:".
    pub(super) fn new_password(&mut self, account: Account, typed: &str) -> Answer {
        if typed.is_empty() {
            let remove = format!("nothing was changed: remove the password with \"no {}\"", account.words());
            return Answer::error(self.voice().error(&remove));
        }
        self.question = Some(Question::Again(account, Secret::new(typed.to_owned())));
        Answer::ok()
    }

    /// The answer to "New_Password(Confirm):": the line becomes part of the candidate.
    pub(super) async fn confirm_password(&mut self, account: Account, new: &Secret, typed: &str) -> Answer {
        if !is_same(typed, new) {
            return Answer::error(self.voice().error("the two are not the same: nothing was changed"));
        }
        let line = format!("{} {}", account.words(), command::quote(Dialect::Rtx, new.expose()));
        let answer = self.configure(&line).await;
        match answer.is_ok() {
            true => Answer::said(format!("Password Strength : {}\n", strength(new.expose()))).then(answer),
            false => answer,
        }
    }

    fn password(&self, account: Account) -> Option<Password> {
        let running = self.running();
        let users = &running.model.users;
        let password = match account {
            Account::Login => &users.login_password,
            Account::Administrator => &users.administrator_password,
        };
        password.as_ref().map(|password| password.value.clone())
    }
}

/// Compares in a time that tells nothing of where the two differ.
fn is_same(typed: &str, secret: &Secret) -> bool {
    let Ok(key) = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()) else { return false };
    let tag = hmac::sign(&key, secret.expose().as_bytes());
    hmac::verify(&key, typed.as_bytes(), tag.as_ref()).is_ok()
}

/// How hard a password is to guess, in Yamaha's words: by its length and the kinds of its signs.
fn strength(password: &str) -> &'static str {
    let kinds: [fn(char) -> bool; 4] = [
        |sign| sign.is_lowercase(),
        |sign| sign.is_uppercase(),
        |sign| sign.is_numeric(),
        |sign| !sign.is_alphanumeric(),
    ];
    let kinds = kinds.into_iter().filter(|kind| password.contains(*kind)).count();
    match (password.chars().count(), kinds) {
        (8.., 3..) | (14.., 2..) => "Strong",
        (8.., 2..) => "Normal",
        _ => "Weak",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_compared_whole() {
        let secret = Secret::new("Correct horse 辻".to_owned());
        assert!(is_same("Correct horse 辻", &secret));
        for wrong in ["", "Correct horse", "correct horse 辻", "Correct horse 辻 "] {
            assert!(!is_same(wrong, &secret), "{wrong:?}");
        }
    }

    #[test]
    fn long_and_mixed_passwords_are_strong() {
        for (password, expected) in [
            ("admin", "Weak"),
            ("aaaaaaaaaaaaaaaa", "Weak"),
            ("tsuji2026", "Normal"),
            ("Tsuji2026", "Strong"),
            ("correct horse battery", "Strong"),
        ] {
            assert_eq!(strength(password), expected, "{password}");
        }
    }
}
