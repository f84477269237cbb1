//! Who is asking, and may they. The checks, in this order:
//!
//! | # | if | then |
//! | --- | --- | --- |
//! | 1 | neither a key nor a token, nor a call token where it counts | `AUTH_ERR_EMPTY_APIKEY` |
//! | 2 | a key nobody knows | `AUTH_ERR_APIKEY_NOT_FOUND` |
//! | 3 | a token nobody knows | `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` |
//! | 4 | the route is not for these credentials, by the table below | `AUTH_ERR_NO_ACCESS` |
//! | 5 | `onBehalfOf` names nobody, or somebody deactivated | `ERR_UID_NOT_FOUND` |
//! | 6 | the route acts as a user, and there is none | 400 `ERR_BAD_REQUEST`, `details.onBehalfOf` |
//!
//! | route | key, fullAccess | key, authOnly | token | call token |
//! | --- | --- | --- | --- | --- |
//! | `Provision` | yes | yes | no | |
//! | `Admin` | yes | no | no | |
//! | `Anyone` | yes, `onBehalfOf` narrows | no | as its user | |
//! | `Acting` | with `onBehalfOf` | no | as its user | |
//! | `Client` | no | no | as its user | |
//! | `Session` | no | no | no | as its user, if they are active |
//!
//! With both a key and a token the token decides who acts; the key must still be known.

use subtle::ConstantTimeEq;

use super::{
    error::{Details, Error, Refusal, Ruling, mask},
    ids::{AuthToken, Uid},
    people::{Roster, Scope},
    world::World,
};

/// What a key opens (vendor doc).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScope {
    /// Everything: a REST API key.
    FullAccess,
    /// Creating users and tokens: an auth key.
    AuthOnly,
}

impl KeyScope {
    /// As the vendor's dashboard spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FullAccess => "fullAccess",
            Self::AuthOnly => "authOnly",
        }
    }
}

/// A key of an app.
#[derive(Clone)]
pub struct ApiKey {
    /// The secret itself.
    pub key: String,
    /// What it opens.
    pub scope: KeyScope,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("key", &mask(&self.key)).field("scope", &self.scope).finish()
    }
}

/// What opens the management of every app (vendor doc): two headers, `key` and `secret`.
#[derive(Clone)]
pub struct ManagementKey {
    /// `key`.
    pub key: String,
    /// `secret`.
    pub secret: String,
}

impl std::fmt::Debug for ManagementKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ManagementKey").field("key", &mask(&self.key)).finish_non_exhaustive()
    }
}

impl ManagementKey {
    /// Lets in who has both.
    ///
    /// # Errors
    /// `AUTH_ERR_EMPTY_AUTH_HEADER` for everybody else: the vendor has no other code.
    pub fn opens_to(&self, key: Option<&str>, secret: Option<&str>) -> Ruling<()> {
        let same = |known: &str, given: Option<&str>| {
            bool::from(known.as_bytes().ct_eq(given.unwrap_or_default().as_bytes()))
        };
        // Both are compared, whatever the first one says.
        match (same(&self.key, key), same(&self.secret, secret)) {
            (true, true) => Ok(()),
            (has_key, _) => {
                let wrong = if has_key { "secret" } else { "key" };
                let because = format!("the header {wrong} is missing or is not the right one");
                Err(Error::EmptyAuthHeader.by("manage/1", because))
            }
        }
    }
}

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Making users and tokens.
    Provision,
    /// Managing the app.
    Admin,
    /// Looking, or doing what managers and users both may.
    Anyone,
    /// Doing what only a user can.
    Acting,
    /// What a logged-in client has of its own.
    Client,
    /// Coming to the session of a call.
    Session,
}

/// What the `callToken` of a request is worth, where that counts.
#[derive(Clone, Copy, Debug, Default)]
pub enum Pass<'a> {
    /// There is none.
    #[default]
    None,
    /// It is not good here.
    Bad,
    /// It is good, and this user's.
    Of(&'a Uid),
}

/// What a request brought along. Empty headers count as absent.
#[derive(Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// `apikey`.
    pub api_key: Option<&'a str>,
    /// `authToken`.
    pub auth_token: Option<&'a str>,
    /// `onBehalfOf`.
    pub on_behalf_of: Option<&'a str>,
    /// `callToken`.
    pub pass: Pass<'a>,
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("api_key", &self.api_key.map(mask))
            .field("auth_token", &self.auth_token.map(mask))
            .field("on_behalf_of", &self.on_behalf_of)
            .field("pass", &self.pass)
            .finish()
    }
}

/// How an actor came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A backend, with an API key.
    Key,
    /// The user's own client, with a token.
    Token,
}

/// The user somebody acts as.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub uid: Uid,
    /// How.
    pub via: Via,
}

/// Who asks: somebody who acts as a user, or a manager as nobody in particular.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user, if there is one.
    pub actor: Option<Actor>,
}

impl Caller {
    /// The user somebody acts as.
    ///
    /// # Errors
    /// Row 6: there is none.
    pub fn acting(self) -> Ruling<Actor> {
        self.actor.ok_or_else(|| {
            Error::Invalid(Details::one("onBehalfOf", "The onBehalfOf header is required."))
                .by("auth/6", "an API key alone does not say which user acts")
        })
    }

    /// The acting user's uid, if there is one.
    #[must_use]
    pub fn uid(&self) -> Option<&Uid> {
        self.actor.as_ref().map(|actor| &actor.uid)
    }

    /// Whether the caller may change or delete a group: an API key may, a user's own client only
    /// as an admin of it (ours).
    ///
    /// # Errors
    /// Row 4, for everybody else.
    pub fn manages(&self, roster: &Roster) -> Ruling<()> {
        let is_admin = |uid| roster.members.get(uid).is_some_and(|m| m.scope == Scope::Admin);
        match self.uid() {
            Some(uid) if self.is_client() && !is_admin(uid) => {
                let needs = "the scope admin in the group, or an API key";
                let because = format!("{uid} is no admin of {}", roster.group.guid);
                Err(Error::NoAccess { needs }.by("auth/4", because))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// A user's own client asks.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.via == Via::Token)
    }
}

/// Decides who is asking.
///
/// # Errors
/// Rows 1 to 5 of the first table; row 6 is [`Caller::acting`]'s.
pub fn authenticate(world: &World, with: Credentials<'_>, access: Access) -> Ruling<Caller> {
    if with.api_key.is_none() && with.auth_token.is_none() && matches!(with.pass, Pass::None) {
        return Err(Error::EmptyApiKey.by("auth/1", "neither apikey nor authToken was sent"));
    }
    let scope = with.api_key.map(|key| known_scope(world, key)).transpose()?;
    let client = with.auth_token.map(|token| token_owner(world, token)).transpose()?;

    let guest = match with.pass {
        Pass::Of(uid) => world.active(uid.as_str()).ok().map(|account| account.user.uid.clone()),
        Pass::None | Pass::Bad => None,
    };

    let allowed = match access {
        Access::Provision => client.is_none(),
        Access::Admin => client.is_none() && scope == Some(KeyScope::FullAccess),
        Access::Anyone | Access::Acting => client.is_some() || scope == Some(KeyScope::FullAccess),
        Access::Client => client.is_some(),
        Access::Session => guest.is_some(),
    };
    if !allowed {
        return Err(no_access(access, client.is_some(), scope, with.pass));
    }

    let actor = match (guest.or(client), with.on_behalf_of) {
        (Some(uid), _) => Some(Actor { uid, via: Via::Token }),
        (None, Some(uid)) => {
            let account = world
                .active(uid)
                .map_err(|error| error.by("auth/5", "onBehalfOf names no active user"))?;
            Some(Actor { uid: account.user.uid.clone(), via: Via::Key })
        }
        (None, None) => None,
    };
    Ok(Caller { actor })
}

/// Row 4.
fn no_access(access: Access, is_client: bool, scope: Option<KeyScope>, pass: Pass<'_>) -> Refusal {
    let what = match (pass, is_client, scope) {
        (Pass::Of(_), ..) => "a call token of nobody active",
        (Pass::Bad, ..) => "a call token that is not good in this app",
        (Pass::None, true, _) => "an auth token",
        (Pass::None, false, Some(KeyScope::FullAccess)) => "an API key",
        (Pass::None, false, Some(KeyScope::AuthOnly) | None) => "a key of scope authOnly",
    };
    let needs = match access {
        Access::Session => "a token of POST /call_tokens in the callToken header",
        Access::Client => "a user's token in the authToken header",
        Access::Provision | Access::Admin if is_client => "a REST API key in the apikey header",
        Access::Provision | Access::Admin | Access::Anyone | Access::Acting => {
            "a key of scope fullAccess"
        }
    };
    Error::NoAccess { needs }.by("auth/4", format!("{what} does not open this route"))
}

fn known_scope(world: &World, key: &str) -> Ruling<KeyScope> {
    // Every key is compared, each in constant time, so that an answer's time tells nothing.
    let known = world.keys().fold(None, |found, candidate| {
        if bool::from(candidate.key.as_bytes().ct_eq(key.as_bytes())) {
            Some(candidate.scope)
        } else {
            found
        }
    });
    known.ok_or_else(|| {
        let because = format!("none of the {} keys of this app", world.keys().count());
        Error::ApiKeyNotFound { masked: mask(key) }.by("auth/2", because)
    })
}

fn token_owner(world: &World, token: &str) -> Ruling<Uid> {
    world.token_owners.get(token).cloned().ok_or_else(|| {
        Error::AuthTokenNotFound { token: AuthToken::given(token) }
            .by("auth/3", format!("{} knows no such token", world.app()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_key_for_debugging_does_not_open_anything() {
        let (key, secret) = ("0123456789abcdef".to_owned(), "hush".to_owned());
        let brought = Credentials {
            api_key: Some(&key),
            auth_token: Some("ann_1700000000abc"),
            on_behalf_of: Some("ann"),
            pass: Pass::Bad,
        };
        for (shown, expected) in [
            (
                format!("{brought:?}"),
                r#"Credentials { api_key: Some("01234******bcdef"), auth_token: Some("ann_1*******00abc"), on_behalf_of: Some("ann"), pass: Bad }"#,
            ),
            (
                format!("{:?}", ApiKey { key: key.clone(), scope: KeyScope::AuthOnly }),
                r#"ApiKey { key: "01234******bcdef", scope: AuthOnly }"#,
            ),
            (
                format!("{:?}", ManagementKey { key, secret }),
                r#"ManagementKey { key: "01234******bcdef", .. }"#,
            ),
        ] {
            assert_eq!(shown, expected);
        }
    }
}
