//! What a webhook brings along to the door of its receiver. User name and password are kept whether
//! or not they are sent, so that each can be changed, and both switched off and on, by itself (ours:
//! the vendor says only that `useBasicAuth` needs them).
//!
//! | `useBasicAuth` | user name and password | what is sent |
//! | --- | --- | --- |
//! | on | both are there | both |
//! | on | one of them is not | refused |
//! | off | as they are | nothing |

use std::fmt;

use super::{details::Details, users::Patch};

/// What is kept. One that is on is complete.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BasicAuth {
    is_on: bool,
    username: Option<String>,
    password: Option<String>,
}

/// What changes of it; what is left out stays.
#[derive(Clone, Default)]
pub struct BasicAuthChange {
    /// They are sent.
    pub is_on: Option<bool>,
    /// Who; cleared by `Some(None)`.
    pub username: Patch<String>,
    /// The secret itself, likewise.
    pub password: Patch<String>,
}

/// What is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Who.
    pub username: String,
    /// The secret itself.
    pub password: String,
}

impl BasicAuth {
    /// The same with a change, by the table above.
    ///
    /// # Errors
    /// Each half that is needed and not there, in the words of the vendor's framework.
    pub fn changed(&self, change: BasicAuthChange) -> Result<Self, Details> {
        let BasicAuthChange { is_on, username, password } = change;
        let is_on = is_on.unwrap_or(self.is_on);
        let username = username.unwrap_or_else(|| self.username.clone());
        let password = password.unwrap_or_else(|| self.password.clone());
        let mut missing = Details::default();
        for (field, half) in [("username", &username), ("password", &password)] {
            if is_on && half.is_none() {
                missing.add(
                    field,
                    format!("The {field} field is required when useBasicAuth is true."),
                );
            }
        }
        if missing.is_empty() { Ok(Self { is_on, username, password }) } else { Err(missing) }
    }

    /// They are sent.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Who, also where that is not sent.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// The secret itself, likewise.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// What is sent.
    #[must_use]
    pub fn login(&self) -> Option<Login> {
        let both = self.username.clone().zip(self.password.clone()).filter(|_| self.is_on);
        both.map(|(username, password)| Login { username, password })
    }
}

/// Whether a user name can be sent: where the first colon is, it ends (RFC 7617, 2).
#[must_use]
pub fn is_username(text: &str) -> bool {
    is_password(text) && !text.contains(':')
}

/// Whether a password can be sent: without control characters (RFC 7617, 2).
#[must_use]
pub fn is_password(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

impl fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("BasicAuth");
        shown.field("is_on", &self.is_on).field("username", &self.username);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for BasicAuthChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("BasicAuthChange");
        shown.field("is_on", &self.is_on).field("username", &self.username);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(text: &str) -> Patch<String> {
        Some(Some(text.to_owned()))
    }

    #[test]
    fn what_is_left_out_stays_and_what_is_needed_is_named() {
        let none = BasicAuth::default();
        let switch = |on| BasicAuthChange { is_on: Some(on), ..BasicAuthChange::default() };
        let missing = none.changed(switch(true)).unwrap_err();
        assert_eq!(
            missing.iter().map(|(field, _)| field).collect::<Vec<_>>(),
            ["username", "password"]
        );
        let both = BasicAuthChange { is_on: None, username: half("u"), password: half("p1") };
        let off = none.changed(both).unwrap();
        assert!(off.login().is_none() && off.username() == Some("u"));
        let on = off.changed(switch(true)).unwrap();
        let rotated = BasicAuthChange { password: half("p2"), ..BasicAuthChange::default() };
        let rotated = on.changed(rotated).unwrap();
        let login = Login { username: "u".to_owned(), password: "p2".to_owned() };
        assert!(rotated.login() == Some(login) && !format!("{rotated:?}").contains("p2"));
        let cleared = BasicAuthChange { password: Some(None), ..BasicAuthChange::default() };
        assert!(rotated.changed(cleared.clone()).is_err());
        let off = rotated.changed(switch(false)).unwrap().changed(cleared).unwrap();
        assert_eq!((off.username(), off.password()), (Some("u"), None));
    }

    #[test]
    fn what_is_shown_for_debugging_names_the_user_and_never_the_password() {
        let change =
            BasicAuthChange { is_on: Some(true), username: half("u"), password: half("p") };
        let kept = BasicAuth::default().changed(change.clone()).unwrap();
        let login = kept.login().unwrap();
        for (shown, expected) in [
            (
                format!("{change:?}"),
                r#"BasicAuthChange { is_on: Some(true), username: Some(Some("u")), .. }"#,
            ),
            (format!("{kept:?}"), r#"BasicAuth { is_on: true, username: Some("u"), .. }"#),
            (format!("{login:?}"), r#"Login { username: "u", .. }"#),
        ] {
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn a_user_name_has_no_colon_and_neither_half_a_control_character() {
        assert!(is_username("é u@x") && is_password("p:a"));
        assert!(!is_username("a:b") && !is_username("a\nb") && !is_password("\0"));
    }
}
